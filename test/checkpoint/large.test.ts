// What is written can be read back, up to the largest vocabulary; what could not be is not begun.

import { expect, test } from "vitest";
import { expectSavable } from "../../src/checkpoint/training.ts";
import { Vocabulary } from "../../src/data/vocabulary.ts";
import {
  DEFAULTS,
  loadCheckpoint,
  MemoryError,
  Model,
  saveCheckpoint,
  TEXT_DEFAULTS,
} from "../../src/index.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";

const SURROGATES = 2048;
const CODE_POINTS = 0x110000 - SURROGATES;
const FORMAT_LIMIT = 100_000_000; // bytes of a header

/** The first characters there are. */
function characters(count: number): string[] {
  return Array.from({ length: count }, (_, i) =>
    String.fromCodePoint(i < 0xd800 ? i : i + SURROGATES),
  );
}

test("a model of 150,000 different characters, whose header is over a megabyte", async () => {
  const vocabulary = new Vocabulary(characters(150_000));
  const engine = new ReferenceEngine({ V: 150_000, H: 1, T: 1, B: 1 });
  const file = await saveCheckpoint(new Model(DEFAULTS, vocabulary, engine));
  expect(new DataView(file.buffer).getUint32(0, true)).toBeGreaterThan(1_000_000);
  const checkpoint = await loadCheckpoint(file);
  expect(checkpoint.V).toBe(150_000);
  expect(checkpoint.vocabulary?.equals(vocabulary)).toBe(true);
});

test("a vocabulary of every character there is takes a tenth of what a header may have", () => {
  const json = JSON.stringify(JSON.stringify(characters(CODE_POINTS)));
  expect(new TextEncoder().encode(json).length).toBeLessThan(FORMAT_LIMIT / 10);
});

test("a run whose state no file could hold is refused before it begins", () => {
  // Parameters, two moments, the same again for the last good state, and the best: seven arenas.
  const config = { ...TEXT_DEFAULTS, cell: "rnn" as const, hiddenSize: 4096 };
  const most = (2 ** 32 - 2 ** 25) / 8 - 2 * 32 * 4096; // values, beside the two states
  const V = Math.floor((most / 7 - 4096 * 4097) / (2 * 4096 + 1));
  expect(() => expectSavable(config, V)).not.toThrow();
  expect(() => expectSavable(config, V + 1)).toThrow(
    /^training state: expected at most 4294967296 bytes, .* got \d+ for \d+ characters and 4096 hidden units with adam; lower/,
  );
  expect(() => expectSavable({ ...config, optimizer: "sgd" }, V + 1)).not.toThrow();
});

test("a run of exactly as many bytes as a file may have is begun, one of a number more is not", () => {
  const config = { ...DEFAULTS, optimizer: "sgd" as const, momentum: 0, hiddenSize: 1 };
  const V = 1_000_000;
  const values = (2 ** 32 - 2 ** 25) / 8;
  const batchSize = (values - 3 * (3 * V + 2)) / 2; // three arenas and two states
  expect(() => expectSavable({ ...config, batchSize }, V)).not.toThrow();
  const text = (bytes: number, network: string, what: string) =>
    `training state: expected at most 4294967296 bytes, what a file of it may have, got ${bytes} for ${V} characters and ${network} with sgd; lower ${what}the hidden units, or use an optimizer with fewer moments`;
  const refusalOf = (asked: typeof config & { layers: number }) => {
    try {
      expectSavable(asked, V);
    } catch (error) {
      return error;
    }
    return "none";
  };
  const more = { ...config, batchSize: batchSize + 1 };
  expect(refusalOf(more)).toEqual(new MemoryError(text(2 ** 32 + 16, "1 hidden unit", "")));
  // A second layer has three weights in each arena and as large a state again.
  const bytes = 2 ** 32 + 8 * (3 * 3 + 2 * batchSize);
  const network = "2 tanh layers of 1 hidden unit";
  expect(refusalOf({ ...config, batchSize, layers: 2 })).toEqual(
    new MemoryError(text(bytes, network, "the layers or ")),
  );
});
