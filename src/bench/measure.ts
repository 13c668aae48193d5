// Times engines against each other fairly: interleaved in rounds, medians, ratios round by round.
// Shared by the command line and the page; prints nothing.

import type { Engine, UpdateRule } from "../model/engine.ts";
import { flopsPerStep, type Shape } from "../model/shape.ts";

/** One side of a comparison; the first of a list is what ratios are to. */
export interface Contestant {
  readonly name: string;
  readonly engine: Engine;
}

/** What was measured of one contestant at one shape. */
export interface BenchRow {
  readonly name: string;
  /** Median. */
  readonly microsecondsPerStep: number;
  readonly charsPerSecond: number;
  readonly gflops: number;
  /** Median over the rounds of the first contestant's time by this one's. */
  readonly ratioToReference: number;
  /** The tenth and the ninetieth percentile of that ratio. */
  readonly ratioSpread: readonly [low: number, high: number];
}

const RULE: UpdateRule = { learningRate: 0.1, clipValue: 5, reduction: "mean" };
const DEVIATION = 0.05; // of the weights: activations neither vanish nor saturate
const SAMPLE = 20_000; // µs that a sample should take at least
const FEWEST_ROUNDS = 5;

/** Gives an engine the same weights and batch as any other engine of its shape. */
export function prepare(engine: Engine): void {
  const { V } = engine.shape;
  engine.initialize(1, DEVIATION);
  engine.state.fill(0);
  engine.inputs.forEach((_, i) => {
    engine.inputs[i] = (7 * i + (i >> 3)) % V;
    engine.targets[i] = (5 * i + 1 + (i >> 2)) % V;
  });
}

/** The value below which a share of the values lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
}

/** Runs `steps` steps. @returns µs a step. */
function time(engine: Engine, steps: number): number {
  const began = performance.now();
  for (let i = 0; i < steps; i++) engine.step(RULE);
  return ((performance.now() - began) * 1000) / steps;
}

/**
 * Whether all engines, prepared alike, hold the same parameters after `steps` steps: by default to
 * the bit, else within `tolerance` of the largest element.
 */
export function agree(contestants: readonly Contestant[], steps: number, tolerance = 0): boolean {
  for (const { engine } of contestants) {
    prepare(engine);
    for (let i = 0; i < steps; i++) engine.step(RULE);
  }
  const [first, ...others] = contestants.map(({ engine }) => engine.parameters);
  if (!first) return true;
  const largest = first.reduce((high, value) => Math.max(high, Math.abs(value)), 0);
  return others.every((parameters) =>
    first.every((value, i) =>
      tolerance === 0
        ? Object.is(value, parameters[i])
        : Math.abs(value - (parameters[i] as number)) <= tolerance * largest,
    ),
  );
}

/**
 * Times every contestant in turn, round after round, for about `seconds`, after a warm-up. All have
 * one shape.
 */
export function compare(contestants: readonly Contestant[], seconds: number): BenchRow[] {
  const shape = contestants[0]?.engine.shape as Shape;
  const steps = contestants.map(({ engine }) => {
    prepare(engine);
    time(engine, 1);
    return Math.max(1, Math.ceil(SAMPLE / time(engine, 2)));
  });
  for (const [i, { engine }] of contestants.entries()) time(engine, steps[i] as number);
  const times: number[][] = contestants.map(() => []);
  const deadline = performance.now() + 1000 * seconds;
  for (let round = 0; round < FEWEST_ROUNDS || performance.now() < deadline; round++) {
    for (const [i, { engine }] of contestants.entries()) {
      time(engine, 1); // so that its data are near and its threads awake
      times[i]?.push(time(engine, steps[i] as number));
    }
  }
  const [reference = []] = times;
  return contestants.map(({ name }, i) => {
    const own = times[i] as number[];
    const microsecondsPerStep = quantile(own, 0.5);
    const ratios = own.map((value, round) => (reference[round] as number) / value);
    return {
      name,
      microsecondsPerStep,
      charsPerSecond: (shape.T * shape.B * 1e6) / microsecondsPerStep,
      gflops: flopsPerStep(shape) / microsecondsPerStep / 1000,
      ratioToReference: quantile(ratios, 0.5),
      ratioSpread: [quantile(ratios, 0.1), quantile(ratios, 0.9)],
    };
  });
}
