// The page at work: one run in the training worker, what is known of it, and the views that show it.

import { History } from "../curves/history.ts";
import type { Config } from "../model/config.ts";
import type { StepRecord } from "../model/record.ts";
import { configOf, type Setting } from "./setting.ts";
import type { News, Progress, RunFacts, RunJob } from "./training/protocol.ts";
import { unpackRecords } from "./training/records.ts";
import { Refused, type Session, WorkerLost } from "./training/session.ts";

export type Phase = "loading" | "playing" | "paused" | "done" | "failed";

/** What a view may want to know; all are called outside of animation frames. */
export interface RunListener {
  begin?(facts: RunFacts, setting: Setting): void;
  progress?(progress: Progress): void;
  changed?(config: Config, setting: Setting): void;
  /** A stopped run's file, every few seconds and at each pause. */
  snapshot?(bytes: Uint8Array<ArrayBuffer>, step: number): void;
}

const LOSSES = 3; // of a worker within a while, after which it is not started again
const WHILE = 60_000; // ms

/** How a run is started beside its setting. */
export interface Start {
  readonly stopped?: Uint8Array | undefined;
  readonly model?: Uint8Array | undefined;
  readonly play: boolean;
  /** Whether the stopped run's settings were changed on its way. */
  readonly altered?: boolean;
  /** What to say when it has started. */
  readonly why?: string;
}

export class Playground {
  phase: Phase = "loading";
  setting: Setting = { changes: {} };
  facts: RunFacts | undefined;
  history = new History();
  last: StepRecord | undefined;
  validation: StepRecord["validation"];
  predicted = "";
  charsPerSecond = 0;
  /** Of the weights where the run stands; undefined while it goes on. */
  parametersSha256: string | undefined;
  /** Whether settings were changed on the way, so that no command gives the same weights. */
  altered = false;
  /** The last thing worth saying. */
  said = "";
  /** Steps a second. */
  pace = 60;
  readonly #listeners: RunListener[] = [];
  readonly #draw: () => void;
  #session: Session | undefined;
  #snapshot: Uint8Array<ArrayBuffer> | undefined;
  #lostAt: number[] = [];
  #starts = 0;

  /** `draw` is called whenever something is to be drawn anew. */
  constructor(draw: () => void) {
    this.#draw = draw;
  }

  listen(listener: RunListener): void {
    this.#listeners.push(listener);
  }

  set session(session: Session) {
    this.#session = session;
  }

