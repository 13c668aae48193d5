// `ello plan`: what a run or a sweep takes, before it is made.

import { grouped, shown } from "../../outside/printable.ts";
import type { Config } from "../../settings/check.ts";
import { SweepError } from "../../sweep/axes.ts";
import { UsageError } from "../errors.ts";
import { readingOn } from "../model/text-files.ts";
import type { Output } from "../output.ts";
import { duration } from "../run/progress.ts";
import { tableLines } from "../runs/table.ts";
import { SweepData } from "./data.ts";
import { type Forecast, forecast, type Pace, paceOf } from "./forecast.ts";
import { atOnceOf } from "./memory.ts";
import { parsePlanOptions, planHelp } from "./options.ts";
import { type Plan, type PlannedRun, planSweep } from "./plan.ts";
import { shapeOf } from "./work.ts";

const DAY = 86_400; // s
const MIB = 2 ** 20;

/** Runs the command. @throws {UsageError} @throws {ConfigError} @throws what reading a text throws. */
export async function runPlan(args: readonly string[], output: Output): Promise<void> {
  const options = await parsePlanOptions(args);
  if (!options) return output.line(planHelp());
  const { json, asked } = options;
  const data = new SweepData(asked.text, json ? undefined : readingOn(output));
  const plan = await planSweep(asked, data).catch((error) => {
    throw error instanceof SweepError ? new UsageError(error.message) : error;
  });
  const forecasts = await forecastsOf(plan, data, json ? undefined : output);
  if (json) {
    for (const one of forecasts) await output.line(JSON.stringify(jsonOf(one)));
    return;
  }
  const atOnce = Math.min(plan.runs.length, atOnceOf(options, plan));
  for (const line of tableOf(plan, forecasts)) await output.line(line);
  for (const line of totalsOf(plan, forecasts, atOnce)) await output.line(line);
}

/** Those of the runs that can be made; each shape is measured once. */
async function forecastsOf(
  plan: Plan,
  data: SweepData,
  output: Output | undefined,
): Promise<Forecast[]> {
  const paces = new Map<string, { pace: Pace; batches: number; perEpoch: number }>();
  const forecasts: Forecast[] = [];
  for (const run of plan.runs) {
    if (run.fault !== undefined) {
      await output?.line(`${run.name} cannot be made: ${run.fault}`);
      continue;
    }
    const key = shapeKey(run);
    if (!paces.has(key)) {
      if (output?.isTerminal) output.status(`Measuring ${paces.size + 1} …`);
      paces.set(key, await measure(data, run.config));
    }
    const { pace, batches, perEpoch } = paces.get(key) as {
      pace: Pace;
      batches: number;
      perEpoch: number;
    };
    const every = run.config.evalEvery || perEpoch;
    forecasts.push(forecast(run, pace, { batches, every, textBytes: plan.textBytes }));
  }
  return forecasts;
}

/** What decides how long a step of a run takes, and an evaluation. */
function shapeKey({ config, V }: PlannedRun): string {
  const { optimizer, momentum, valFraction, engine, fast, unit } = config;
  return JSON.stringify([
    shapeOf(config, V),
    optimizer,
    momentum > 0,
    valFraction,
    engine,
    fast,
    unit,
  ]);
}

async function measure(data: SweepData, config: Config) {
  const { dataset, validation } = await data.of(config);
  const pace = await paceOf(config, dataset, validation);
  const { stepsPerEpoch: perEpoch } = dataset;
  return { pace, batches: validation?.stepsPerEpoch ?? 0, perEpoch };
}

function tableOf({ axes }: Plan, forecasts: readonly Forecast[]): string[] {
  const head = [...axes, "parameters", "steps", "characters/s", "time", "memory", "disk"];
  const rows = forecasts.map(({ run, parameters, charsPerSecond, seconds, memory, disk }) => [
    ...axes.map((name) => shown(`${run.point[name]}`, 20)),
    grouped(parameters),
    grouped(run.steps),
    grouped(Math.round(charsPerSecond)),
    duration(seconds),
    size(memory),
    size(disk),
  ]);
  return tableLines(head, rows);
}

function totalsOf(plan: Plan, forecasts: readonly Forecast[], atOnce: number): string[] {
  const sum = (of: (one: Forecast) => number) => forecasts.reduce((all, one) => all + of(one), 0);
  const alone = sum(({ seconds }) => seconds);
  const longest = Math.max(0, ...forecasts.map(({ seconds }) => seconds));
  const disk = size(sum((one) => one.disk));
  if (plan.runs.length === 1) return [`One run: ${duration(alone)} on one thread, ${disk} of disk`];
  const together = Math.max(longest, alone / atOnce);
  const most = forecasts.map(({ memory }) => memory).toSorted((a, b) => b - a);
  const memory = size(most.slice(0, atOnce).reduce((all, one) => all + one, 0));
  const aDay = Math.floor((DAY / (alone / forecasts.length)) * atOnce);
  const halved = plan.halving === undefined ? "" : "; halving stops most of them early";
  return [
    `${forecasts.length} runs, ${atOnce} at once: ${duration(together)} (one after the other ${duration(alone)})${halved}`,
    `At most ${memory} of memory at once, ${disk} of disk; at this pace ${grouped(aDay)} runs a day`,
  ];
}

function jsonOf({ run, ...numbers }: Forecast): Record<string, unknown> {
  return { name: run.name, ...run.point, steps: run.steps, ...numbers };
}

function size(bytes: number): string {
  return bytes < 100 * MIB
    ? `${(bytes / MIB).toFixed(1)} MiB`
    : `${grouped(Math.round(bytes / MIB))} MiB`;
}
