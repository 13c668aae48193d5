// Compiles the core. Plain JavaScript, since the build runs before anything is compiled.

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A build that failed; its text is for the person at the terminal. */
export class BuildError extends Error {}

/**
 * Compiles one build of the core: a target of asconfig.json in f64, or with `f32-` before it in f32.
 * @param {string} build
 */
export async function compileCore(build) {
  const { default: asc } = await import("assemblyscript/asc");
  const target = build.replace(/^f32-/, "");
  const real = target === build ? "f64" : "f32";
  const output = `build/core/${build}.wasm`;
  // Whatever the build knew of the core, it no longer knows: this may be a compile of the dev server.
  rmSync(join(ROOT, "build/core.stamp"), { force: true });
  rmSync(join(ROOT, output), { force: true });
  const files = ["--outFile", output, "--textFile", output.replace(/wasm$/, "wat")];
  const words = ["--target", target, "--use", `real=${real}`, ...files, "--baseDir", ROOT];
  const { error, stderr } = await asc.main(words);
  // asc reports success when it finds no entry, so the file is the proof.
  if (error || !existsSync(join(ROOT, output))) {
    throw new BuildError(`${stderr.toString()}${error?.message ?? `${output} was not made`}`);
  }
}
