// The page's side of the training worker: asks it, hears it, and notices when it has died.

import type { Shape } from "../../engine/shape.ts";
import { patienceFor } from "../../wasm/team.ts";
import { explained } from "../views/format.ts";
import type { Call, Calls, Equipment, FromWorker, News } from "./protocol.ts";
import type { ReplayJob, ReplayNews } from "./replaying.ts";

const WATCH_EVERY = 1000; // ms
const PATIENCE = 10_000; // ms without a word where one is due, and what a step may take
/** Calls that may keep the worker silent for longer, ms. */
const LONG: Partial<Record<keyof Calls, number>> = { race: 60_000 };
const LOADING = 60_000; // ms that a worker's script may take to come over a slow network
const PING_EVERY = 5000; // ms without a word from a worker of which none is due
const PING_PATIENCE = 3000; // ms: it has nothing else to do
const MOST_THREADS = 8;
const LOSSES = 3; // of a worker within a while, beyond which it is often
const WHILE = 60_000; // ms

/** The worker was lost; what it was asked will not be answered. */
export class WorkerLost extends Error {
  override readonly name = "WorkerLost";
}

/** The worker could not do what it was asked. `setting`: the one that is wrong, if one is. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly setting: string | undefined;
  constructor(reason: string, setting?: string) {
    super(reason);
    this.setting = setting;
  }
}

interface Pending {
  /** ms that the call may take once those before it are answered. */
  readonly patience: number;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export interface SessionListener {
  hear(news: News): void;
  /** The worker is gone, `isOften` as so often lately; `restart` gives another, without a run. */
  lost(reason: string, isOften: boolean): void;
}

export class Session {
  /** Threads that a run may have. */
  readonly threads = globalThis.crossOriginIsolated
    ? Math.min(navigator.hardwareConcurrency, MOST_THREADS)
    : 1;
  /** Whether news are due: the worker was told to play. */
  playing = false;
  readonly #cores: Equipment["cores"];
  readonly #listener: SessionListener;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #ranks: Worker[] = [];
  #heardAt = 0;
  /** Whether the worker has said anything yet. */
  #isUp = false;
  #lostAt: number[] = [];
  #patience = PATIENCE;
  #nextId = 0;
  /** When the worker came to the oldest of the calls, which it answers in turn. */
  #servedSince = 0;

  constructor(cores: Equipment["cores"], listener: SessionListener) {
    this.#cores = cores;
    this.#listener = listener;
    this.restart();
    setInterval(() => this.#watch(), WATCH_EVERY);
  }

  /** The shape of the run, which says how long to wait for news. */
  set shape(shape: Shape) {
    this.#patience = PATIENCE + patienceFor(shape);
  }

  /** @throws {Refused} @throws {WorkerLost} */
  ask<Name extends keyof Calls>(name: Name, argument: Calls[Name][0]): Promise<Calls[Name][1]> {
    const id = this.#nextId++;
    const call: Call<Name> = { id, name, argument };
    return new Promise((resolve, reject) => {
      if (this.#pending.size === 0) this.#servedSince = performance.now();
      const patience = name === "ping" ? PING_PATIENCE : Math.max(LONG[name] ?? 0, this.#patience);
      this.#pending.set(id, { patience, resolve: resolve as (value: unknown) => void, reject });
      this.#worker?.postMessage(call);
    });
  }

  /** Ends the worker and its threads, whatever they are doing, and starts others. */
  restart(): void {
    this.#worker?.terminate();
    for (const { reject } of this.#pending.values()) reject(new WorkerLost("it was replaced"));
    this.#pending.clear();
    for (const rank of this.#ranks) rank.terminate();
    const ports: MessagePort[] = [];
    this.#ranks = Array.from({ length: this.threads - 1 }, () => {
      const rank = new Worker(new URL("./rank-worker.ts", import.meta.url), { type: "module" });
      const { port1, port2 } = new MessageChannel();
      rank.postMessage(port1, [port1]);
      ports.push(port2);
      return rank;
    });
    const worker = startWorker();
    const equipment: Equipment = { cores: this.#cores, ranks: ports };
    worker.postMessage(equipment, ports);
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.#hear(data));
    worker.addEventListener("error", ({ message }) => this.lose(message || "it stopped"));
    this.#worker = worker;
    this.#isUp = false;
    this.#heardAt = performance.now();
  }

  /** Replays a receipt in a worker of its own. @returns what ends it. */
  replay(job: Omit<ReplayJob, "cores">, hear: (news: ReplayNews) => void): () => void {
    const worker = startWorker();
    worker.postMessage({ ...job, cores: this.#cores } satisfies ReplayJob);
    worker.addEventListener("message", ({ data }: MessageEvent<ReplayNews>) => hear(data));
    worker.addEventListener("error", ({ message }) =>
      hear({ kind: "failed", reason: message || "the worker stopped" }),
    );
    return () => worker.terminate();
  }

  #hear(message: FromWorker): void {
    this.#isUp = true;
    this.#heardAt = performance.now();
    if ("news" in message) {
      if (message.news.kind === "done" || message.news.kind === "failed") this.playing = false;
      this.#listener.hear(message.news);
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    this.#servedSince = this.#heardAt;
    if (!("reason" in message)) pending?.resolve(message.value);
    else {
      pending?.reject(new Refused(message.reason, message.setting));
      if (message.isFatal) this.lose(message.reason);
    }
  }

  /** Asks whether what is due is late. A page that was asleep itself first gets what is waiting. */
  #watch(): void {
    const now = performance.now();
    const slept = now - this.#watchedAt > 3 * WATCH_EVERY;
    this.#watchedAt = now;
    if (slept) this.#heardAt = now;
    const [oldest] = this.#pending.values();
    const silent = now - Math.max(this.#heardAt, oldest ? this.#servedSince : 0);
    const isDue = this.playing || oldest !== undefined;
    if (!isDue && silent > PING_EVERY) this.ask("ping", undefined).catch(() => {}); // `lost` is told
    const patience = this.#isUp ? (oldest?.patience ?? this.#patience) : LOADING;
    if (isDue && silent > patience) this.lose("it does not answer");
  }
  #watchedAt = performance.now();

  /** Gives the worker up. */
  lose(reason: string): void {
    const now = performance.now();
    this.#lostAt = [...this.#lostAt.filter((at) => now - at < WHILE), now];
    this.playing = false;
    this.#worker?.terminate();
    for (const { reject } of this.#pending.values()) reject(new WorkerLost(reason));
    this.#pending.clear();
    this.#listener.lost(reason, this.#lostAt.length > LOSSES);
  }
}

/** A worker that trains, or replays. */
function startWorker(): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
}

/** What went wrong, in words. */
export function reasonOf(error: unknown): string {
  return explained(error instanceof Error ? error.message : String(error));
}
