// Times training steps against each other fairly: interleaved in rounds, medians, ratios round by
// round. Shared by the command line and the page; prints nothing.

import type { Engine } from "../engine/engine.ts";
import { SGD, type UpdateRule } from "../engine/optimizer.ts";
import { asDoubles } from "../engine/precision.ts";
import { flopsPerStep, type Shape } from "../engine/shape.ts";
import { type Initial, NORMAL } from "../settings/initial.ts";

/** One side of a comparison; the first of a list is what ratios are to. */
export interface Contestant {
  readonly name: string;
  /** The kernel that it runs on, where that is another than the others'. */
  readonly kernel?: Contestant | undefined;
  /** What its ratio is to, one of the list, where that is not the first; its own is then to itself. */
  readonly base?: Contestant | undefined;
  /** Runs `steps` training steps. @returns µs a step. */
  time(steps: number): number | Promise<number>;
}

/** A contestant whose engine is in this process. */
export interface EngineContestant extends Contestant {
  readonly engine: Engine;
}

/** What was measured of one contestant at one shape. */
export interface BenchRow {
  readonly name: string;
  /** Median. */
  readonly microsecondsPerStep: number;
  readonly charsPerSecond: number;
  readonly gflops: number;
  /**
   * Median over the rounds of the reference's time by this one's, of its precision; null where `noise` is more
   * than `MOST_NOISE`: then it would be a claim about the machine.
   */
  readonly ratioToReference: number | null;
  /** The tenth and the ninetieth percentile of that ratio. */
  readonly ratioSpread: readonly [low: number, high: number];
  /** How many times as long the same work took at times: of this one, the first and the kernel. */
  readonly noise: number;
  /** Median over the rounds of the kernel's time for as many operations by this one's. */
  readonly shareOfPeak: number;
}

/** What every contestant does in a step. */
export const RULE: UpdateRule = { ...SGD, clipValue: 5 };

// Activations neither vanish nor saturate.
const INITIAL: Initial = { kind: NORMAL, size: 0.05 };
const SAMPLE = 20_000; // µs that a sample should take at least
const WARM_SHARE = 1 / 4; // of a sample's steps, before it: data come near, threads and clocks wake
const SLOW = 1e6; // µs: a step that long needs no warm-up
const FEWEST_ROUNDS = 5;
const CALIBRATIONS = 3; // of which the quickest counts: what disturbs only ever takes time
/** With a load of 9 on two cores it was 1.4 to 5.4, measured. */
export const MOST_NOISE = 1.5;

/** A contestant of an engine in this process. */
export function contestantOf(
  name: string,
  engine: Engine,
  against: Pick<Contestant, "kernel" | "base"> = {},
): EngineContestant {
  const time = (steps: number) => {
    const began = performance.now();
    for (let i = 0; i < steps; i++) engine.step(RULE);
    return ((performance.now() - began) * 1000) / steps;
  };
  return { name, engine, time, ...against };
}

/** Gives an engine the same weights and batch as any other engine of its shape. */
export function prepare(engine: Engine): void {
  const { V } = engine.shape;
  engine.initialize(1, INITIAL);
  engine.state.fill(0);
  engine.inputs.forEach((_, i) => {
    engine.inputs[i] = (7 * i + (i >> 3)) % V;
    engine.targets[i] = (5 * i + 1 + (i >> 2)) % V;
  });
}

/** The losses of `steps` steps, each from the zero state, of a prepared engine. */
export function lossesOf(engine: Engine, steps: number): number[] {
  return Array.from({ length: steps }, () => {
    engine.state.fill(0);
    return engine.step(RULE).loss;
  });
}

/** The value below which a share of the values lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
}

/**
 * Whether all engines, prepared alike, hold the same parameters after `steps` steps: by default to
 * the bit, else within `tolerance` of the largest element.
 */
export function agree(engines: readonly Engine[], steps: number, tolerance = 0): boolean {
  for (const engine of engines) {
    prepare(engine);
    for (let i = 0; i < steps; i++) engine.step(RULE);
  }
  const [first, ...others] = engines.map(({ parameters }) => parameters);
  if (!first) return true;
  const largest = asDoubles(first).reduce((high, value) => Math.max(high, Math.abs(value)), 0);
  return others.every((parameters) =>
    first.every((value, i) =>
      tolerance === 0
        ? Object.is(value, parameters[i])
        : Math.abs(value - (parameters[i] as number)) <= tolerance * largest,
    ),
  );
}

/** What cannot be known in a browser, µs. */
export interface Clocks {
  wall(): number;
  /** Time that this process has had of a processor so far. */
  processor(): number;
}

/** What was measured of one shape. */
export interface Comparison {
  readonly rows: BenchRow[];
  /** The kernel's GFLOP/s, and those of others that contestants run on, by their names. */
  readonly peakGflops: number;
  readonly otherPeaks: Readonly<Record<string, number>>;
}

/**
 * Times `kernel` (of kernelContestant) and every contestant in turn, round after round, for about
 * `seconds`, after a warm-up. All do the step of `shape`. With `clocks`, time for which others had
 * the processor while the kernel ran counts as noise, too.
 */
