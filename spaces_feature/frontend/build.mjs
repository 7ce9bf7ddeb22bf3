/**
 * Builds ../static/dist: spaces.js and spaces.css for every page, room.js on demand, shared and lazy chunks beside
 * them, and sizes.json. Fails when a bundle is over its budget. `--tests` builds test-dist instead.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { emoji } from './emoji.mjs';
import { inlineCss } from './inline-css.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.resolve(here, '../static/dist');
const testDist = path.join(here, 'test-dist');

/**
 * Gzipped bytes that a page may cost: what a bundle pulls in by static import, and `with` it always, less what the page
 * has already.
 */
const BUDGETS = [
  { name: 'spaces', entry: /^src\/spaces\.ts$/, has: [], limit: 12_000 },
  { name: 'socket', entry: /^src\/live\/socket-client\.ts$/, has: ['spaces'], limit: 14_000 },
  { name: 'room', entry: /^src\/room\.ts$/, has: ['spaces'], limit: 170_000 },
  { name: 'replay', entry: /^src\/replay\.ts$/, has: ['spaces'], limit: 45_000 },
  { name: 'hls', entry: /^src\/hls\.ts$/, has: ['spaces', 'room'], with: /\/hls\.light\.mjs$/, limit: 125_000 },
];

const common = {
  absWorkingDir: here,
  bundle: true,
  format: 'esm',
  target: 'es2021',
  loader: { '.svg': 'text' },
  plugins: [inlineCss, emoji],
  legalComments: 'none',
  logLevel: 'warning',
};

if (process.argv.includes('--tests')) await buildTests();
else await buildPages();

async function buildTests() {
  await rm(testDist, { recursive: true, force: true });
  const tests = (await readdir(path.join(here, 'test'))).filter((name) => name.endsWith('.test.ts'));
  await esbuild.build({
    ...common,
    entryPoints: [...tests.map((name) => `test/${name}`), 'src/core/replica-cli.ts'],
    entryNames: '[name]',
    outdir: testDist,
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
  });
}

async function buildPages() {
  // Apart from each other: what both use is small, and a shared chunk would cost every page a request.
  const pages = await bundle(['src/spaces.ts', 'src/styles/spaces.css']);
  const room = await bundle(['src/room.ts']);
  const staff = await bundle(['src/styles/staff.css', 'src/styles/numbers.css'], { '.svg': 'dataurl' });
  const outputFiles = [...pages.outputFiles, ...room.outputFiles, ...staff.outputFiles];
  const files = new Map(outputFiles.map((file) => [path.basename(file.path), file.contents]));
  const sizes = measure(Object.assign({}, ...[pages, room, staff].map(({ metafile }) => metafile.outputs)), files);
  files.set('sizes.json', Buffer.from(`${JSON.stringify(sizes, null, 2)}\n`));
  await replace(files);
  report(sizes);
}

function bundle(entryPoints, loader = common.loader) {
  return esbuild.build({
    ...common,
    loader,
    entryPoints,
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    outdir: dist,
    splitting: true,
    minify: true,
    metafile: true,
    write: false,
    platform: 'browser',
  });
}

/** Writes first and removes afterwards, so that a server that runs meanwhile never finds a hole. */
async function replace(files) {
  await mkdir(dist, { recursive: true });
  for (const [name, contents] of files) await writeFile(path.join(dist, name), contents);
  for (const name of await readdir(dist)) if (!files.has(name)) await rm(path.join(dist, name), { recursive: true });
}

function measure(metaOutputs, files) {
  const outputs = new Map(Object.entries(metaOutputs).map(([file, output]) => [path.basename(file), output]));
  const gzipped = (name) => gzipSync(files.get(name), { level: 9 }).length;
  const closure = (name, seen = new Set()) => {
    seen.add(name);
    for (const used of outputs.get(name).imports) {
      const next = path.basename(used.path);
      if (used.kind === 'import-statement' && !seen.has(next)) closure(next, seen);
    }
    return seen;
  };
  const closures = {};
  const bundles = [];
  for (const { name, entry, has, with: always, limit } of BUDGETS) {
    const find = (pattern) => [...outputs].find(([, output]) => output.entryPoint && pattern.test(output.entryPoint))?.[0];
    const file = find(entry);
    if (!file) continue;
    closures[name] = closure(file);
    if (always) closure(find(always), closures[name]);
    const own = [...closures[name]].filter((part) => !has.some((other) => closures[other].has(part)));
    bundles.push({ name, files: own, gzip: own.reduce((sum, part) => sum + gzipped(part), 0), limit });
  }
  const counted = new Set(bundles.flatMap((bundle) => bundle.files));
  const others = [...files.keys()].filter((name) => !counted.has(name));
  return { bundles, others: others.map((name) => ({ name, gzip: gzipped(name) })) };
}

function report({ bundles, others }) {
  for (const { name, files, gzip, limit } of bundles) {
    const verdict = gzip > limit ? 'OVER BUDGET' : 'ok';
    console.log(`${name.padEnd(8)} ${String(gzip).padStart(7)} of ${limit} bytes gzipped  ${verdict}  ${files.join(' ')}`);
  }
  for (const { name, gzip } of others) console.log(`${''.padEnd(8)} ${String(gzip).padStart(7)} bytes gzipped  ${name}`);
  if (bundles.some(({ gzip, limit }) => gzip > limit)) process.exitCode = 1;
}
