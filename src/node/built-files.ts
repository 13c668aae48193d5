// Where what is built is: the same places from src/node and from build/lib.

import type { CoreBuild } from "../wasm/instantiate.ts";

/** The file of a build of the core. */
export function coreFile(build: CoreBuild): URL {
  return new URL(`../../build/core/${build}.wasm`, import.meta.url);
}

/** A file of the viewer of curves. */
export function viewerFile(name: string): URL {
  return new URL(`../../build/viewer/${name}`, import.meta.url);
}
