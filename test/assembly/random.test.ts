// The generator: the published vectors of Philox4x32-10, and core and reference draw for draw.

import { expect, test } from "vitest";
import { Generator } from "../../src/reference/random.ts";
import { wasmEngine } from "../support.ts";

const SHAPE = { V: 2, H: 1, T: 1, B: 1 };

// Random123's kat_vectors, philox4x32 with 10 rounds: counter, key, block.
const KNOWN: [counter: number[], key: number[], block: number[]][] = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

test.each(KNOWN)("Philox4x32-10 of counter %j and key %j is %j", async (counter, key, block) => {
  const generator = new Generator();
  generator.counter.set(counter);
  generator.key.set(key);
  generator.drawBlock();
  expect([...generator.block]).toEqual(block);

  const { core } = await wasmEngine(SHAPE);
  const words = new Uint32Array(core.memory.buffer, core.generator.value, 12);
  words.set(counter);
  words.set(key, 4);
  core.drawBlock();
  expect([...words.subarray(8)]).toEqual(block);
});

test("core and reference draw the same uniforms and normals, across the counter's carry", async () => {
  const { core } = await wasmEngine(SHAPE);
  const words = new Uint32Array(core.memory.buffer, core.generator.value, 12);
  for (const [seed, stream] of [
    [0, 0],
    [42, 1],
    [Number.MAX_SAFE_INTEGER, 3],
  ] as const) {
    const generator = new Generator(seed, stream);
    core.seed(seed >>> 0, Math.floor(seed / 2 ** 32), stream);
    generator.counter[0] = words[0] = 0xffffff00;
    for (let i = 0; i < 2000; i++) {
      expect(core.uniform()).toBe(generator.uniform());
      expect(core.normal()).toBe(generator.normal());
    }
    expect([...generator.counter]).toEqual([...words.subarray(0, 4)]);
    expect(generator.counter[1]).toBe(1);
  }
});

test("the first draws of seed 42 stay what they are", () => {
  const generator = new Generator(42);
  const draws = [generator.uniform(), generator.uniform(), generator.normal(), generator.normal()];
  expect(draws).toMatchInlineSnapshot(`
    [
      0.6129598801477738,
      0.9877186516453577,
      1.176955046111913,
      1.5795291549973123,
    ]
  `);
});

test("uniforms fill [0, 1) evenly and normals have the moments of N(0, 1)", () => {
  const generator = new Generator(1);
  const count = 200_000;
  const tolerance = 5 / Math.sqrt(count); // five standard errors of a mean of unit variance
  const cells = new Float64Array(16);
  let sum = 0;
  let squares = 0;
  let fourths = 0;
  for (let i = 0; i < count; i++) {
    const u = generator.uniform();
    expect(u >= 0 && u < 1).toBe(true);
    cells[Math.floor(u * 16)]! += 16 / count;
    const n = generator.normal();
    sum += n / count;
    squares += (n * n) / count;
    fourths += n ** 4 / count;
  }
  for (const share of cells) expect(Math.abs(share - 1)).toBeLessThan(4 * tolerance);
  expect(Math.abs(sum)).toBeLessThan(tolerance);
  expect(Math.abs(squares - 1)).toBeLessThan(2 * tolerance);
  expect(Math.abs(fourths - 3)).toBeLessThan(10 * tolerance);
});
