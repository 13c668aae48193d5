// What the bundler takes in beside scripts, style sheets and files as strings, and what it says of itself.
declare module "*.css";
declare module "*?raw" {
  const text: string;
  export default text;
}
interface ImportMeta {
  /** Whether the dev server serves the page. */
  readonly env: { readonly DEV: boolean };
}
