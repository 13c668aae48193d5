// Takes jobs off the queue: checks each, has it made, hands in what it came to. A job whose lock was lost is
// let go of at once, and one that is interrupted goes back to the queue with its state.

import type { Job } from "bullmq";
import { shown } from "../../outside/printable.ts";
import { lineOf } from "../errors.ts";
import { flagOf } from "../flags/train-flags.ts";
import type { Progress } from "../sweep/jobs.ts";
import { type Connection, QUEUE, withLimit } from "./connection.ts";
import type { Handed } from "./handed.ts";
import { JobError, type RunJob, readJob } from "./job.ts";
import type { Made, Making } from "./making.ts";

const NEWS = 1000; // ms between two reports of a run
const STALLS = 1000; // workers that a run may lose
const CLOSING = 60_000; // ms in which runs are to be saved
const AGAIN = 1000; // ms until a failed call is tried again

export interface WorkingOptions {
  readonly concurrency: number;
  /** ms without a sign of life after which a worker's runs go to others. */
  readonly patience: number;
  /** What is told of each run. */
  say(line: string): void;
}

/** Who makes runs; `Maker` is one. */
export interface Makes {
  make(job: RunJob, making: Making): Promise<Made>;
  interrupt(): void;
  kill(): void;
}

export class Working {
  readonly #connection: Connection;
  readonly #handed: Handed;
  readonly #maker: Makes;
  readonly #options: WorkingOptions;
  readonly #worker: InstanceType<Connection["bullmq"]["Worker"]>;
  /** By the id of a job that is being made. */
  readonly #active = new Map<string, AbortController>();
  #isClosing = false;

  constructor(connection: Connection, handed: Handed, maker: Makes, options: WorkingOptions) {
    this.#connection = connection;
    this.#handed = handed;
    this.#maker = maker;
    this.#options = options;
    const { concurrency, patience } = options;
    this.#worker = new connection.bullmq.Worker(QUEUE, (job, token) => this.#take(job, token), {
      ...connection.options,
      ...{ concurrency, lockDuration: patience, stalledInterval: patience },
      ...{ maxStalledCount: STALLS, runRetryDelay: AGAIN },
    });
    this.#worker.on("lockRenewalFailed", (ids) => {
      for (const id of ids) this.#active.get(id)?.abort();
    });
    this.#worker.on("error", () => {}); // of the connection, which says it, or of a lock that was lost
  }

  /** Ends the runs, saved and handed back. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const closed = this.#worker.close();
    this.#maker.interrupt();
    try {
      await withLimit(closed, CLOSING);
    } catch {
      this.#maker.kill();
      this.#connection.redis.disconnect();
    }
  }

  async #take(job: Job, token: string | undefined): Promise<null> {
    const id = job.id ?? "";
    this.#active.get(id)?.abort(); // it was lost, and has come back
    const mine = new AbortController();
    this.#active.set(id, mine);
    try {
      await this.#do(job, mine, token);
      return null;
    } finally {
      if (this.#active.get(id) === mine) this.#active.delete(id);
    }
  }

  async #do(job: Job, mine: AbortController, token: string | undefined): Promise<void> {
    const { UnrecoverableError, WaitingError } = this.#connection.bullmq;
    const refuse = (reason: string) => {
      this.#options.say(`${shown(job.id ?? "")}: refused: ${reason}`);
      return new UnrecoverableError(reason);
    };
    let run: RunJob;
    try {
      run = readJob(job.data);
    } catch (error) {
      throw refuse(lineOf(error, flagOf));
    }
    if (await this.#handed.hasResult(run)) return; // by a worker that was lost before it could say so
    // What has failed from a state is made again without it.
    const state = job.attemptsMade === 0 ? await this.#handed.state(run) : undefined;
    if (!this.#isClosing) this.#options.say(`${run.name}: ${state ? "goes on" : "begins"}`);
    const hear = this.#reporter(job);
    const keep = (kept: NonNullable<Making["state"]>) => this.#handed.putState(run, kept);
    let made: Made;
    try {
      made = await this.#maker.make(run, { state, signal: mine.signal, hear, keep });
    } catch (error) {
      if (error instanceof JobError) throw refuse(lineOf(error, flagOf));
      throw error;
    }
    if (mine.signal.aborted) {
      this.#options.say(`${run.name}: let go of, since it went to another worker`);
      throw new Error("the lock was lost");
    }
    if (made.kind === "interrupted") {
      if (made.state) await this.#handed.putState(run, made.state);
      this.#options.say(`${run.name}: handed back`);
      await job.moveToWait(token);
      throw new WaitingError();
    }
    if (made.kind === "failed" && !made.files) {
      this.#options.say(`${run.name}: failed: ${made.reason}`);
      // From its beginning, and by itself, it fails again.
      if (state || made.reason.startsWith("ended by")) throw new Error(made.reason);
      throw new UnrecoverableError(made.reason);
    }
    if (made.kind === "ended" && made.state) await this.#handed.putState(run, made.state);
    const failed = made.kind === "failed" ? made.reason : undefined;
    await this.#handed.putResult(run, { files: made.files ?? {}, failed });
    if (run.until === null) await this.#handed.removeState(run);
    this.#options.say(`${run.name}: ${failed === undefined ? "done" : `failed: ${failed}`}`);
  }

  /** Tells the sweep how far a run is, now and then. */
  #reporter(job: Job): (progress: Progress) => void {
    let told = Number.NEGATIVE_INFINITY;
    return ({ step, loss, validation }) => {
      const now = performance.now();
      if (now - told < NEWS) return;
      told = now;
      // JSON would make null of a number that is not finite.
      const news = { step, loss: `${loss}`, validation: `${validation ?? ""}` };
      job.updateProgress(news).catch(() => {}); // the next one may come through
    };
  }
}
