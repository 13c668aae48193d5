// Runs made by workers elsewhere: each job is put on the queue once, and what comes back is written into the
// run's folder as `train` would have left it. What Redis has lost is asked for again.

import type { Queue, QueueEvents } from "bullmq";
import { lineOf } from "../errors.ts";
import { flagOf } from "../flags/train-flags.ts";
import type { Output } from "../output.ts";
import type { Ended, Job, Jobs, Progress } from "../sweep/jobs.ts";
import type { Plan } from "../sweep/plan.ts";
import { Connection, QUEUE, withLimit } from "./connection.ts";
import { askedWord, Handed } from "./handed.ts";
import { jobOf, type QueuedText, type RunJob } from "./job.ts";
import { KEPT, Parcels } from "./parcels.ts";
import { putResult } from "./results.ts";
import { readText, sendText } from "./texts.ts";

const LOOK = 5000; // ms between two looks at all that is asked for, since events may be lost
const LOOK_AT_ONE = 5; // ms more for each
const ATTEMPTS = 5; // at a run that fails for what may pass
const PAUSE = 1000; // ms before the second, and twice as long before each further one
const KEEP = { age: 3600, count: 1000 }; // ended jobs: what they came to stands elsewhere

export interface QueuedOptions {
  readonly url: string;
  /** Of the sweep: letters, digits, - and _. */
  readonly id: string;
  readonly folder: string;
  readonly plan: Pick<Plan, "text" | "textSha256">;
  readonly atOnce: number;
  readonly models: boolean;
  readonly textDir: string | undefined;
  readonly output: Pick<Output, "warn">;
}

/** A run that is asked for. */
interface Pending {
  readonly job: RunJob;
  readonly hear: (progress: Progress) => void;
  readonly end: (ended: Ended) => void;
  isLooking: boolean;
  /** Whether something has come while it was looked at. */
  isNews: boolean;
}

export class Queued implements Jobs {
  readonly atOnce: number;
  readonly connection: Connection;
  readonly #options: QueuedOptions;
  readonly #queue: Queue;
  readonly #events: QueueEvents;
  readonly #parcels: Parcels;
  readonly #handed: Handed;
  readonly #text: QueuedText;
  readonly #bytes: Uint8Array;
  /** What those wait for who ask. */
  readonly #ends = new Set<Pending["end"]>();
  /** By the id of its job. */
  readonly #pending = new Map<string, Pending>();
  /** That the text is there; told anew after a connection was lost. */
  #sent: Promise<void> | undefined;
  readonly #timer: NodeJS.Timeout;
  /** Runs whose states stay at a rung, by name. */
  readonly #halved = new Map<string, RunJob>();
  /** That what was taken is gone from Redis. */
  #removed: Promise<unknown> = Promise.resolve();
  /** When all are to be looked at next. */
  #due = 0;
  #isInterrupted = false;

