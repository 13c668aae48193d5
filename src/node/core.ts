// Finds the compiled core in Node.

import { readFile } from "node:fs/promises";

/** Where `npm run build` puts a build of the core; the same place from src/ and from build/. */
export function coreFile(build: "release" | "debug"): URL {
  return new URL(`../../build/core/${build}.wasm`, import.meta.url);
}

/** Bytes of the core that the package runs. */
export async function loadCore(): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(coreFile("release")));
}
