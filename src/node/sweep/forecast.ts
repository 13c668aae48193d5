// What a run will take, before it is made: its speed is measured on this machine, by real steps and a real part of
// an evaluation of its shape on its text; memory and disk follow from its numbers.

import { History } from "../../curves/history.ts";
import type { Dataset } from "../../data/dataset.ts";
import { FIRST, momentsOf, SECOND } from "../../engine/optimizer.ts";
import { parameterCount } from "../../engine/shape.ts";
import { type Config, createModel, Trainer } from "../../index.ts";
import { evaluating } from "../../train/evaluation.ts";
import { bytesOf } from "./memory.ts";
import type { PlannedRun } from "./plan.ts";
import { shapeOf } from "./work.ts";

export interface Forecast {
  readonly run: PlannedRun;
  readonly parameters: number;
  /** Of the whole run, on one thread; and of what one step takes of that. */
  readonly seconds: number;
  readonly perStep: number;
  readonly charsPerSecond: number;
  /** Of memory while it runs, and of its folder. */
  readonly memory: number;
  readonly disk: number;
}

/** Seconds of a step, and of a batch of an evaluation. */
export interface Pace {
  readonly step: number;
  readonly batch: number;
}

const WARM = 3; // steps before it is measured: compilers take their time
const LONG = 0.6; // s that are measured of each
const FEWEST = 5; // measured, however long they take
const START = 0.45; // s until the first step, and from the last to the end: loading, drawing, saving
const SAMPLE = 200; // characters written after an evaluation; each is a time step of one row
const PER_STEP = 270; // bytes of a step in the log, the state and the page of curves
const PICTURES = 215_000; // bytes of the curves, picture and page

/** Measures on one thread; runs of the same shape need it once. */
export async function paceOf(
  config: Config,
  dataset: Dataset,
  validation: Dataset | undefined,
): Promise<Pace> {
  // Without evaluations of its own, which are added up, and at a rate that cannot diverge.
  const model = await createModel(dataset, {
    ...{ ...config, threads: 1, evalEvery: 0, patience: 0, valFraction: 0, epochs: 1e6 },
    ...{ schedule: "constant", minLearningRate: 0, warmupSteps: 0, onDivergence: "stop" },
    learningRate: Math.min(config.learningRate, 1e-3),
  });
  try {
    const records = new Trainer(model, dataset).run();
    const history = new History();
    const step = timed(() => {
      const record = records.next().value;
      if (record) history.append(record);
      JSON.stringify(record); // it is logged, which takes its time too
    });
    const parts = validation ? evaluating(model, validation) : undefined;
    const batch = parts ? timed(() => parts.next().done !== true) : 0;
    return { step, batch };
  } finally {
    model.engine.close();
  }
}

/** Seconds that some work takes, a mean; it ends early where it returns false. */
function timed(work: () => unknown): number {
  for (let i = 0; i < WARM; i++) if (work() === false) break;
  const began = performance.now();
  let count = 0;
  for (;;) {
    const isOver = work() === false;
    count++;
    const seconds = (performance.now() - began) / 1000;
    if (isOver || (seconds > LONG && count >= FEWEST)) return seconds / count;
  }
}

/** What a run takes at a pace. `batches`: of an evaluation; `every`: steps from one to the next. */
export function forecast(
  run: PlannedRun,
  { step, batch }: Pace,
  { batches, every, textBytes }: { batches: number; every: number; textBytes: number },
): Forecast {
  const { config, V, steps } = run;
  const shape = shapeOf(config, V);
  const evaluations = batches > 0 ? Math.floor(steps / every) : 0;
  const written = (SAMPLE * step) / (shape.T * Math.min(shape.B, 4)) / 3;
  const seconds = START + steps * step + evaluations * (batches * batch + written);
  const parameters = parameterCount(shape);
  const moments = momentsOf(config);
  const arrays = 1 + (moments & FIRST ? 1 : 0) + (moments & SECOND ? 1 : 0);
  // Of the parameters: the model, the best, and in the state itself, its last good one and the best again.
  const copies = 1 + 2 * arrays + (batches > 0 ? 2 : 0);
  const real = config.precision === "f32" ? 4 : 8;
  return {
    ...{ run, parameters, seconds, perStep: step },
    charsPerSecond: (shape.T * shape.B) / step,
    memory: bytesOf(run, textBytes),
    disk: copies * real * parameters + PER_STEP * steps + PICTURES,
  };
}
