// The page at work: one run in the training worker, what is known of it, and the views that show it.

import { History } from "../curves/history.ts";
import type { Config } from "../model/config.ts";
import type { StepRecord } from "../model/record.ts";
import { blobOf, configOf, type Setting } from "./setting.ts";
import { newestOf, Speed } from "./speed.ts";
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
  /** The model that the run began with; read where there is no stopped run. */
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
  #speed = new Speed();
  readonly #listeners: RunListener[] = [];
  readonly #draw: () => void;
  #session: Session | undefined;
  #snapshot: Uint8Array<ArrayBuffer> | undefined;
  #lostAt: number[] = [];
  /** The model's file that the run began with, if one was opened. */
  #model: Uint8Array | undefined;
  /** Settles when the runs that were asked for have started, and how many have not yet. */
  #starting: Promise<void> = Promise.resolve();
  #starts = 0;
  /** Whether the run that is being started is to play. */
  #wish = false;
  /** What was asked of the run last: an answer to what was asked before is late. */
  #turns = 0;

  /** `draw` is called whenever something is to be drawn anew. */
  constructor(draw: () => void) {
    this.#draw = draw;
  }

  listen(listener: RunListener): void {
    this.#listeners.push(listener);
  }

  /** Whether the run began with a model that was opened. */
  get isOpened(): boolean {
    return this.#model !== undefined;
  }

  /** Whether a run is being started. */
  get isStarting(): boolean {
    return this.#starts > 0;
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
  start(setting: Setting, start: Start): Promise<void> {
    this.#starts++;
    this.#wish = start.play;
    const started = this.#starting.then(() => this.#start(setting, start));
    const settle = (): void => {
      this.#starts--;
    };
    this.#starting = started.then(settle, settle);
    return started;
  }

  /** The run from where it began: its first weights, or those of the model that was opened. */
  reset(): Promise<void> {
    const model = this.#model;
    const why = model ? "Back at the model as it was opened." : "Back at the start.";
    return this.start(this.setting, { model, altered: model !== undefined, play: false, why });
  }

  /** Plays, or lets the run that is being started play. */
  play(): void {
    this.#wish = true;
    if (this.#starts > 0 || this.phase === "done" || !this.facts) return;
    this.#play();
  }

  async pause(): Promise<void> {
    this.#wish = false;
    if (this.#starts > 0 || this.phase !== "playing") return;
    const turn = ++this.#turns;
    this.phase = "paused";
    this.session.playing = false;
    this.#draw();
    const parametersSha256 = await this.#tell(this.session.ask("pause", undefined));
    if (turn === this.#turns) this.parametersSha256 = parametersSha256;
    this.#draw();
  }

  async takeStep(): Promise<void> {
    if (this.#starts > 0 || this.phase === "done" || !this.facts) return;
    const turn = ++this.#turns;
    this.phase = "paused";
    this.parametersSha256 = undefined;
    this.session.playing = false;
    await this.#tell(this.session.ask("step", 1));
    if (turn !== this.#turns) return;
    const parametersSha256 = await this.#tell(this.session.ask("pause", undefined));
    if (turn === this.#turns) this.parametersSha256 = parametersSha256;
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
    } else if (news.kind === "busy") return;
    else if (news.isTeam) this.lost(news.reason);
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
    this.#turns++;
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
    const from = { stopped: this.#snapshot, model: this.#model };
    this.start(this.setting, { ...from, play, altered, why }).catch(() => {});
  }

  async #start(setting: Setting, start: Start): Promise<void> {
    const { stopped, model, altered = false, why = "" } = start;
    const was = this.phase;
    this.#turns++;
    try {
      this.session.playing = false; // it reads the text first
      const config = configOf(setting);
      const job: RunJob = {
        config,
        text: blobOf(setting),
        stopped,
        model: stopped ? undefined : model,
      };
      const facts = await this.session.ask("start", job);
      this.#begin(setting, facts, start);
      this.altered = altered;
      this.say([why, ...facts.notes].filter(Boolean).join(" "));
      if (this.#wish) this.#play();
    } catch (error) {
      if (!(error instanceof WorkerLost)) {
        if (was === "playing") this.#play();
        this.say(reasonOf(error));
      }
      throw error;
    } finally {
      this.#draw();
    }
  }

  #play(): void {
    this.#turns++;
    this.phase = "playing";
    this.parametersSha256 = undefined;
    this.#speed = new Speed();
    this.session.playing = true;
    this.#tell(this.session.ask("play", this.pace));
  }

  #begin(setting: Setting, facts: RunFacts, { stopped, model }: Start): void {
    this.setting = setting;
    this.facts = facts;
    this.session.shape = facts.shape;
    this.session.playing = false;
    this.history = facts.step > 0 ? History.from(facts.history) : new History();
    this.last = newestOf(this.history);
    this.validation = undefined;
    this.predicted = "";
    this.charsPerSecond = 0;
    this.phase = "paused";
    this.parametersSha256 = facts.parametersSha256;
    this.#snapshot = stopped && new Uint8Array(stopped);
    this.#model = model;
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
    const { T = 0, B = 0 } = this.facts?.shape ?? {};
    const stepsPerSecond = this.#speed.at(performance.now(), this.step);
    this.charsPerSecond = stepsPerSecond * T * B || progress.charsPerSecond || this.charsPerSecond;
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

export function reasonOf(error: unknown): string {
  if (error instanceof Refused || error instanceof Error) return error.message;
  return String(error);
}
