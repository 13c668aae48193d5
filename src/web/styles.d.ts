// What the bundler takes in beside scripts: style sheets, and files as strings.
declare module "*.css";
declare module "*?raw" {
  const text: string;
  export default text;
}
