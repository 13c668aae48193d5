// What pictures need and nothing else does: packages that a library's user is spared, and that are asked for
// when they are missed.

const PACKAGES = ["@napi-rs/canvas", "@fontsource/inter/package.json", "uplot"];

/** Whether pictures can be drawn. */
export function canDraw(): boolean {
  try {
    for (const name of PACKAGES) import.meta.resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** What to do where they cannot, in a sentence. `what` is left out. */
export function withoutPictures(what: string): string {
  const names = PACKAGES.map((name) => name.replace("/package.json", "")).join(" ");
  return `Without ${what}: expected the packages that draw, got none; npm install ${names}`;
}
