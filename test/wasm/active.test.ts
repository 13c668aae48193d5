// A team of which some ranks rest: the same bits, whoever takes part; and when that is chosen.

import { expect, onTestFinished, test, vi } from "vitest";
import { momentsOf, SGD } from "../../src/engine/optimizer.ts";
import type { Shape } from "../../src/engine/shape.ts";
import { createWasmEngine, type UpdateRule } from "../../src/index.ts";
import { loadCore, startRank } from "../../src/node/platform.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { WasmEngine } from "../../src/wasm/engine.ts";
import { differingBits, Numbers, normal } from "../support.ts";

const RULE: UpdateRule = { ...SGD, clipValue: 5, reduction: "sum" };
const ADAM: UpdateRule = { ...SGD, optimizer: "adam", learningRate: 0.01, clipNorm: 0.1 };

test.each([
  [{ V: 9, H: 12, T: 3, B: 16, cell: "gru", layers: 2, drops: true } as Shape, 4, 300],
  [{ V: 17, H: 33, T: 7, B: 39 } as Shape, 3, 100],
])(
  "as many of its threads as take part, another number at each step: %j on %i",
  async (shape, ranks, steps) => {
    const rule = { ...ADAM, dropout: shape.drops ? 0.3 : 0 };
    const moments = momentsOf(rule);
    const module = await loadCore("team");
    const team = await WasmEngine.createTeam(shape, module, ranks, startRank, moments);
    onTestFinished(() => team.close());
    const alone = new ReferenceEngine(shape, moments);
    const numbers = new Numbers(5);
    for (const engine of [team, alone]) engine.initialize(3, normal(0.3));
    for (let step = 0; step < steps; step++) {
      for (const engine of [team, alone]) {
        engine.inputs.forEach((_, i) => {
          engine.inputs[i] = (3 * i + step) % shape.V;
          engine.targets[i] = (5 * i + 1) % shape.V;
        });
      }
      team.core.setActive(numbers.integer(1, ranks));
      const results = [team, alone].map((engine) => engine.step(rule));
      expect(results[0]).toEqual(results[1]);
      team.core.setActive(numbers.integer(1, ranks));
      if (step % 7 === 0) expect(team.evaluate()).toEqual(alone.evaluate());
    }
    expect(differingBits(team.parameters, alone.parameters)).toBe(0);
  },
);

test("as many as pay take part where no number is asked for, all where one is", async () => {
  const shape: Shape = { V: 20, H: 128, T: 50, B: 32 };
  for (const [threads, calls] of [
    [0, 3],
    [2, 0],
  ] as const) {
    const engine = await createWasmEngine(shape, threads);
    onTestFinished(() => engine.close());
    const setActive = vi.spyOn(engine.core, "setActive");
    engine.initialize(1, normal(0.1));
    for (let step = 0; step < 3; step++) engine.step(RULE);
    expect(setActive).toHaveBeenCalledTimes(engine.threads === 1 ? 0 : calls);
    await engine.disband();
    expect(engine.step(RULE).outcome).toBe("done");
  }
});
