// The plan of a sweep: its runs, complete and named, before any is made. A run's name has what varies and the
// digits of a hash of all that decides its weights, so that folders of several sweeps can be copied together.

import { createHash } from "node:crypto";
import { type Config, completeConfig, defaultsOf, SETTINGS } from "../../settings/check.ts";
import { expectEffects, withoutIdle } from "../../settings/effects.ts";
import { WITHOUT_BITS } from "../../settings/machine.ts";
import { SweepError } from "../../sweep/axes.ts";
import { rungCount, rungsOf } from "../../sweep/halving.ts";
import type { Point } from "../../sweep/points.ts";
import { lineOf, RunError } from "../errors.ts";
import { flagOf } from "../flags/train-flags.ts";
import type { SweepData } from "./data.ts";

/** A run before it is made. */
export interface PlannedRun {
  /** Its folder in that of the sweep. */
  readonly name: string;
  /** What it has for the settings that vary. */
  readonly point: Point;
  readonly config: Config;
  /** Characters of the vocabulary; 0 where its text cannot be read as it wants. */
  readonly V: number;
  /** Training steps in all. */
  readonly steps: number;
  /** Steps after which it waits for the others; empty without halving. */
  readonly rungs: readonly number[];
  /** Why it cannot be made. */
  readonly fault?: string;
}

export interface Plan {
  /** Files of the text; empty for a pair. */
  readonly text: readonly string[];
  readonly textSha256: string;
  readonly textBytes: number;
  readonly halving: number | undefined;
  /** The settings that vary. */
  readonly axes: readonly (keyof Config)[];
  readonly runs: readonly PlannedRun[];
  /** What was done differently from what was asked, in sentences. */
  readonly notes: readonly string[];
}

export interface Asked {
  readonly axes: readonly (keyof Config)[];
  readonly points: readonly Point[];
  /** What all runs have. */
  readonly base: Partial<Config>;
  readonly text: readonly string[];
  readonly halving: number | undefined;
}

const LONGEST_NAME = 100; // characters, without the hash
const DIGITS = 8; // of it

/** Plans the runs. @throws {SweepError} @throws {ConfigError} @throws what reading a text throws. */
export async function planSweep(asked: Asked, data: SweepData): Promise<Plan> {
  const { text, axes, halving } = asked;
  const { configs, notes } = configsOf(asked);
  const sized: Sized[] = [];
  for (const { config } of configs) sized.push(await sizeOf(config, data));
  const { sha256, bytes } = data.known;
  const rungs = halving === undefined ? sized.map(() => []) : halvingRungs(sized, halving);
  const runs = configs.map(({ point }, i) => {
    const { config, V, steps, fault } = sized[i] as Sized;
    const name = nameOf(point, axes, config, sha256);
    const own = { name, point, config, V, steps, rungs: rungs[i] ?? [] };
    return fault === undefined ? own : { ...own, fault };
  });
  return { text, textSha256: sha256, textBytes: bytes, halving, axes, runs, notes };
}

/** The settings of each point, checked; points that are the same run are one. */
function configsOf({ points, base, text, axes }: Asked) {
  const defaults = defaultsOf(text.length > 0);
  const found = new Map<string, { point: Point; config: Config }>();
  let fault: unknown;
  let isEffective = false;
  for (const point of points) {
    const config = completeConfig({ ...base, ...point }, defaults);
    try {
      expectEffects(base, config);
      isEffective = true;
    } catch (error) {
      fault ??= error; // it may have its effect in another run
    }
    const used = withoutIdle(config, defaults);
    const key = JSON.stringify(used);
    if (!found.has(key)) found.set(key, { point: pointOf(used, axes), config: used });
  }
  if (!isEffective && fault) throw fault;
  const fewer = points.length - found.size;
  const notes =
    fewer > 0
      ? [`${fewer} of ${points.length} runs would be the same as another, and are left out.`]
      : [];
  return { configs: [...found.values()], notes };
}

const pointOf = (config: Config, axes: readonly (keyof Config)[]): Point =>
  Object.fromEntries(axes.map((name) => [name, config[name]]));

/** What a run's settings come to on the text. */
interface Sized {
  readonly config: Config;
  readonly V: number;
  readonly steps: number;
  readonly perEpoch: number;
  readonly fault?: string;
}

async function sizeOf(config: Config, data: SweepData): Promise<Sized> {
  try {
    const { dataset } = await data.of(config);
    const { settings, stepsPerEpoch: perEpoch, vocabulary } = dataset;
    const own = { ...config, ...settings };
    return { config: own, V: vocabulary.size, steps: config.epochs * perEpoch, perEpoch };
  } catch (error) {
    if (error instanceof RunError) throw error; // the text is for all
    return { config, V: 0, steps: 0, perEpoch: 1, fault: lineOf(error, flagOf) };
  }
}

/** The rungs of each run: as many in each, since they are compared rung by rung. @throws {SweepError} */
function halvingRungs(sized: readonly Sized[], factor: number): number[][] {
  const count = rungCount(sized.length, factor);
  const unvalidated = sized.find(({ config }) => config.valFraction === 0 || config.input !== "");
  if (unvalidated) {
    throw new SweepError(
      "--halving: expected runs with a validation loss to compare, got some without; give a text, and --val-fraction above 0",
    );
  }
  const all = sized.map(({ config, steps, perEpoch }) =>
    rungsOf(steps, config.evalEvery || perEpoch, factor, count),
  );
  const common = Math.min(...all.filter((_, i) => !sized[i]?.fault).map(({ length }) => length));
  if (!(common >= 1)) {
    throw new SweepError(
      `--halving: expected at least ${factor} runs that are evaluated on their way, got ${count < 1 ? sized.length : "runs with one evaluation, at their end"}; vary more, or evaluate more often with --eval-every`,
    );
  }
  return all.map((rungs) => rungs.slice(-common));
}

/** A run's name: what varies, and what tells it from all others. */
function nameOf(
  point: Point,
  axes: readonly (keyof Config)[],
  config: Config,
  textSha256: string,
): string {
  const hash = createHash("sha256");
  const decisive = SETTINGS.filter((name) => !WITHOUT_BITS.includes(name));
  hash.update(JSON.stringify([textSha256, decisive.map((name) => [name, config[name]])]));
  const words = axes.map((name) => `${name}=${point[name]}`).join(",");
  const plain = words.replaceAll(/[^\w=,.-]/g, "_").slice(0, LONGEST_NAME);
  return `${plain}${plain ? "," : ""}${hash.digest("hex").slice(0, DIGITS)}`;
}
