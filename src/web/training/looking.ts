// The calls that look at a run and leave it as it is: each reads with an engine of its own, that has a
// copy of the run's weights.

import { WasmEngine } from "../../wasm/engine.ts";
import type { WorkerCores } from "../cores.ts";
import type {
  Answers,
  Found,
  Look,
  LookJob,
  Reached,
  ReachJob,
  SearchJob,
  WriteJob,
  Written,
} from "./protocol.ts";
import { Reading } from "./reading.ts";
import type { Run } from "./run.ts";
import { write } from "./writing.ts";

/** What is looked at: the run that there is, and what its model runs on. */
export interface Sight {
  readonly run: Run;
  readonly cores: WorkerCores;
}

/** `sight` is asked at every call. */
export function looking(sight: () => Sight) {
  const reading = new Reading();
  return {
    write: async (job: WriteJob): Promise<Written> => {
      const { run, cores } = sight();
      return write(run.model, cores, job, run.step);
    },
    look: async (job: LookJob): Promise<Look> => reading.look(sight().run, job),
    reach: async (job: ReachJob): Promise<Reached | undefined> => reading.reach(job),
    search: async (job: SearchJob): Promise<Found | undefined> => {
      const { run, cores } = sight();
      return reading.search(job, async (shape) =>
        WasmEngine.create(shape, await cores.get("release", run.model.engine.shape)),
      );
    },
    answers: async (): Promise<Answers | undefined> => {
      const { run, cores } = sight();
      return run.answering?.read(run.model, cores, run.step);
    },
  };
}
