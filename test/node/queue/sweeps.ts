// Sweeps of the tests of the queue: the same runs here and by workers, and what their receipts say.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { Queued } from "../../../src/node/queue/queued.ts";
import { Children } from "../../../src/node/sweep/children.ts";
import { SweepData } from "../../../src/node/sweep/data.ts";
import type { Jobs } from "../../../src/node/sweep/jobs.ts";
import { type Plan, planSweep } from "../../../src/node/sweep/plan.ts";
import type { Standing } from "../../../src/node/sweep/standing.ts";
import { Sweeping } from "../../../src/node/sweep/sweeping.ts";
import type { Config } from "../../../src/settings/config.ts";
import { readGrid } from "../../../src/sweep/axes.ts";
import { gridPoints } from "../../../src/sweep/points.ts";
import { makeFolder, receiptOf } from "../run.ts";

/** The plan of a grid. */
export function planOf(grid: string, base: Partial<Config>, text: string[] = []): Promise<Plan> {
  const axes = readGrid(grid);
  const asked = {
    ...{ axes: axes.map(({ name }) => name), points: gridPoints(axes) },
    ...{ base, text, halving: undefined },
  };
  return planSweep(asked, new SweepData(text));
}

/** A sweep that is being made, and what is awaited of it. */
export class Watched {
  readonly folder = makeFolder();
  readonly #asked: { isSo: (all: readonly Standing[]) => boolean; tell: () => void }[] = [];

  /** Makes the runs. @returns how they stand at the end. */
  async make(plan: Plan, jobs: Jobs): Promise<readonly Standing[]> {
    const sweeping = await Sweeping.open(plan, this.folder, jobs, (standings) => {
      for (const { isSo, tell } of this.#asked) if (isSo(standings)) tell();
    });
    await sweeping.toTheEnd();
    return sweeping.standings;
  }

  /** Waits until a sweep stands so. */
  until(isSo: (all: readonly Standing[]) => boolean): Promise<void> {
    return new Promise((tell) => this.#asked.push({ isSo, tell }));
  }

  /** Waits until a run has taken steps. */
  underWay(name: string): Promise<void> {
    return this.until((all) => all.some(({ run, progress }) => run.name === name && progress));
  }
}

/** Puts runs on a queue. */
export async function onQueue(
  url: string,
  folder: string,
  plan: Plan,
  more: { id?: string; models?: boolean; textDir?: string } = {},
): Promise<Queued> {
  const { id = "sweep-of-a-test", models = false, textDir } = more;
  const output = { warn() {} };
  const queued = await Queued.open({ url, id, folder, plan, atOnce: 1e4, models, textDir, output });
  onTestFinished(() => queued.close());
  return queued;
}

/** Makes the same runs here. @returns the hashes of their weights, by name. */
export async function madeHere(plan: Plan): Promise<Record<string, string>> {
  const here = new Watched();
  const jobs = new Children({ folder: here.folder, text: plan.text, atOnce: 2 });
  await here.make(plan, jobs);
  return hashesIn(here.folder);
}

/** The hashes of the final weights of the runs in a folder, by name. */
export function hashesIn(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => !/\.(json|csv|html)$/.test(name));
  return Object.fromEntries(
    names.map((name) => [name, receiptOf(join(folder, name)).parametersSha256.final]),
  );
}
