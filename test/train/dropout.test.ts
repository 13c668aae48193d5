// Dropout: which units stay is a function of seed, update, layer, position and unit alone, by the counter
// generator; nothing is dropped where nothing is learned.

import { describe, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import { SGD, type UpdateRule } from "../../src/engine/optimizer.ts";
import type { Shape } from "../../src/engine/shape.ts";
import { allEngines, differingBits, Numbers, normal } from "../support.ts";

const SHARE = 0.3;
const SHAPE: Shape = { V: 6, H: 7, T: 4, B: 5, layers: 2, drops: true };
const SEED = 2 ** 40 + 12345;
const RULE: UpdateRule = { ...SGD, dropout: SHARE, seed: SEED, learningRate: 0.5 };
const BIG = 2n ** 32n;

/** Philox4x32-10 in whole numbers, by its paper. */
function philox(counter: bigint[], key: bigint[]): bigint[] {
  let [c0, c1, c2, c3] = counter as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key as [bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const [p0, p1] = [0xd2511f53n * c0, 0xcd9e8d57n * c2];
    [c0, c1, c2, c3] = [(p1 / BIG) ^ c1 ^ k0, p1 % BIG, (p0 / BIG) ^ c3 ^ k1, p0 % BIG];
    k0 = (k0 + 0x9e3779b9n) % BIG;
    k1 = (k1 + 0xbb67ae85n) % BIG;
  }
  return [c0, c1, c2, c3];
}

/** The masks of update number `update`, [layer][T][B][H]. */
function masksOf({ H, T, B, layers = 1 }: Shape, update: number): Float64Array {
  const masks = new Float64Array(layers * T * B * H);
  const blocks = Math.ceil(H / 4);
  const key = [BigInt(SEED) % BIG, BigInt(SEED) / BIG];
  for (let layer = 0; layer < layers; layer++) {
    for (let p = 0; p < T * B; p++) {
      for (let unit = 0; unit < H; unit++) {
        const block = BigInt(p * blocks + Math.floor(unit / 4));
        const words = philox([block, BigInt(update), BigInt(2 + layer), 0n], key);
        const share = Number(words[unit % 4]) / 2 ** 32;
        masks[(layer * T * B + p) * H + unit] = share < SHARE ? 0 : 1 / (1 - SHARE);
      }
    }
  }
  return masks;
}

function load(engine: Engine): void {
  const numbers = new Numbers(4);
  engine.initialize(1, normal(0.5));
  numbers.tokens(engine.inputs, engine.shape.V);
  numbers.tokens(engine.targets, engine.shape.V);
}

describe.each([0, 1, 2])("engine %i", (index) => {
  const engineOf = async (shape: Shape = SHAPE) => (await allEngines(shape))[index] as Engine;

  test("draws the masks of the counter generator, others at each update", async () => {
    const drawn = await engineOf();
    const held = await engineOf();
    for (const engine of [drawn, held]) load(engine);
    for (let update = 0; update < 3; update++) {
      held.holdMasks(masksOf(SHAPE, update));
      expect(drawn.step(RULE)).toEqual(held.step(RULE));
      expect(differingBits(drawn.parameters, held.parameters)).toBe(0);
    }
    const other = await engineOf();
    load(other);
    other.holdMasks(masksOf(SHAPE, 1));
    const fresh = await engineOf();
    load(fresh);
    expect(other.step(RULE).loss).not.toBe(fresh.step(RULE).loss);
  });

  test("drops nothing in an evaluation, and scales so that nothing is to be done there", async () => {
    const plain = await engineOf({ ...SHAPE, drops: false });
    const engine = await engineOf();
    for (const one of [plain, engine]) load(one);
    expect(engine.evaluate()).toEqual(plain.evaluate());
    engine.holdMasks(new Float64Array(2 * 4 * 5 * 7).fill(1));
    expect(engine.step(RULE)).toEqual(plain.step({ ...RULE, dropout: 0 }));
    expect(engine.evaluate()).toEqual(plain.evaluate());
    engine.holdMasks(null);
    engine.step(RULE);
    plain.step({ ...RULE, dropout: 0 });
    expect(differingBits(engine.parameters, plain.parameters)).toBeGreaterThan(0);
    expect(engine.step({ ...RULE, dropout: 0 }).outcome).toBe("done"); // once more without
  });

  test("masks of another length, or of an engine without dropout, are refused", async () => {
    const engine = await engineOf();
    const length = 2 * 4 * 5 * 7;
    expect(() => engine.holdMasks(new Float64Array(length + 1))).toThrow(
      `masks: expected ${length} numbers, as an engine with dropout and one thread has, got 281`,
    );
    const plain = await engineOf({ ...SHAPE, drops: false });
    expect(() => plain.holdMasks(new Float64Array(length))).toThrow("masks: expected 0 numbers");
    plain.holdMasks(null);
  });

  test("is refused by an engine made without", async () => {
    const engine = await engineOf({ ...SHAPE, drops: false });
    expect(() => engine.step(RULE)).toThrow(
      "dropout: expected 0, since the engine was made without, got 0.3; make it with dropout",
    );
  });
});

test("drops its share of the units", () => {
  const masks = masksOf({ ...SHAPE, T: 50, B: 40 }, 0);
  const dropped = masks.filter((factor) => factor === 0).length / masks.length;
  expect(Math.abs(dropped - SHARE)).toBeLessThan(0.01);
});
