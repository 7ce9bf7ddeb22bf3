import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as esbuild from 'esbuild';

/** `import text from './x.css?inline'` gives minified CSS as a string, for shadow roots. */
export const inlineCss = {
  name: 'inline-css',
  setup(build) {
    build.onResolve({ filter: /\.css\?inline$/ }, (found) => ({
      path: path.resolve(found.resolveDir, found.path.replace(/\?inline$/, '')),
      namespace: 'inline-css',
    }));
    build.onLoad({ filter: /.*/, namespace: 'inline-css' }, async (found) => {
      const { code } = await esbuild.transform(await readFile(found.path, 'utf8'), { loader: 'css', minify: true });
      return { contents: code.trim(), loader: 'text', watchFiles: [found.path] };
    });
  },
};
