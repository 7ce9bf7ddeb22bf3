declare module '*.svg' {
  const markup: string;
  export default markup;
}

declare module '*.css?inline' {
  const text: string;
  export default text;
}

declare module 'hls.js/light' {
  export * from 'hls.js';
  export { default } from 'hls.js';
}
