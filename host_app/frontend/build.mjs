/** Builds ../static/dist: plaza.js, plaza.css with its fonts, and icons.json, which templates draw from. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.resolve(here, '../static/dist');
const phosphor = path.join(here, 'node_modules/@phosphor-icons/core/assets');

const ICONS = [
  'arrow-left',
  'broadcast',
  'broadcast-fill',
  'chat-circle',
  'compass',
  'compass-fill',
  'dots-three',
  'gear-six',
  'heart',
  'heart-fill',
  'house',
  'house-fill',
  'lock',
  'lock-fill',
  'magnifying-glass',
  'pencil-simple-line',
  'prohibit',
  'share-network',
  'sign-out',
  'user',
  'user-fill',
];

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await esbuild.build({
  absWorkingDir: here,
  entryPoints: ['src/plaza.js', 'src/plaza.css'],
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
console.log(`plaza.js, plaza.css and ${ICONS.length} icons built`);

/** What is inside the icon's <svg>, on phosphor's square of 256. */
async function drawing(name) {
  const weight = name.endsWith('-fill') ? 'fill' : 'regular';
  const svg = await readFile(path.join(phosphor, weight, `${name}.svg`), 'utf8');
  return svg.replace(/^<svg[^>]*>/, '').replace(/<\/svg>\s*$/, '');
}
