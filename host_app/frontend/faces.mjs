/**
 * Draws the faces of the demo's people, from the `face` of each entry in people.json, as static/faces/USERNAME.svg.
 *
 * Every face is put together from the same few flat shapes on a square of 96: what is behind the head, the body, the
 * head, then hair, glasses and whatever else lies over it. The page cuts the circle.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';

const DARK = '#201611';

/** Mix a #RRGGBB colour towards black (negative) or white (positive), amount -1 to 1. */
function shade(colour, amount) {
  const target = amount < 0 ? 0 : 255;
  const part = (at) => {
    const value = parseInt(colour.slice(at, at + 2), 16);
    return Math.round(value + (target - value) * Math.abs(amount)).toString(16).padStart(2, '0');
  };
  return `#${part(1)}${part(3)}${part(5)}`;
}

const path = (d, fill, more = '') => `<path d="${d}" fill="${fill}"${more}/>`;
const line = (d, colour, width) =>
  `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;
const dot = (x, y, r, fill, more = '') => `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}"${more}/>`;
const oval = (x, y, rx, ry, fill) => `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${fill}"/>`;

const SHOULDERS = 'M8 98C9 84 22 77 38 76H58C74 77 87 84 88 98Z';
const HEAD = 'M28 41C28 29 36 23 48 23S68 29 68 41V51C68 63.5 59 73 48 73S28 63.5 28 51Z';

const BODIES = {
  crew: (c) => path(SHOULDERS, c) + path('M36.5 76.4C39 83 57 83 59.5 76.4L58 74H38Z', shade(c, -0.16)),
  turtleneck: (c) => path(SHOULDERS, c) + path('M35.5 66.5C40 70 56 70 60.5 66.5V78.5C55 82 41 82 35.5 78.5Z', shade(c, -0.1)),
  vneck: (c, skin) => path(SHOULDERS, c) + path('M38.5 75.5L48 91L57.5 75.5Z', shade(skin, -0.06)),
  shirt: (c, skin) =>
    path(SHOULDERS, c) + path('M40 74L48 84L56 74Z', shade(skin, -0.14)) +
    path('M39 73.5L34 79L42 88L48 82.5L54 88L62 79L57 73.5L48 83Z', shade(c, 0.6), ` stroke="${shade(c, -0.1)}" stroke-width=".8"`),
  collar: (c) =>
    path(SHOULDERS, c) + path('M39 74L33 79.5L40.5 89L48 81.5L55.5 89L63 79.5L57 74L48 82Z', shade(c, 0.55)),
  hood: (c, skin) =>
    path(SHOULDERS, c) + path('M27 79C30 71 40 72 40 72H56C56 72 66 71 69 79C66 89 57 92 48 92S30 89 27 79Z', shade(c, -0.18)) +
    path('M39.5 75H56.5V84C56.5 87.5 39.5 87.5 39.5 84Z', shade(skin, -0.1)),
  blazer: (c) =>
    path(SHOULDERS, c) + path('M39 75L48 97L57 75Z', '#F2EEE4') + path('M38 74.5L31 78L37 88L45 98H48L40 80Z', shade(c, -0.2)) +
    path('M58 74.5L65 78L59 88L51 98H48L56 80Z', shade(c, -0.2)),
};

const CURLS = [
  [48, 15, 10.5], [35, 18, 9.5], [61, 18, 9.5], [26, 28, 8.5], [70, 28, 8.5], [22, 40, 8], [74, 40, 8], [22, 52, 7.6], [74, 52, 7.6], [26, 62, 6.8], [70, 62, 6.8],
];

/** Hair that lies behind the head. */
const BEHIND = {
  afro: (c) => oval(48, 35, 31.5, 31, c),
  bob: (c) => path('M21 66C20 36 23 12 48 12S76 36 75 66C75 68.5 73.5 69 72 69H24C22.5 69 21 68.5 21 66Z', c),
  long: (c) => path('M20 84C22 66 18 52 21 38C24 20 33 13 48 13S72 20 75 38C78 52 74 66 76 84C70 88 62 86 58 80H38C34 86 26 88 20 84Z', c),
  waves: (c) => path('M20 71C18.5 62 22 56 21 44C20 24 30 12.5 48 12.5S76 24 75 44C74 56 77.5 62 76 71C73 75.5 65.5 75 63 70H33C30.5 75 23 75.5 20 71Z', c),
  curls: (c) => CURLS.map(([x, y, r]) => dot(x, y, r, c)).join('') + path('M25 30H71V56H25Z', c),
  bun: (c) => dot(48, 13, 10, c),
  ponytail: (c) => path('M64 20C76 16 82 26 81 40C80.5 52 79 63 75.5 66C71 64 70 54 69 44Z', c),
  scarf: (c) => path('M15 90C23 78 18 58 20 42C22 20 32 10 48 10S74 20 76 42C78 58 73 78 81 90C70 97 26 97 15 90Z', c),
};

