// Where the compiled cores are.

import type { CoreBuild } from "../wasm/instantiate.ts";

/** Where `npm run build` puts a build of the core; the same place from src/ and from build/. */
export function coreFile(build: CoreBuild): URL {
  return new URL(`../../build/core/${build}.wasm`, import.meta.url);
}
