// The points of a sweep: what each of its runs has for the settings that vary.

import { Generator } from "../reference/random.ts";
import type { Config } from "../settings/check.ts";
import { type Axis, between, SweepError } from "./axes.ts";

/** What a run has for each axis. */
export type Point = Partial<Config>;

const MOST_RUNS = 10_000;
const STREAM = 7; // of the generator: a stream of its own

/** Every combination, the last axis fastest. @throws {SweepError} for a range without a number of values. */
export function gridPoints(axes: readonly Axis[]): Point[] {
  const open = axes.find(({ range }) => range);
  if (open) {
    throw new SweepError(
      `${open.name}: expected a number of values, such as ${open.range?.isLog ? ":log" : ":lin"}:4 behind the range, got none; or draw from it with --samples`,
    );
  }
  const count = axes.reduce((product, { values }) => product * values.length, 1);
  expectCount(count);
  let points: Point[] = [{}];
  for (const { name, values } of axes) {
    points = points.flatMap((point) => values.map((value) => ({ ...point, [name]: value })));
  }
  return points;
}

/**
 * So many points drawn with a seed; every axis but `seed` is drawn from, and each point is taken with every seed,
 * so that they can be compared. @throws {SweepError}
 */
export function randomPoints(axes: readonly Axis[], count: number, seed: number): Point[] {
  const seeds = axes.find(({ name, range }) => name === "seed" && !range);
  expectCount(count * (seeds?.values.length ?? 1));
  const generator = new Generator(seed, STREAM);
  const points: Point[] = [];
  for (let i = 0; i < count; i++) {
    const point: Record<string, unknown> = {};
    for (const axis of axes) {
      if (axis === seeds) continue;
      const share = generator.uniform();
      const { values, range } = axis;
      point[axis.name] = range
        ? between(range, share)
        : values[Math.min(values.length - 1, Math.floor(share * values.length))];
    }
    for (const own of seeds?.values ?? [undefined])
      points.push(own === undefined ? point : { ...point, seed: own as number });
  }
  return points;
}

function expectCount(count: number): void {
  if (count <= MOST_RUNS) return;
  throw new SweepError(`expected at most ${MOST_RUNS} runs, got ${count}; vary less, or --samples`);
}