  private constructor(
    connection: Connection,
    options: QueuedOptions,
    { text, bytes }: { text: QueuedText; bytes: Uint8Array },
  ) {
    this.atOnce = options.atOnce;
    this.connection = connection;
    this.#options = options;
    this.#text = text;
    this.#bytes = bytes;
    const { Queue, QueueEvents } = connection.bullmq;
    this.#queue = new Queue(QUEUE, connection.options);
    this.#events = new QueueEvents(QUEUE, connection.options);
    this.#queue.on("error", () => {}); // the connection says it
    this.#events.on("error", () => {});
    this.#parcels = new Parcels(connection.redis, options.textDir);
    this.#handed = new Handed(connection, this.#parcels);
    for (const event of ["completed", "failed"] as const) {
      this.#events.on(event, ({ jobId }: { jobId: string }) => void this.#look(jobId));
    }
    this.#events.on("progress", ({ jobId, data }) => this.#hear(jobId, data));
    this.#timer = setInterval(() => {
      if (performance.now() >= this.#due) this.#lookAtAll();
    }, LOOK);
    connection.onAgain(() => {
      this.#sent = undefined;
      this.#lookAtAll();
    });
  }

  /** @throws {UsageError} @throws {RunError} */
  static async open(options: QueuedOptions): Promise<Queued> {
    const { url, plan, output } = options;
    const text = await readText(plan.text, plan.textSha256);
    const connection = await Connection.open(url, (line) => output.warn(line));
    const queued = new Queued(connection, options, text);
    await queued.#events.waitUntilReady();
    return queued;
  }

  async do({ run, until }: Job, hear: (progress: Progress) => void): Promise<Ended> {
    try {
      const job = jobOf({
        ...{ sweep: this.#options.id, name: run.name, config: run.config, text: this.#text },
        ...{ steps: run.steps, until: until ?? null, models: this.#options.models },
      });
      if (this.#isInterrupted) return { kind: "interrupted" };
      if (job.until !== null) this.#halved.set(job.name, job);
      const ended = new Promise<Ended>((end) => {
        const once: Pending["end"] = (how) => {
          this.#ends.delete(once);
          end(how);
        };
        this.#ends.add(once);
        void this.#ask({ job, hear, end: once, isLooking: false, isNews: false });
      });
      return await ended;
    } catch (error) {
      return { kind: "failed", reason: lineOf(error, flagOf) };
    }
  }

  /** Takes back what no worker has begun; what they have, they finish, and it is there the next time. */
  interrupt(): void {
    this.#isInterrupted = true;
    for (const id of this.#pending.keys()) this.#queue.remove(id).catch(() => {}); // a worker has it
    this.#pending.clear();
    for (const end of this.#ends) end({ kind: "interrupted" });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    const left = this.#isInterrupted ? [] : [...this.#halved.values()];
    this.interrupt();
    const removed = left.map((job) => this.#handed.removeState(job));
    await withLimit(Promise.allSettled([this.#removed, ...removed])).catch(() => {});
    await withLimit(Promise.all([this.#events.close(), this.#queue.close()])).catch(() => {});
    await this.connection.close();
  }

  /** Puts a job on the queue, or finds the one that an interrupted sweep has put there. */
  async #ask(one: Pending, isAgain = false): Promise<void> {
    const { job, end } = one;
    try {
      this.#sent ??= this.#sendText();
      await Promise.all([this.#sent, this.#removed]); // what was taken is not taken again
      const asked = `ello:asked:${job.sweep}`;
      const word = askedWord(job);
      const { redis } = this.connection;
      let count = Number(await redis.hget(asked, word));
      const isThere = async () => (await this.#stateOf(idOf(job, count))) === "going";
      const isDone = !isAgain && (await this.#handed.hasResult(job));
      if (!isDone && !(count > 0 && (await isThere()))) {
        count = await redis.hincrby(asked, word, 1);
        await redis.expire(asked, KEPT);
      }
      const id = idOf(job, count);
      if (this.#isInterrupted) return end({ kind: "interrupted" });
      this.#pending.set(id, one);
      if (!isDone) await this.#add(id, job);
      await this.#look(id);
    } catch (error) {
      end({ kind: "failed", reason: lineOf(error, flagOf) });
    }
  }

  async #add(id: string, job: RunJob): Promise<void> {
    await this.#queue.add("run", job, {
      jobId: id,
      lifo: job.until !== null, // those that others wait for at a rung
      attempts: ATTEMPTS,
      backoff: { type: "exponential", delay: PAUSE },
      removeOnComplete: KEEP,
      removeOnFail: KEEP,
    });
  }

  async #sendText(): Promise<void> {
    if (this.#text.files.length > 0) await sendText(this.#parcels, this.#text, this.#bytes);
  }

  #lookAtAll(): void {
    this.#due = performance.now() + LOOK_AT_ONE * this.#pending.size;
    for (const id of this.#pending.keys()) void this.#look(id);
  }

  /** Takes what a job has come to, once. */
  async #look(id: string): Promise<void> {
    const one = this.#pending.get(id);
    if (!one) return;
    one.isNews = true;
    if (one.isLooking) return;
    one.isLooking = true;
    try {
      while (one.isNews && this.#pending.has(id)) {
        one.isNews = false;
        await this.#settle(id, one);
      }
    } catch (error) {
      if (this.#pending.delete(id)) one.end({ kind: "failed", reason: lineOf(error, flagOf) });
    } finally {
      one.isLooking = false;
    }
  }

  async #settle(id: string, one: Pending): Promise<void> {
    const { job, end } = one;
    const state = await this.#stateOf(id); // before the result, which comes before a job's end
    const result = await this.#handed.result(job).catch(() => undefined);
    if (!this.#pending.has(id)) return;
    if (result) {
      const text = this.#options.plan.text;
      const ended = putResult(this.#options.folder, job, result, text);
      this.#pending.delete(id);
      this.#removed = Promise.allSettled([this.#removed, this.#handed.removeResult(job)]);
      return end(ended);
    }
    if (state === "going") return;
    this.#pending.delete(id);
    if (state.reason !== undefined) return end({ kind: "failed", reason: state.reason });
    await this.#handed.removeResult(job); // one that cannot be read
    await this.#ask(one, true);
  }

  /** Whether a job is still to come; else why it failed, without a reason where there is no such job or it is done. */
  async #stateOf(id: string): Promise<"going" | { reason: string | undefined }> {
    const key = this.#queue.toKey(id);
    const [timestamp, finished, reason] = await this.connection.redis.hmget(
      key,
      ...["timestamp", "finishedOn", "failedReason"],
    );
    if (timestamp == null) return { reason: undefined };
    if (finished == null) return "going";
    return { reason: reason == null ? undefined : reason.slice(0, 300) };
  }

  #hear(id: string, data: unknown): void {
    const { step, loss, validation } = Object(data);
    if (!Number.isSafeInteger(step)) return;
    const heard = Number(validation === "" ? Number.NaN : validation);
    this.#pending.get(id)?.hear({
      ...{ step, loss: Number(loss) },
      ...(Number.isFinite(heard) && { validation: heard }),
    });
  }
}

/** The name of a job: none is used twice, since a job that has ended swallows later ones of its name. */
const idOf = (job: RunJob, count: number): string => `${askedWord(job)}-${count}`;
