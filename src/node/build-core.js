// Compiles the core. Plain JavaScript, since the build runs before anything is compiled.

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A build that failed; its text is for the person at the terminal. */
export class BuildError extends Error {}

/**
 * Compiles one target of asconfig.json.
 * @param {string} target
 */
export async function compileCore(target) {
  const { default: asc } = await import("assemblyscript/asc");
  const output = `build/core/${target}.wasm`;
  // Whatever the build knew of the core, it no longer knows: this may be a compile of the dev server.
  rmSync(join(ROOT, "build/core.stamp"), { force: true });
  rmSync(join(ROOT, output), { force: true });
  const { error, stderr } = await asc.main(["--target", target, "--baseDir", ROOT]);
  // asc reports success when it finds no entry, so the file is the proof.
  if (error || !existsSync(join(ROOT, output))) {
    throw new BuildError(`${stderr.toString()}${error?.message ?? `${output} was not made`}`);
  }
}
