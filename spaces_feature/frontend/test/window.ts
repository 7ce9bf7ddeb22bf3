/** As much of a browser's window as modules ask for when they are loaded. Import it first. */

Object.assign(globalThis, {
  matchMedia: () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined }),
  location: { href: 'http://plaza.test/' },
});
