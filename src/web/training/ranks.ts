// Threads for the training worker: workers that the page has made beforehand, each behind a port.
// The page makes them, since some browsers stand still now and then where a worker makes workers.

import type { RankJob, RankWorker } from "../../wasm/rank.ts";
import type { RankSays } from "./rank-worker.ts";

/** A worker that waits for a job, does it, and waits again. */
class Seat {
  taken = false;
  readonly #port: MessagePort;
  /** Settles when the worker hears again. */
  #listening: Promise<void> = Promise.resolve();
  #heard = (): void => {};
  #ready = (): void => {};

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<RankSays>) => {
      if (data === "ready") this.#ready();
      else this.#heard();
    };
  }

  start(job: RankJob): RankWorker {
    this.taken = true;
    const ready = this.#listening.then(
      () =>
        new Promise<void>((resolve) => {
          this.#ready = resolve;
          this.#listening = new Promise((heard) => {
            this.#heard = heard;
          });
          this.#port.postMessage(job);
        }),
    );
    // The engine has told its ranks to stop before it ends them: they come back by themselves.
    const terminate = (): Promise<void> => {
      this.taken = false;
      return this.#listening;
    };
    return { ready, terminate };
  }
}

export class Ranks {
  readonly #seats: readonly Seat[];

  constructor(ports: readonly MessagePort[]) {
    this.#seats = ports.map((port) => new Seat(port));
  }

  /** Threads in all, with the caller's. */
  get threads(): number {
    return this.#seats.length + 1;
  }

  /** Threads for a run that names none: one core is left to the page, or it would draw in jerks. */
  get threadsBesidePage(): number {
    return Math.max(1, Math.min(this.threads, navigator.hardwareConcurrency - 1));
  }

  readonly start = (job: RankJob): RankWorker => {
    const seat = this.#seats.find((one) => !one.taken);
    if (!seat) throw new Error("threads: expected a free one, got none; train with threads 1");
    return seat.start(job);
  };
}
