// The page at work: one run in the training worker, what is known of it, and the views that show it.

import { History } from "../curves/history.ts";
import type { Config } from "../model/config.ts";
import type { StepRecord } from "../model/record.ts";
import {
  blobOf,
  changed,
  configOf,
  HELLO,
  type Setting,
  settingOf,
  shownOnPage,
} from "./setting.ts";
import { newestOf, newestValidationOf, Speed } from "./speed.ts";
import type { News, Progress, RaceJob, RaceResult, RunFacts, RunJob } from "./training/protocol.ts";
import { unpackRecords } from "./training/records.ts";
import { Refused, type Session, WorkerLost } from "./training/session.ts";
import { steps } from "./views/format.ts";

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

/** Where a run begins, beside its setting. */
export interface Origin {
  readonly stopped?: Uint8Array<ArrayBuffer> | undefined;
  /** The model that the run began with; read where there is no stopped run. */
  readonly model?: Uint8Array<ArrayBuffer> | undefined;
  /** Whether the stopped run's settings were changed on its way. */
  readonly altered?: boolean;
}

/** How a run is started. */
export interface Start extends Origin {
  readonly play: boolean;
  /** What to say when it has started. */
  readonly why?: string;
}

/** A run that another one took the place of. */
interface Replaced extends Origin {
  readonly setting: Setting;
  readonly step: number;
}

export class Playground {
  phase: Phase = "loading";
  /** Of the run that there is. */
  setting: Setting = HELLO;
  /** What was asked for last: of the run that there is, or of one that is being started. */
  wanted: Setting = HELLO;
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
  pace = 1;
  #speed = new Speed();
  readonly #listeners: RunListener[] = [];
  readonly #draw: () => void;
  #session: Session | undefined;
  #snapshot: Uint8Array<ArrayBuffer> | undefined;
  #lostAt: number[] = [];
  /** The model's file that the run began with, if one was opened. */
  #model: Uint8Array<ArrayBuffer> | undefined;
  #replaced: Replaced | undefined;
  /** Settles when the starts and changes asked for so far are done with. */
  #queue: Promise<void> = Promise.resolve();
  /** Settles when a worker that was replaced has the run that the lost one had. */
  #restored: Promise<void> = Promise.resolve();
  /** Number of the newest start: what is asked before it and not yet begun has become pointless. */
  #newest = 0;
  /** Starts that are under way or to come. */
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

  /** The model that the run began with, if one was opened. */
  get model(): Uint8Array<ArrayBuffer> | undefined {
    return this.#model;
  }

