// The fast build: near the reference where the engine can run it, one clear line where it cannot.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { agree } from "../../src/bench/measure.ts";
import { createWasmEngine } from "../../src/index.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { hasRelaxedSimd } from "../../src/wasm/instantiate.ts";
import { makeFolder, train } from "../node/run.ts";

const TOLERANCE = 1e-9; // of the largest parameter, after three steps
const REFUSED =
  "fast: expected an engine with relaxed SIMD (Chrome 114, Firefox 145, Node 22 or later), got one without; leave fast out";

test("a fast model is near the reference, or refused", async () => {
  for (const [shape, threads] of [
    [{ V: 4, H: 10, T: 4, B: 1 }, 1],
    [{ V: 31, H: 37, T: 9, B: 14 }, 3],
  ] as const) {
    if (hasRelaxedSimd()) {
      const engine = await createWasmEngine(shape, threads, true);
      expect(agree([new ReferenceEngine(shape), engine], 3, TOLERANCE)).toBe(true);
      engine.close();
    } else {
      await expect(createWasmEngine(shape, threads, true)).rejects.toThrow(REFUSED);
    }
  }
});

test("--fast says so in its output and its receipt, or is refused in one line", async () => {
  const cwd = makeFolder();
  const { code, stdout, stderr } = await train(cwd, "--fast");
  if (hasRelaxedSimd()) {
    expect(stdout).toContain("(fast wasm engine, 1 thread)");
    expect(JSON.parse(readFileSync(join(cwd, "out/receipt.json"), "utf8")).config.fast).toBe(true);
  } else {
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: "", stderr: `${REFUSED}\n` });
  }
});
