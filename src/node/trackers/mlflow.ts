// A run in MLflow: experiment, run, settings and numbers, by its REST calls, in the background of training.
// What goes wrong there is one warning, and costs the run nothing.

import { basename, join, resolve } from "node:path";
import type { StepRecord } from "../../model/record.ts";
import { shown } from "../../outside/printable.ts";
import { VERSION } from "../../version.ts";
import { MLFLOW_FILE } from "../folder/names.ts";
import type { RunFiles } from "../folder/run-files.ts";
import { readJsonNow } from "../read-file.ts";
import type { PreparedRun } from "../run/prepare.ts";
import { MlflowServer, RefusedError } from "./mlflow-server.ts";
import { type RunStatus, scalarsOf, type Tracker } from "./tracker.ts";

const EXPERIMENT = "ello";
const MOST = 1000; // metrics that MLflow takes at once
const MOST_PARAMS = 100;
const LONGEST = 500; // characters of a setting that every version of MLflow takes
const HELD = 20_000; // metrics that wait at most
const PAUSE = 1000; // ms between sendings, unless many numbers wait
const AFTER_FAILURE = 10_000; // ms until it is tried again
const AT_THE_END = 10_000; // ms that the end waits for the server

/** What MLflow is told of a run at its start. */
export interface MlflowRun extends Pick<PreparedRun, "textSha256" | "resumed"> {
  readonly model: { readonly config: object };
}

interface Pair {
  readonly key: string;
  readonly value: string;
}

interface Metric {
  readonly key: string;
  readonly value: number;
  /** ms */
  readonly timestamp: number;
  readonly step: number;
}

export class Mlflow implements Tracker {
  readonly #server: MlflowServer;
  readonly #run: MlflowRun;
  /** Where the run's files are. */
  readonly #folder: string;
  readonly #files: Pick<RunFiles, "keepMlflow">;
  readonly #warn: (text: string) => void;
  readonly #limit: number;
  #id: string | undefined;
  /** What is still to be said of the run itself. */
  #about: Record<"params" | "tags", Pair[]>;
  /** Numbers that wait, those of the oldest step first. */
  #waiting: Metric[] = [];
  /** One record in how many is sent; doubled where the server is slower than the run. */
  #stride = 1;
  #records = 0;
  /** The newest record, if it was not one to be sent. */
  #last: StepRecord | undefined;
  #sending: Promise<void> | undefined;
  /** When to send next. */
  #next = 0;
  #hasWarned = false;
  /** Whether the server has refused the run. */
  #isOver = false;

  /** `limit`: ms that the end waits for the server. */
  constructor(
    url: URL,
    run: MlflowRun,
    folder: string,
    files: Pick<RunFiles, "keepMlflow">,
    warn: (text: string) => void,
    limit = AT_THE_END,
  ) {
    this.#server = new MlflowServer(url);
    this.#run = run;
    this.#folder = folder;
    this.#files = files;
    this.#warn = warn;
    this.#limit = limit;
    this.#about = { params: paramsOf(run.model.config), tags: [] };
  }

  record(record: StepRecord): void {
    if (this.#isOver) return;
    const isOne = this.#records++ % this.#stride === 0 || record.validation || record.rolledBack;
    this.#last = isOne ? undefined : record;
    if (isOne) this.#hold(record);
    const isFull = this.#waiting.length >= MOST && !this.#hasWarned;
    if (isFull || performance.now() >= this.#next) this.#sending ??= this.#send();
  }

  /** Sends what waits and how the run ended, within the limit. */
  async end(status: RunStatus): Promise<void> {
    const limit = setTimeout(() => this.#server.giveUp(this.#limit), this.#limit);
    await this.#sending;
    if (this.#last) this.#hold(this.#last);
    await this.#send(status);
    clearTimeout(limit);
  }

  #hold(record: StepRecord): void {
    const { step, rolledBack } = record;
    const timestamp = Date.now();
    const scalars = scalarsOf(record);
    // MLflow takes nothing back, so it is told where the run has.
    if (rolledBack) scalars.push(["train/went_back_from", rolledBack.from]);
    for (const [key, value] of scalars) {
      // JSON has no other numbers.
      if (Number.isFinite(value)) this.#waiting.push({ key, value, timestamp, step });
    }
    if (this.#waiting.length > HELD) this.#thin();
  }

  /** Leaves out every second step that waits. */
  #thin(): void {
    this.#stride *= 2;
    let [before, isKept] = [-1, false];
    this.#waiting = this.#waiting.filter(({ step }) => {
      if (step !== before) [before, isKept] = [step, !isKept];
      return isKept;
    });
  }