/** Hair, and what else lies over the head. */
const OVER = {
  afro: () => '',
  bun: (c) => path('M26.6 47C24.5 29 33 19 48 19S71.4 29 69.4 47C68.4 46 67.6 44 67.2 41C64.5 32 57 29.5 48 29.5S31.5 32 28.8 41C28.4 44 27.6 46 26.6 47Z', c),
  short: (c) => path('M26.6 45C24 26 32 15 47 15C60 14 70 18 70 30C70.4 36 69.8 41 69 45C68 43.5 67.4 41 67 38C63 36.5 60 33 57 29.5C48 33.5 36 34 30 33.5C28.8 37 28.2 42 26.6 45Z', c),
  swept: (c) => path('M26.6 45C23.5 25 33 14 49 14C62 13.5 71 21 69.6 45C68.4 43.5 67.6 40 67 36.5C60 37 47 34 40 27C38 31.5 33.5 34 30 35C28.8 38 28.2 42 26.6 45Z', c),
  crop: (c) => path('M27 42C25 25 34 16.5 48 16.5S71 25 69 42C68 40.5 67.5 38.5 67 36C62 30 56 28.5 48 28.5S34 30 29 36C28.5 38.5 28 40.5 27 42Z', c) + path('M36 21C41 17.5 55 17.5 60 21L58 25C52 23 44 23 38 25Z', shade(c, 0.12)),
  fade: (c) => path('M27.6 39C26.5 24 34.5 16 48 16S69.5 24 68.4 39C68 37 67.6 35 67 33.5C61 31 55 30.5 48 30.5S35 31 29 33.5C28.4 35 28 37 27.6 39Z', c),
  bob: (c) => path('M26.5 48C25.5 30 32 19 48 19S70.5 30 69.5 48C68.5 44 68.3 40 68 36.5C60 39.5 36 39.5 28 36.5C27.7 40 27.5 44 26.5 48Z', c),
  long: (c) => path('M26 53C24 32 33 18 48 18S72 32 70 53C68.5 49 68 45 67.4 41C60 38 52 32 48.5 25C45 32 36 38 28.6 41C28 45 27.5 49 26 53Z', c),
  waves: (c) => path('M26 52C23 30 33 17 48 17S73 30 70 52C68.6 48 68 43.5 67.6 40C65.5 36 63.5 32 62.5 28.5C54 36 40 38 28.5 38C27.8 43 27.4 48 26 52Z', c),
  curls: (c) => [[33, 27, 7], [41.5, 24.5, 7.4], [50.5, 24, 7.4], [59, 25, 7.2], [65, 29.5, 6]].map(([x, y, r]) => dot(x, y, r, c)).join(''),
  ponytail: (c) => path('M26.8 47C24.5 28 33 15.5 47 15.5C61 15 71 24 69.4 47C68.2 43 67.6 39 66 35.5C56 35 48 29.5 44.5 24.5C40 31 33.5 34.5 29.5 36C28.6 40 27.8 44 26.8 47Z', c),
  bald: (c) => path('M26.6 47C24.6 42 24.4 37 25.6 31.5C28.6 34 29.6 37.5 29.2 41Z', c) + path('M69.4 47C71.4 42 71.6 37 70.4 31.5C67.4 34 66.4 37.5 66.8 41Z', c),
  turban: (c) =>
    path('M23.5 38C21 18 33 8.5 48 8.5S75 18 72.5 38C68 31.5 58 26.5 48 26.5S28 31.5 23.5 38Z', c) +
    line('M25 31C31 22 40 17.5 47.5 12M71 31C65 22 56 17.5 48.5 12', shade(c, -0.16), 1.8),
  scarf: (c) =>
    path('M48 15C31 15 24.5 28 25.5 46C26.5 62 33 76 48 76S69.5 62 70.5 46C71.5 28 65 15 48 15ZM48 27.5C60 27.5 65 35 65 46C65 60 58.5 70.5 48 70.5S31 60 31 46C31 35 36 27.5 48 27.5Z', shade(c, -0.14), ' fill-rule="evenodd"') +
    path('M24 90C30 78 40 76.5 48 76.5S66 78 72 90C60 97 36 97 24 90Z', shade(c, -0.06)),
};

const MOUTHS = {
  smile: () => line('M40.2 58C43 62.6 53 62.6 55.8 58', '#6B2417', 2.1),
  laugh: () => path('M40.2 56.8H55.8C55.6 62.8 52.4 66 48 66S40.4 62.8 40.2 56.8Z', '#641C17') + path('M40.2 56.8H55.8L55.2 59.8H40.8Z', '#FFF'),
};

