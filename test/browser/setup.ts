// Before any test: sees to the browsers, one after the other, since two installers at once lock each
// other out.

import { findBrowser } from "./find-browser.ts";

export default function setup(): void {
  findBrowser("chrome");
  findBrowser("firefox");
}
