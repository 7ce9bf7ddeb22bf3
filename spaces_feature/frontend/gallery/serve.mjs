/** Serves the gallery on 127.0.0.1: every element in every state, drawn from fixed data. `node gallery/serve.mjs [PORT]` */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { emoji } from '../emoji.mjs';
import { inlineCss } from '../inline-css.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const context = await esbuild.context({
  absWorkingDir: here,
  entryPoints: ['gallery.ts', { in: '../src/styles/spaces.css', out: 'spaces' }],
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  loader: { '.svg': 'text' },
  plugins: [inlineCss, emoji],
  outdir: path.join(here, '.served'),
  write: false,
});
const { port } = await context.serve({ host: '127.0.0.1', port: Number(process.argv[2] ?? 8100), servedir: here });
console.log(`http://127.0.0.1:${port}/?view=strip`);