export async function compare(
  shape: Shape,
  kernel: Contestant,
  contestants: readonly Contestant[],
  seconds: number,
  clocks?: Clocks,
): Promise<Comparison> {
  const share = new ProcessorShare(kernel, clocks);
  const others = new Set(contestants.flatMap((one) => one.kernel ?? []));
  const all = [share, ...others, ...contestants];
  const [peak = [], ...rest] = await timeInTurn(all, seconds);
  const peaks = new Map([...others].map((other, i) => [other, rest[i] as number[]]));
  const times = rest.slice(others.size);
  const common = Math.max(noiseOf(peak), share.waits);
  const bases = new Set(contestants.flatMap(({ base }) => base ?? []));
  const rows = contestants.map((contestant, i) => {
    const {
      name,
      kernel: other,
      base = bases.has(contestant) ? contestant : contestants[0],
    } = contestant;
    const own = times[i] as number[];
    const best = (other && peaks.get(other)) ?? peak;
    const reference = times[contestants.indexOf(base as Contestant)] ?? [];
    const noise = Math.max(noiseOf(own), noiseOf(reference), common);
    return rowOf(name, shape, own, reference, best, noise);
  });
  const gflops = (samples: readonly number[]) =>
    flopsPerStep(shape) / quantile(samples, 0.5) / 1000;
  const otherPeaks = [...peaks].map(([{ name }, samples]) => [name, gflops(samples)]);
  return { rows, peakGflops: gflops(peak), otherPeaks: Object.fromEntries(otherPeaks) };
}

/** How many times as long as its quick samples the slow samples of the same work took. */
function noiseOf(times: readonly number[]): number {
  return quantile(times, 0.9) / quantile(times, 0.1);
}

/** The kernel, and for how much of its time this process had a processor. */
class ProcessorShare implements Contestant {
  readonly name: string;
  readonly #kernel: Contestant;
  readonly #clocks: Clocks | undefined;
  #wall = 0;
  #processor = 0;

  constructor(kernel: Contestant, clocks: Clocks | undefined) {
    this.name = kernel.name;
    this.#kernel = kernel;
    this.#clocks = clocks;
  }

  /** Its time by the processor's; 1 where that is not known. */
  get waits(): number {
    return this.#clocks ? this.#wall / this.#processor : 1;
  }

  async time(steps: number): Promise<number> {
    const { wall, processor } = this.#clocks ?? { wall: () => 0, processor: () => 0 };
    const [began, had] = [wall(), processor()];
    const each = await this.#kernel.time(steps);
    this.#wall += wall() - began;
    this.#processor += processor() - had;
    return each;
  }
}

/** µs a step of every contestant in every round. */
async function timeInTurn(
  contestants: readonly Contestant[],
  seconds: number,
): Promise<number[][]> {
  const paces: { readonly warm: number; readonly steps: number }[] = [];
  for (const contestant of contestants) {
    const once = await timeOnce(contestant);
    const steps = Math.max(1, Math.ceil(SAMPLE / once));
    paces.push({ steps, warm: once > SLOW ? 0 : Math.ceil(WARM_SHARE * steps) });
    if (steps > 1) await contestant.time(steps);
  }
  const times: number[][] = contestants.map(() => []);
  const deadline = performance.now() + 1000 * seconds;
  for (let round = 0; round < FEWEST_ROUNDS || performance.now() < deadline; round++) {
    for (const [i, contestant] of contestants.entries()) {
      const { warm, steps } = paces[i] as (typeof paces)[number];
      if (warm > 0) await contestant.time(warm);
      times[i]?.push(await contestant.time(steps));
    }
  }
  return times;
}

/**
 * µs a step, of as many steps as the clock can tell: some browsers' only sees whole milliseconds. A
 * sample that something else made long must not pass for one of many steps.
 */
async function timeOnce(contestant: Contestant): Promise<number> {
  for (let steps = 1; ; steps *= 2) {
    let once = await contestant.time(steps);
    for (let again = 1; again < CALIBRATIONS && once < SLOW; again++) {
      if (once * steps < SAMPLE / 4) break;
      once = Math.min(once, await contestant.time(steps));
    }
    if (once * steps >= SAMPLE / 4) return once;
  }
}

/** The medians of a contestant's samples, µs a step, against its reference's and the kernel's. */
function rowOf(
  name: string,
  shape: Shape,
  own: readonly number[],
  reference: readonly number[],
  peak: readonly number[],
  noise: number,
): BenchRow {
  const microsecondsPerStep = quantile(own, 0.5);
  const against = (other: readonly number[]) =>
    own.map((value, round) => (other[round] as number) / value);
  const ratios = against(reference);
  return {
    name,
    microsecondsPerStep,
    charsPerSecond: (shape.T * shape.B * 1e6) / microsecondsPerStep,
    gflops: flopsPerStep(shape) / microsecondsPerStep / 1000,
    ratioToReference: noise > MOST_NOISE && own !== reference ? null : quantile(ratios, 0.5),
    ratioSpread: [quantile(ratios, 0.1), quantile(ratios, 0.9)],
    noise,
    shareOfPeak: quantile(against(peak), 0.5),
  };
}
