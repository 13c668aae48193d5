// exp, log, tanh and the sigmoid in f32 on every f32 there is. Some minutes for each on one core.

import { expect, test } from "vitest";
import { SINGLE, SINGLE_NAMES, singleCore, ulpsOf } from "../assembly/single.ts";

const ALL = 2 ** 32;
const AT_ONCE = 2 ** 16;

test.each(SINGLE_NAMES)("%s of every f32", async (name) => {
  const core = await singleCore();
  const own = core[name];
  const { exact, limit } = SINGLE[name];
  const bits = new Uint32Array(AT_ONCE);
  const numbers = new Float32Array(bits.buffer);
  let worst = 0;
  let worstAt = 0;
  for (let from = 0; from < ALL; from += AT_ONCE) {
    for (let i = 0; i < AT_ONCE; i++) bits[i] = from + i;
    for (let i = 0; i < AT_ONCE; i++) {
      const x = numbers[i] as number;
      const error = ulpsOf(own(x), exact(x));
      if (!(error <= worst)) [worst, worstAt] = [error, x];
    }
  }
  console.log(`${name}: largest error ${worst.toFixed(3)} ulp, at ${worstAt}`);
  expect(worst).toBeLessThanOrEqual(limit);
});