const BEARDS = {
  stubble: (c) => path('M28.2 50C34 52 39 54 43 53.2H53C57 54 62 52 67.8 50C68 64 59 73 48 73S28 64 28.2 50Z', c, ' opacity=".26"'),
  goatee: (c) => path('M40.2 56.2C43 52.8 46.5 53 48 54C49.5 53 53 52.8 55.8 56.2C53 56.8 43 56.8 40.2 56.2Z', c) + path('M41 63.5C44 66 52 66 55 63.5C55.6 71 52.4 75.5 48 75.5S40.4 71 41 63.5Z', c),
  full: (c) => path('M27.8 47C29.5 52.5 34 55.4 40 53.6C44 52.2 52 52.2 56 53.6C62 55.4 66.5 52.5 68.2 47C69.2 64 62.5 77 48 77S26.8 64 27.8 47Z', c),
};

const GLASSES = {
  round: line('M30.9 46H29M67 46H65.1M45.1 45.4C46.6 44.2 49.4 44.2 50.9 45.4', DARK, 1.9) +
    [38.2, 57.8].map((x) => dot(x, 46.2, 7.1, '#FFFFFF', ` fill-opacity=".2" stroke="${DARK}" stroke-width="1.9"`)).join(''),
  square: line('M30.6 45H28.6M67.4 45H65.4M45.4 45H50.6', '#3A2C24', 1.9) +
    [30.8, 50.8].map((x) => `<rect x="${x}" y="40.4" width="14.4" height="11.4" rx="3.4" fill="#FFF" fill-opacity=".2" stroke="#3A2C24" stroke-width="1.9"/>`).join(''),
};

function features(face) {
  const brow = ['bald', 'scarf', 'turban'].includes(face.hair) ? DARK : shade(face.hairColor, -0.25);
  const blush = shade(face.skin, 0) === face.skin && parseInt(face.skin.slice(1, 3), 16) > 0xc0 ? '#E4796A' : '#C4553C';
  return (
    line('M34.4 39.4C36.4 37 40.6 36.8 42.8 38.6M53.2 38.6C55.4 36.8 59.6 37 61.6 39.4', brow, 2) +
    oval(39.6, 46, 2.3, 2.7, DARK) + oval(56.4, 46, 2.3, 2.7, DARK) +
    line('M48.4 47.4C49.8 49.6 50.2 52 47.2 52.2', shade(face.skin, -0.24), 1.9) +
    dot(34.6, 54.6, 4.3, blush, ' opacity=".3"') + dot(61.4, 54.6, 4.3, blush, ' opacity=".3"')
  );
}

function draw(face) {
  const { skin, hair, hairColor } = face;
  const neck = path('M38.4 62H57.6V76C57.6 83 38.4 83 38.4 76Z', shade(skin, -0.17));
  const ears = hair === 'scarf' ? '' : oval(27.4, 48, 4, 4.8, shade(skin, -0.1)) + oval(68.6, 48, 4, 4.8, shade(skin, -0.1));
  const earrings = face.earrings ? dot(27, 54.4, 2.1, face.earrings) + dot(69, 54.4, 2.1, face.earrings) : '';
  const headphones = face.headphones
    ? line('M24.5 44C21 0 75 0 71.5 44', face.headphones, 4.4) +
      `<rect x="20" y="40" width="8.6" height="17" rx="4" fill="${face.headphones}"/><rect x="67.4" y="40" width="8.6" height="17" rx="4" fill="${face.headphones}"/>`
    : '';
  const layers = [
    `<rect width="96" height="96" fill="${face.back}"/>`,
    BEHIND[hair]?.(hairColor) ?? '',
    // A collar is open in front of the neck; a turtleneck closes over it.
    neck,
    BODIES[face.top](face.topColor, skin),
    ears,
    earrings,
    path(HEAD, skin),
    face.beard ? BEARDS[face.beard](face.beardColor ?? hairColor) : '',
    features(face),
    MOUTHS[face.mouth](),
    OVER[hair](hairColor),
    face.glasses ? GLASSES[face.glasses] : '',
    headphones,
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96">${layers.join('')}</svg>\n`;
}

const people = JSON.parse(await readFile(new URL('../people.json', import.meta.url), 'utf8'));
const folder = new URL('../static/faces/', import.meta.url);
await mkdir(folder, { recursive: true });
const drawn = people.filter((person) => person.face);
await Promise.all(drawn.map((person) => writeFile(new URL(`${person.username}.svg`, folder), draw(person.face))));
console.log(`${drawn.length} faces drawn`);
