// Where what is built is: the same places from src/node and from build/lib.

import { fileURLToPath } from "node:url";
import type { CoreBuild } from "../wasm/instantiate.ts";

/** The file of a build of the core. */
export function coreFile(build: CoreBuild): URL {
  return new URL(`../../build/core/${build}.wasm`, import.meta.url);
}

/** A file of the viewer of curves. */
export function viewerFile(name: string): URL {
  return new URL(`../../build/viewer/${name}`, import.meta.url);
}

/** The command line as a program, for a process of its own. */
export function commandFile(): string {
  return fileURLToPath(new URL("../../build/lib/cli.js", import.meta.url));
}
