/** Builds ../static/dist: plaza.js, push-worker.js, plaza.css with its fonts, icons.json, which templates draw from, and emoji. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.resolve(here, '../static/dist');
const phosphor = path.join(here, 'node_modules/@phosphor-icons/core/assets');

const ICONS = [
  'arrow-left',
  'bell',
  'bell-fill',
  'broadcast',
  'broadcast-fill',
  'caret-left',
  'caret-right',
  'chat-circle',
  'clock-countdown',
  'compass',
  'compass-fill',
  'dots-three',
  'eye',
  'flag',
  'gear-six',
  'heart',
  'heart-fill',
  'house',
  'house-fill',
  'image',
  'lock',
  'lock-fill',
  'magnifying-glass',
  'paper-plane-right-fill',
  'pause-fill',
  'pencil-simple-line',
  'play-fill',
  'prohibit',
  'share-network',
  'sign-out',
  'speaker-slash',
  'trash',
  'user',
  'user-fill',
  'x',
];
/** What one tap answers a fleet with, by our name for it. */
const EMOJI = { heart: 'red-heart', clap: 'clapping-hands', fire: 'fire' };

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await esbuild.build({
  absWorkingDir: here,
  entryPoints: ['src/plaza.js', 'src/push-worker.js', 'src/plaza.css'],
  outdir: dist,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2021',
  loader: { '.woff2': 'file' },
  assetNames: 'fonts/[name]-[hash]',
  legalComments: 'linked',
  logLevel: 'warning',
});
const drawings = await Promise.all(ICONS.map(async (name) => [name, await drawing(name)]));
await writeFile(path.join(dist, 'icons.json'), JSON.stringify(Object.fromEntries(drawings)));
await drawEmoji(path.join(dist, 'emoji'));
console.log(`plaza.js, plaza.css and ${ICONS.length} icons built`);

/** What is inside the icon's <svg>, on phosphor's square of 256. */
async function drawing(name) {
  const weight = name.endsWith('-fill') ? 'fill' : 'regular';
  const svg = await readFile(path.join(phosphor, weight, `${name}.svg`), 'utf8');
  return svg.replace(/^<svg[^>]*>/, '').replace(/<\/svg>\s*$/, '');
}

/** Writes each emoji as a file of its own. */
async function drawEmoji(folder) {
  const set = JSON.parse(await readFile(path.join(here, 'node_modules/@iconify-json/fluent-emoji-flat/icons.json'), 'utf8'));
  await mkdir(folder);
  for (const [name, drawn] of Object.entries(EMOJI)) {
    const { body, width = set.width ?? 32, height = set.height ?? 32 } = set.icons[drawn];
    await writeFile(
      path.join(folder, `${name}.svg`),
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}">${body}</svg>`,
    );
  }
}
