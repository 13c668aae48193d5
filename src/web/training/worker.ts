// The training worker: answers calls one after the other, and between them takes steps at the pace it
// was told, with news about thirty times a second.

import { sha256 } from "../../checkpoint/sha256.ts";
import { TeamError } from "../../engine/team-error.ts";
import type { MakeEngine } from "../../model/create.ts";
import { predictedText } from "../../model/model.ts";
import type { StepRecord } from "../../model/record.ts";
import { WasmEngine } from "../../wasm/engine.ts";
import { threadsFor } from "../../wasm/team.ts";
import { WorkerCores } from "../cores.ts";
import { Fatal, reasonOf } from "./failure.ts";
import { isShownWhole, KeptFrames, strideAt } from "./frames.ts";
import { looking } from "./looking.ts";
import type { Call, Equipment, FromWorker, Handlers, News } from "./protocol.ts";
import { race } from "./race.ts";
import { Ranks } from "./ranks.ts";
import { packRecords } from "./records.ts";
import { type ReplayJob, replayReceipt } from "./replaying.ts";
import { Run } from "./run.ts";
import { turn, wake } from "./turn.ts";

const SLICE = 33; // ms of steps between news
const SNAPSHOT_EVERY = 3000; // ms
const SNAPSHOT_SHARE = 100; // a snapshot may take a hundredth of the time
const BUSY_EVERY = 1000; // ms between words that something long goes on
const CATCH_UP = 0.25; // s of steps that are made up for after a delay

const post = (message: FromWorker): void => self.postMessage(message);
/** `handedOver` are buffers of the news that the worker has no more use for. */
const tell = (news: News, handedOver: ArrayBuffer[] = []): void =>
  self.postMessage({ news } satisfies FromWorker, { transfer: handedOver });

class TrainingWorker {
  readonly #cores: WorkerCores;
  readonly #ranks: Ranks;
  #run: Run | undefined;
  /** Steps a second; 0 while paused. */
  #pace = 0;
  /** Settles when no more steps are taken. */
  #stopped: Promise<void> | undefined;
  /** Whether it was said that the run is at its end. */
  #hasEnded = false;
  #snapshotAt = 0;
  #busyAt = 0;

  constructor({ cores, ranks }: Equipment) {
    this.#cores = new WorkerCores(cores);
    this.#ranks = new Ranks(ranks);
  }

