// What several tests need: the built cores, engines side by side, and seeded numbers.

import { readFile } from "node:fs/promises";
import { parseWeights } from "../src/checkpoint/json-weights.ts";
import { type Checkpoint, restoreWeights } from "../src/checkpoint/weights.ts";
import type { Dataset } from "../src/data/dataset.ts";
import { Vocabulary } from "../src/data/vocabulary.ts";
import type { Engine } from "../src/engine/engine.ts";
import type { Moments } from "../src/engine/optimizer.ts";
import type { Reals } from "../src/engine/precision.ts";
import type { Shape } from "../src/engine/shape.ts";
import type { StepRecord } from "../src/model/record.ts";
import { coreFile } from "../src/node/platform.ts";
import { Generator } from "../src/reference/random.ts";
import { createReference } from "../src/reference.ts";
import { type Config, DEFAULTS } from "../src/settings/check.ts";
import { type Initial, parseInitial } from "../src/settings/initial.ts";
import type { Trainer } from "../src/train/trainer.ts";
import { WasmEngine } from "../src/wasm/engine.ts";
import { buildOf, type CoreBuild, type CoreKind } from "../src/wasm/instantiate.ts";

export type Build = CoreBuild;

/** Bytes of a built core. */
export async function coreBytes(build: Build): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(coreFile(build)));
}

/** An engine on a build of the core, of the shape's precision. */
export async function wasmEngine(
  shape: Shape,
  kind: CoreKind = "release",
  moments: Moments = 0,
): Promise<WasmEngine> {
  return WasmEngine.create(shape, await coreBytes(buildOf(kind, shape)), moments);
}

/** Weights N(0, deviation²), zero biases. */
export function normal(deviation: number): Initial {
  return parseInitial(`normal:${deviation}`, { H: 1 }) as Initial;
}

/** Every engine there is for a shape: the reference, the core, the core with its asserts. */
export async function allEngines(shape: Shape): Promise<Engine[]> {
  return [createReference(shape), await wasmEngine(shape), await wasmEngine(shape, "debug")];
}

/** All that comes. */
export async function allOf<Item>(coming: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const one of coming) all.push(one);
  return all;
}

/** Seeded numbers for tests. */
export class Numbers {
  readonly #generator: Generator;
  constructor(seed: number) {
    this.#generator = new Generator(seed, 99);
  }
  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.#generator.uniform();
  }
  /** Integer from low to high, both included. */
  integer(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }
  pick<Item>(items: readonly Item[]): Item {
    return items[this.integer(0, items.length - 1)] as Item;
  }
  fill<Array extends Reals>(array: Array, deviation: number): Array {
    for (let i = 0; i < array.length; i++) array[i] = deviation * this.#generator.normal();
    return array;
  }
  tokens(array: Int32Array, V: number): Int32Array {
    for (let i = 0; i < array.length; i++) array[i] = this.integer(0, V - 1);
    return array;
  }
}

/** Largest difference, relative to the largest element of `expected`. */
export function relativeError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = 0;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i] as number));
    const difference = Math.abs((got[i] as number) - (expected[i] as number));
    worst = difference > worst || Number.isNaN(difference) ? difference : worst;
  }
  return got.length === expected.length ? worst / (largest || 1) : Number.NaN;
}

/** How many elements are not the same value in the sense of `Object.is`. */
export function differingBits(got: Reals, expected: Reals): number {
  let count = Math.abs(got.length - expected.length);
  for (let i = 0; i < expected.length; i++) if (!Object.is(got[i], expected[i])) count++;
  return count;
}

/** A fixture file under test/fixtures. */
export async function fixture<Content>(name: string): Promise<Content> {
  return JSON.parse(await readFile(new URL(`fixtures/${name}`, import.meta.url), "utf8"));
}

/** Tensors as the fixtures hold them. */
export type FixtureWeights = Record<string, { shape: number[]; data: number[] }>;

/** A fixture's weights as an arena. */
export function arena(weights: FixtureWeights): Checkpoint {
  return parseWeights(JSON.stringify(weights));
}

export { restoreWeights };

/** The records of a trainer's run, without the pauses of its evaluations. */
export function* recordsOf(trainer: Trainer): Iterable<StepRecord> {
  for (const record of trainer.run()) if (record) yield record;
}

/** A run of PyTorch's, as the fixtures have it. */
export interface TorchRun {
  readonly config: {
    readonly V: number;
    readonly H: number;
    readonly T: number;
    readonly B: number;
    readonly steps: number;
    readonly lr: number;
    readonly optimizer: "sgd" | "momentum" | "adagrad" | "rmsprop" | "adam" | "adamw";
    readonly reduction: "sum" | "mean";
    readonly carry: number;
    readonly clip_value: number;
    readonly clip_norm: number;
  };
  readonly initial: FixtureWeights;
  readonly final: FixtureWeights;
  readonly inputs: number[][][];
  readonly targets: number[][][];
  readonly losses: number[];
  readonly grad_norms: number[];
}

/** The run's batches, one after the other, as an epoch. */
export function torchDataset({ config, inputs, targets }: TorchRun): Dataset {
  const { V, T, B, steps } = config;
  const letters = Array.from({ length: V }, (_, id) => String.fromCodePoint(97 + id));
  return {
    vocabulary: new Vocabulary(letters),
    seqLength: T,
    batchSize: B,
    stepsPerEpoch: steps,
    settings: { seqLength: T, batchSize: B },
    load(step, into, goals) {
      into.set((inputs[step] as number[][]).flat());
      goals.set((targets[step] as number[][]).flat());
    },
  };
}

/** The constants that the fixtures' notes give. */
export function torchSettings({ config }: TorchRun): Partial<Config> {
  const { optimizer, lr, H, reduction, carry, clip_value, clip_norm } = config;
  return {
    ...DEFAULTS,
    hiddenSize: H,
    epochs: 1,
    optimizer: optimizer === "momentum" ? "sgd" : optimizer,
    momentum: optimizer === "momentum" ? 0.9 : 0,
    ...(optimizer === "rmsprop" && { alpha: 0.95 }),
    ...(optimizer === "adamw" && { weightDecay: 0.1 }),
    epsilon: optimizer === "adagrad" ? 1e-10 : 1e-8,
    learningRate: lr,
    reduction,
    clipValue: clip_value,
    clipNorm: clip_norm,
    carryState: carry === 1,
  };
}