  /** Whether there is a run that `undo` brings back. */
  get canUndo(): boolean {
    return this.#replaced !== undefined;
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

  /**
   * Starts a run in place of the one there is, which stays if this one cannot be. Settles without a
   * run where a newer start has been asked for.
   */
  async start(setting: Setting, start: Start): Promise<void> {
    const number = ++this.#newest;
    this.wanted = setting;
    this.#wish = start.play;
    this.#starts++;
    try {
      await this.#enqueue(number, () => this.#start(setting, start));
    } catch (error) {
      if (number === this.#newest) {
        this.wanted = this.setting;
        this.#wish = false;
      }
      if (error instanceof WorkerLost && !this.facts) this.phase = "failed"; // there is no run at all
      throw error;
    } finally {
      this.#starts--;
      this.#draw();
    }
  }

  /** The run from where it began: its first weights, or those of the model that was opened. */
  reset(): Promise<void> {
    const model = this.#model;
    const why = model ? "Back at the model as it was opened." : "Back at the start.";
    return this.start(this.wanted, { model, altered: model !== undefined, play: false, why });
  }

  /** The run that the last start took the place of, as it stood then. */
  async undo(): Promise<void> {
    if (!this.#replaced) return;
    const { setting, step, ...origin } = this.#replaced;
    const why = `Back at the run before, after ${steps(step)}.`;
    await this.start(setting, { ...origin, play: false, why });
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
    await this.#stand("pause");
  }

  async takeStep(): Promise<void> {
    if (this.#starts > 0 || this.phase === "done" || !this.facts) return;
    await this.#stand("step");
  }

  setPace(pace: number): void {
    this.pace = pace;
    if (this.phase === "playing") void this.#tell(this.session.ask("play", pace));
  }

  /** Settings that take effect at once. */
  async change(change: Partial<Config>): Promise<void> {
    const asked = changed(this.wanted, change);
    const { epochs = Number.POSITIVE_INFINITY } = change;
    if (epochs * (this.facts?.stepsPerEpoch ?? 1) <= this.step) {
      const why = `Started again: it has trained for more than ${epochs} epochs.`;
      await this.#tell(this.start(asked, { play: false, why }));
      return;
    }
    this.wanted = asked;
    await this.#tell(this.#enqueue(this.#newest, () => this.#change(change)));
    if (this.wanted === asked && this.#starts === 0) this.wanted = this.setting;
    if (this.facts) this.#tellChanged(this.facts);
  }

  /** Races the engines; the run waits, and goes on unless something else was asked of it meanwhile. */
  async race(job: RaceJob): Promise<RaceResult> {
    const wasPlaying = this.phase === "playing";
    await this.pause();
    const turn = this.#turns;
    try {
      return await this.session.ask("race", job);
    } finally {
      if (wasPlaying && turn === this.#turns) this.play();
    }
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
      this.parametersSha256 = news.parametersSha256;
      this.say(`${news.reason} Reset starts again.`);
    }
    this.#draw();
  }

  /** The worker is gone: another one goes on from the last snapshot, and then does what this one did not. */
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
    const why = `The training worker stopped (${reason}); another goes on from the last good state.`;
    if (this.facts) this.#restored = this.#restore(why);
    else this.say(why);
  }

  /** Does work after what was asked before, unless a newer start makes it pointless; twice if the worker is lost. */
  #enqueue(number: number, work: () => Promise<void>): Promise<void> {
    const once = async (): Promise<void> => {
      await this.#restored;
      if (number === this.#newest) await work();
    };
    const done = this.#queue.then(once).catch((error: unknown) => {
      if (error instanceof WorkerLost) return once();
      throw error;
    });
    this.#queue = done.catch(() => {});
    return done;
  }

  async #start(setting: Setting, start: Start): Promise<void> {
    const was = this.phase;
    this.#turns++;
    try {
      this.session.playing = false; // it reads the text first
      const facts = await this.#askForRun(setting, start);
      if (this.step > 0 && this.#snapshot) {
        const { altered, step } = this;
        const [stopped, model] = [this.#snapshot, this.#model];
        this.#replaced = { setting: this.setting, stopped, model, altered, step };
      }
      this.#begin(setting, facts, start);
      if (this.#wish && this.phase !== "done") this.#play();
    } catch (error) {
      if (!(error instanceof WorkerLost)) {
        this.say(reasonOf(error));
        await this.#restored; // where the attempt cost the worker
        if (was === "playing") this.#play();
      }
      throw error;
    }
  }

  /** Gives a new worker the run that a lost one had. */
  async #restore(why: string): Promise<void> {
    if (this.#starts === 0) this.#wish = this.phase === "playing";
    this.phase = "paused";
    this.#starts++;
    const { setting, altered } = this;
    const origin = { stopped: this.#snapshot, model: this.#model, altered };
    try {
      this.#begin(setting, await this.#askForRun(setting, origin), { ...origin, play: false, why });
      if (this.#wish && this.#starts === 1) this.#play();
    } catch (error) {
      if (error instanceof WorkerLost) return; // and told again
      this.phase = "failed";
      this.say(`${why} It could not: ${reasonOf(error)}. Reset starts again.`);
    } finally {
      this.#starts--;
    }
  }

  #askForRun(setting: Setting, { stopped, model }: Origin): Promise<RunFacts> {
    const job: RunJob = {
      config: configOf(setting),
      text: blobOf(setting),
      stopped,
      model: stopped ? undefined : model,
    };
    return this.session.ask("start", job);
  }

  async #change(change: Partial<Config>): Promise<void> {
    const { setting, facts, altered, phase } = this;
    if (!facts) return;
    // What the worker sends from now on is of the changed run.
    this.setting = changed(setting, change);
    const config = { ...facts.config, ...change };
    this.facts = { ...facts, config, steps: config.epochs * facts.stepsPerEpoch };
    // More epochs only go further on the same way.
    this.altered ||= this.step > 0 && Object.keys(change).some((name) => name !== "epochs");
    try {
      await this.session.ask("change", change);
      if (this.phase === "done" && this.step < this.facts.steps) this.phase = "paused";
    } catch (error) {
      Object.assign(this, { setting, facts, altered, phase });
      throw error;
    }
  }

  #play(): void {
    this.#turns++;
    this.phase = "playing";
    this.parametersSha256 = undefined;
    this.#speed = new Speed();
    this.session.playing = true;
    void this.#tell(this.session.ask("play", this.pace));
  }

  /** Stops, at once or after one more step. */
  async #stand(after: "pause" | "step"): Promise<void> {
    const turn = ++this.#turns;
    this.phase = "paused";
    this.parametersSha256 = undefined;
    this.session.playing = false;
    this.#draw();
    const parametersSha256 = await this.#tell(this.session.ask(after, undefined));
    if (turn === this.#turns) this.parametersSha256 = parametersSha256;
    this.#draw();
  }

  #begin(setting: Setting, facts: RunFacts, { stopped, model, altered = false, why }: Start): void {
    // A stopped run goes on with the settings that stand in its file.
    this.setting = stopped ? settingOf(setting.text, shownOnPage(facts.config)) : setting;
    if (this.wanted === setting) this.wanted = this.setting;
    this.facts = facts;
    this.session.shape = facts.shape;
    this.session.playing = false;
    this.history = facts.step > 0 ? History.from(facts.history) : new History();
    this.last = newestOf(this.history);
    this.validation = newestValidationOf(this.history);
    this.predicted = "";
    this.charsPerSecond = 0;
    this.phase = facts.step > 0 && facts.step >= facts.steps ? "done" : "paused";
    this.parametersSha256 = facts.parametersSha256;
    this.altered = altered;
    this.#snapshot = stopped;
    this.#model = model;
    this.say([why, ...facts.notes].filter(Boolean).join(" "));
    for (const listener of this.#listeners) listener.begin?.(facts, this.setting);
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

  #tellChanged({ config }: RunFacts): void {
    for (const listener of this.#listeners) listener.changed?.(config, this.setting);
    this.#draw();
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