  /** Sends what waits and, at the end, how that was. Never throws. */
  async #send(status?: RunStatus): Promise<void> {
    try {
      if (this.#isOver) return;
      this.#id ??= await this.#begin();
      const run_id = this.#id;
      const { params, tags } = this.#about;
      if (params.length + tags.length > 0) {
        await this.#server.post("runs/log-batch", { run_id, params, tags });
        this.#about = { params: [], tags: [] };
      }
      await this.#sendWaiting(run_id);
      const end_time = Date.now();
      if (status) await this.#server.post("runs/update", { run_id, status, end_time });
      this.#next = performance.now() + PAUSE;
    } catch (error) {
      this.#isOver = error instanceof RefusedError;
      this.#next = performance.now() + AFTER_FAILURE;
      if (this.#hasWarned) return;
      this.#hasWarned = true;
      const [address, got] = [shown(this.#server.address), (error as Error).message];
      this.#warn(
        `--log mlflow: expected ${address} to take the run, got ${got}; the run goes on, and metrics.jsonl has all of it`,
      );
    } finally {
      this.#sending = undefined;
    }
  }

  async #sendWaiting(run_id: string): Promise<void> {
    while (this.#waiting.length > 0) {
      const metrics = this.#waiting.splice(0, MOST);
      try {
        await this.#server.post("runs/log-batch", { run_id, metrics });
      } catch (error) {
        this.#waiting.unshift(...metrics);
        throw error;
      }
    }
  }

  /** The run's id there: its own where it goes on in its folder, or a new one. */
  async #begin(): Promise<string> {
    const known = knownIn(this.#folder, this.#server.address);
    if (known !== undefined && (await this.#goesOn(known))) return known;
    const run_name = basename(resolve(this.#folder));
    const tags = [pair("ello.version", VERSION), pair("ello.textSha256", this.#run.textSha256)];
    const experiment_id = await this.#experiment();
    const start_time = Date.now();
    const create = { experiment_id, run_name, start_time, tags };
    const { run } = await this.#server.post("runs/create", create);
    const id = textOf(Object(Object(run).info).run_id);
    try {
      this.#files.keepMlflow(JSON.stringify({ server: this.#server.address, run: id }));
    } catch {
      // the next save says that the folder cannot be written
    }
    return id;
  }

  /** Whether the run is still there; a setting, once said, stays, so what has changed is a tag. */
  async #goesOn(run_id: string): Promise<boolean> {
    if (!(await found(this.#server.post("runs/update", { run_id, status: "RUNNING" }))))
      return false;
    const { step, changed } = this.#run.resumed ?? {};
    this.#about = { params: [], tags: [pair(`ello.resumed.${step}`, JSON.stringify(changed))] };
    return true;
  }

  /** The id of the experiment, which is made where it is not there, by this run or another at the same moment. */
  async #experiment(): Promise<string> {
    const server = this.#server;
    const get = () => found(server.get(`experiments/get-by-name?experiment_name=${EXPERIMENT}`));
    const make = async () => {
      try {
        return await server.post("experiments/create", { name: EXPERIMENT });
      } catch (error) {
        const others = await get();
        if (others) return others;
        throw error;
      }
    };
    const { experiment, experiment_id } = (await get()) ?? (await make());
    return textOf(experiment ? Object(experiment).experiment_id : experiment_id);
  }
}

/** An answer; undefined where there is no such thing. */
async function found(answer: Promise<Record<string, unknown>>) {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RefusedError && error.status === 404) return undefined;
    throw error;
  }
}

/** @throws {RefusedError} for what is no id. */
function textOf(id: unknown): string {
  if (typeof id === "string" && id !== "") return id;
  throw new RefusedError("an answer that is not MLflow's", 200);
}

/** The settings, but for those that are empty, which MLflow does not take. */
function paramsOf(settings: object): Pair[] {
  return Object.entries(settings)
    .filter(([, value]) => value !== "")
    .slice(0, MOST_PARAMS)
    .map(([key, value]) => pair(key, String(value)));
}

function pair(key: string, value: string): Pair {
  return { key, value: value.slice(0, LONGEST).toWellFormed() };
}

/** The id of the run that this folder's is on that server. */
function knownIn(folder: string, address: string): string | undefined {
  try {
    const { server, run } = Object(readJsonNow(join(folder, MLFLOW_FILE)));
    return server === address && typeof run === "string" ? run : undefined;
  } catch {
    return undefined;
  }
}