  readonly handlers: Handlers = {
    start: async (job) => {
      await this.#halt();
      const before = this.#run;
      if (before) await this.#tellSnapshot();
      let slept = false;
      try {
        this.#run = await Run.start(job, job.isAlone ? this.#makeAlone : this.#makeEngine, {
          reading: () => this.tellBusy(),
          makeRoom: () => {
            before?.sleep();
            slept = true;
          },
        });
      } catch (error) {
        if (slept) await this.#bringBack(before, error);
        throw error;
      }
      this.#hasEnded = false;
      this.#snapshotAt = performance.now() + SNAPSHOT_EVERY;
      return this.#run.facts();
    },
    play: async (stepsPerSecond) => {
      if (this.#hasEnded) return; // a pace that was chosen just then
      this.#pace = stepsPerSecond;
      wake();
      this.#stopped ??= this.#loop();
    },
    stand: async (count) => {
      await this.#halt();
      const records: StepRecord[] = [];
      const frames = this.#newFrames();
      try {
        while (records.length < count && this.#take(records, frames));
      } catch (error) {
        if (error instanceof TeamError) await this.#tellFailure(error);
        throw error;
      }
      this.#tellProgress(records, frames, 0);
      if (count > 0 && this.#started.isDone) await this.#tellEnd();
      else await this.#tellSnapshot();
      return this.#sha256();
    },
    change: async (settings) => {
      const pace = this.#pace;
      await this.#halt();
      this.#started.change(settings);
      this.#hasEnded = false;
      await this.#tellSnapshot();
      if (pace > 0) await this.handlers.play(pace);
    },
    ...looking(() => ({ run: this.#started, cores: this.#cores })),
    save: async (which) => this.#started.file(which),
    receipt: async () => {
      const pace = this.#pace;
      await this.#halt(); // all of it is of one moment
      const { shape, threads } = this.#model.engine;
      const cores = this.#cores.sha256Of(threads > 1 ? "team" : "release", shape);
      const receipt = await this.#started.receipt(cores);
      if (pace > 0) await this.handlers.play(pace);
      return receipt;
    },
    race: async (job) => {
      await this.#halt();
      if (this.#run) await this.#tellSnapshot();
      this.#run?.sleep();
      try {
        return await race(job, this.#cores, this.#ranks);
      } finally {
        await this.#bringBack(this.#run);
      }
    },
    ping: async () => undefined,
  };

  /** Wakes a run after something else had its room. @throws {Fatal} */
  async #bringBack(run: Run | undefined, cause?: unknown): Promise<void> {
    try {
      await run?.wake();
    } catch (error) {
      throw new Fatal(reasonOf(cause ?? error));
    }
  }

  get #started(): Run {
    if (!this.#run) throw new Error("run: expected one that has started, got none");
    return this.#run;
  }

  get #model() {
    return this.#started.model;
  }

  readonly #makeEngine: MakeEngine = async (config, shape, moments) => {
    const threads = threadsFor(
      shape,
      Math.min(config.threads, this.#ranks.threads),
      this.#ranks.threadsBesidePage,
    );
    if (threads === 1) return this.#makeAlone(config, shape, moments);
    const team = await this.#cores.get("team", shape).catch(() => undefined);
    if (!team) return this.#makeAlone(config, shape, moments); // without the network: slower, to the same bits
    const { start } = this.#ranks;
    const engine = await WasmEngine.createTeam(shape, team, threads, start, moments);
    if (config.threads === 0) engine.adapt();
    return engine;
  };

  readonly #makeAlone: MakeEngine = async (_config, shape, moments) =>
    WasmEngine.create(shape, await this.#cores.get("release", shape), moments);

  async #halt(): Promise<void> {
    this.#pace = 0;
    wake();
    await this.#stopped;
  }

  /** Takes steps until the pace is zero or the run ends. */
  async #loop(): Promise<void> {
    try {
      let { since, taken, pace } = { since: performance.now(), taken: 0, pace: this.#pace };
      while (this.#pace > 0) {
        const began = performance.now();
        if (pace !== this.#pace) [since, taken, pace] = [began, 0, this.#pace];
        let due = began > since ? Math.floor(((began - since) / 1000) * pace) + 1 - taken : 1;
        if (due > pace * CATCH_UP + 1) [since, taken, due] = [began, 0, pace * CATCH_UP + 1];
        const records: StepRecord[] = [];
        const frames = this.#newFrames();
        let goesOn = true;
        try {
          while (goesOn && records.length < due && performance.now() - began < SLICE) {
            goesOn = this.#take(records, frames);
          }
        } finally {
          this.#tellProgress(records, frames, performance.now() - began);
        }
        taken += records.length;
        if (!goesOn) {
          this.#pace = 0;
          await this.#tellEnd();
          break;
        }
        if (performance.now() > this.#snapshotAt) await this.#tellSnapshot();
        await turn(since + (1000 * taken) / pace - performance.now());
      }
    } catch (error) {
      this.#pace = 0;
      await this.#tellFailure(error);
    } finally {
      this.#stopped = undefined;
    }
  }

  /** Takes one step, or a part of an evaluation. @returns whether the run goes on. */
  #take(records: StepRecord[], frames: KeptFrames | undefined): boolean {
    const run = this.#started;
    const { done, record } = run.next();
    if (record) {
      records.push(record);
      if (frames && run.step % strideAt(run.step, frames.shape) === 0) frames.keep(run.step);
    } else this.tellBusy();
    return !done;
  }

  /** Says that something long goes on, if nothing was said of it for a while. */
  tellBusy(): void {
    const now = performance.now();
    if (now - this.#busyAt < BUSY_EVERY) return;
    this.#busyAt = now;
    tell({ kind: "busy" });
  }

  async #tellEnd(): Promise<void> {
    this.#hasEnded = true;
    await this.#tellSnapshot();
    const counted = this.#started.counted(() => this.tellBusy());
    tell({ kind: "done", parametersSha256: await this.#sha256(), counted });
  }

  /** Says why the run ends here, and first where it stands, if that is worth keeping. */
  async #tellFailure(error: unknown): Promise<void> {
    if (this.#started.isSound) await this.#tellSnapshot();
    const isTeam = error instanceof TeamError;
    const { threads } = this.#model.engine;
    const lost = `one of its ${threads} threads failed or stood still; it has one from now on`;
    const parametersSha256 = await this.#sha256();
    tell({ kind: "failed", reason: isTeam ? lost : reasonOf(error), isTeam, parametersSha256 });
  }

  #sha256(): Promise<string> {
    return sha256(this.#model.engine.parameters);
  }

  #newFrames(): KeptFrames | undefined {
    const { engine } = this.#model;
    return isShownWhole(engine.shape) ? new KeptFrames(engine) : undefined;
  }

  #tellProgress(records: StepRecord[], frames: KeptFrames | undefined, busy: number): void {
    if (records.length === 0) return;
    const { shape } = this.#model.engine;
    frames?.keep(this.#started.step);
    const kept = frames?.all;
    const progress: News = {
      kind: "progress",
      records: packRecords(records),
      predicted: shape.B === 1 ? predictedText(this.#model) : "",
      ...(kept && { frames: kept }),
      charsPerSecond: busy > 0 ? (1000 * records.length * shape.T * shape.B) / busy : 0,
    };
    tell(progress, kept ? [kept.parameters.buffer] : []);
  }

  async #tellSnapshot(): Promise<void> {
    const began = performance.now();
    const run = this.#started;
    const bytes = await run.snapshot();
    tell({ kind: "snapshot", step: run.step, bytes }, [bytes.buffer]);
    const took = performance.now() - began;
    this.#snapshotAt = performance.now() + Math.max(SNAPSHOT_EVERY, SNAPSHOT_SHARE * took);
  }
}

function serve(): void {
  let worker: TrainingWorker | undefined;
  let before: Promise<void> = Promise.resolve();
  const answer = async ({ id, name, argument }: Call): Promise<void> => {
    const busy = setInterval(() => worker?.tellBusy(), BUSY_EVERY);
    try {
      const handler = worker?.handlers[name] as (given: unknown) => Promise<unknown>;
      post({ id, value: await handler(argument) });
    } catch (error) {
      const setting = (error as { setting?: string }).setting;
      post({ id, reason: reasonOf(error), setting, isFatal: error instanceof Fatal });
    } finally {
      clearInterval(busy);
    }
  };
  self.addEventListener("message", ({ data }: MessageEvent<Equipment | ReplayJob | Call>) => {
    if ("receipt" in data) void replayReceipt(data);
    else if ("cores" in data) worker = new TrainingWorker(data);
    else before = before.then(() => answer(data));
  });
}

serve();
