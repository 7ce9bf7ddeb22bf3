import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const SET = fileURLToPath(new URL('node_modules/@iconify-json/fluent-emoji-flat/icons.json', import.meta.url));

/** `import markup from 'emoji:NAME.svg'` gives one drawing of Fluent Emoji as a string. */
export const emoji = {
  name: 'emoji',
  setup(build) {
    build.onResolve({ filter: /^emoji:.*\.svg$/ }, ({ path }) => ({ path: path.slice('emoji:'.length, -'.svg'.length), namespace: 'emoji' }));
    build.onLoad({ filter: /.*/, namespace: 'emoji' }, async ({ path }) => {
      const { icons, width = 32, height = 32 } = JSON.parse(await readFile(SET, 'utf8'));
      if (!icons[path]) return { errors: [{ text: `there is no emoji ${path}` }] };
      return { contents: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}">${icons[path].body}</svg>`, loader: 'text' };
    });
  },
};
