declare module '*.svg' {
  const markup: string;
  export default markup;
}

declare module '*.css?inline' {
  const text: string;
  export default text;
}