  get session(): Session {
    if (!this.#session) throw new Error("the core is still loading");
    return this.#session;
  }

  get step(): number {
    return this.last ? this.last.step + 1 : (this.facts?.step ?? 0);
  }

  /** Starts a run in place of the one there is, which stays if this one cannot be. */
  async start(
    setting: Setting,
    { stopped, model, play, altered = false, why = "" }: Start,
  ): Promise<void> {
    const own = ++this.#starts;
    const was = this.phase;
    try {
      const config = configOf(setting);
      const job: RunJob = { config, text: blobOf(setting), stopped, model };
      const facts = await this.session.ask("start", job);
      if (own !== this.#starts) return;
      this.#begin(setting, facts);
      this.altered = altered;
      this.say(why);
      if (play) this.play();
    } catch (error) {
      if (own === this.#starts && was === "playing") this.play();
      this.say(reasonOf(error));
      throw error;
    } finally {
      this.#draw();
    }
  }

  play(): void {
    if (this.phase === "done" || !this.facts) return;
    this.phase = "playing";
    this.parametersSha256 = undefined;
    this.session.playing = true;
    this.#tell(this.session.ask("play", this.pace));
  }

  async pause(): Promise<void> {
    if (this.phase !== "playing") return;
    this.phase = "paused";
    this.session.playing = false;
    this.#draw();
    this.parametersSha256 = await this.#tell(this.session.ask("pause", undefined));
    this.#draw();
  }

  async takeStep(): Promise<void> {
    if (this.phase === "done" || !this.facts) return;
    this.phase = "paused";
    this.parametersSha256 = undefined;
    this.session.playing = false;
    await this.#tell(this.session.ask("step", 1));
    this.parametersSha256 = await this.#tell(this.session.ask("pause", undefined));
    this.#draw();
  }

  setPace(pace: number): void {
    this.pace = pace;
    if (this.phase === "playing") this.#tell(this.session.ask("play", pace));
  }

  /** Settings that take effect at once. */
  async change(setting: Setting, change: Partial<Config>): Promise<void> {
    if (!this.facts) return;
    await this.#tell(this.session.ask("change", change));
    this.setting = setting;
    this.facts = { ...this.facts, config: { ...this.facts.config, ...change } };
    this.altered ||= this.step > 0;
    for (const listener of this.#listeners) listener.changed?.(this.facts.config, setting);
    this.#draw();
  }

  say(text: string): void {
    this.said = text;
    this.#draw();
  }

  hear(news: News): void {
    if (news.kind === "progress") this.#progress(news);
    else if (news.kind === "snapshot") {
      this.#snapshot = news.bytes;
      for (const listener of this.#listeners) listener.snapshot?.(news.bytes, news.step);
    } else if (news.kind === "done") {
      this.phase = "done";
      this.parametersSha256 = news.parametersSha256;
    } else if (news.isTeam) this.lost(news.reason);
    else {
      this.phase = "failed";
      this.say(`${news.reason} Reset starts again.`);
    }
    this.#draw();
  }

  /** The worker is gone: another one goes on from the last snapshot. */
  lost(reason: string): void {
    const now = performance.now();
    this.#lostAt = [...this.#lostAt.filter((at) => now - at < WHILE), now];
    this.session.restart();
    if (this.#lostAt.length > LOSSES) {
      this.phase = "failed";
      this.say(`The training worker stopped again and again (${reason}). Reset starts again.`);
      return;
    }
    const play = this.phase === "playing";
    this.phase = "paused";
    const why = `The training worker stopped (${reason}); another goes on from the last good state.`;
    const { altered } = this;
    this.start(this.setting, { stopped: this.#snapshot, play, altered, why }).catch(() => {});
  }

  #begin(setting: Setting, facts: RunFacts): void {
    this.setting = setting;
    this.facts = facts;
    this.session.shape = facts.shape;
    this.session.playing = false;
    this.history = facts.step > 0 ? History.from(facts.history) : new History();
    this.last = undefined;
    this.validation = undefined;
    this.predicted = "";
    this.charsPerSecond = 0;
    this.phase = "paused";
    this.parametersSha256 = facts.parametersSha256;
    if (facts.step === 0) this.#snapshot = undefined;
    for (const listener of this.#listeners) listener.begin?.(facts, setting);
  }

  #progress(progress: Progress): void {
    for (const record of unpackRecords(progress.records)) {
      this.history.append(record);
      this.last = record;
      this.validation = record.validation ?? this.validation;
      const { rolledBack } = record;
      if (rolledBack) {
        this.said = `Went back from step ${rolledBack.from} to ${record.step} with half the learning rate: ${rolledBack.reason}.`;
      }
    }
    this.predicted = progress.predicted;
    if (progress.charsPerSecond > 0) this.charsPerSecond = progress.charsPerSecond;
    for (const listener of this.#listeners) listener.progress?.(progress);
  }

  /** Says what went wrong, but for a lost worker, of which `lost` speaks. */
  async #tell<Value>(answer: Promise<Value>): Promise<Value | undefined> {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof WorkerLost)) this.say(reasonOf(error));
      return undefined;
    }
  }
}

function blobOf({ text }: Setting): Blob | undefined {
  if (!text) return undefined;
  return "bytes" in text ? text.bytes : new Blob([text.text]);
}

export function reasonOf(error: unknown): string {
  if (error instanceof Refused || error instanceof Error) return error.message;
  return String(error);
}
