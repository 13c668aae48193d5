// The page at work: one run in the training worker, what is known of it, and the views that show it.

import type { Config } from "../model/config.ts";
import { Course } from "./course.ts";
import type { Field } from "./fields.ts";
import { Queue } from "./queue.ts";
import { blobOf, changed, configOf, HELLO, pick, type Setting } from "./setting.ts";
import type { News, Progress, RaceJob, RaceResult, RunFacts, RunJob } from "./training/protocol.ts";
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
  course = new Course();
  /** Of the weights where the run stands; undefined while it goes on. */
  parametersSha256: string | undefined;
  /** Whether settings were changed on the way, so that no command gives the same weights. */
  altered = false;
  /** The last thing worth saying. */
  said = "";
  /** Steps a second. */
  pace = 1;
  readonly #listeners: RunListener[] = [];
  readonly #draw: () => void;
  #session: Session | undefined;
  #snapshot: Uint8Array<ArrayBuffer> | undefined;
  #lostAt: number[] = [];
  /** The model's file that the run began with, if one was opened. */
  #model: Uint8Array<ArrayBuffer> | undefined;
  #replaced: Replaced | undefined;
  readonly #queue = new Queue();
  /** Starts that are under way or to come. */
  #starts = 0;
  /** Whether the run is to play, once nothing is being started; and how often that was decided. */
  #wish = false;
  #wishes = 0;
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
    return this.course.step;
  }

  /**
   * Starts a run in place of the one there is, which stays if this one cannot be. Settles without a
   * run where a newer start has been asked for.
   */
  async start(setting: Setting, start: Start): Promise<void> {
    const number = this.#queue.supersede();
    const wish = this.#wish;
    this.wanted = setting;
    this.#decide(start.play);
    const decided = this.#wishes;
    this.#starts++;
    try {
      await this.#queue.do(number, () => this.#start(setting, start));
    } catch (error) {
      if (number === this.#queue.newest) this.wanted = this.setting;
      if (decided === this.#wishes) this.#decide(wish);
      if (error instanceof WorkerLost && !this.facts) this.phase = "failed"; // there is no run at all
      throw error;
    } finally {
      this.#settle();
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
    if (this.#starts === 0 && (this.phase === "done" || !this.facts)) return;
    this.#decide(true);
    if (this.#starts === 0) this.#play();
  }

  async pause(): Promise<void> {
    this.#decide(false);
    if (this.#starts > 0 || this.phase !== "playing") return;
    await this.#stand("pause");
  }

  async takeStep(): Promise<void> {
    if (this.#starts > 0 || this.phase === "done" || !this.facts) return;
    this.#decide(false);
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
    await this.#tell(this.#queue.do(this.#queue.newest, () => this.#change(change)));
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
    if (news.kind === "progress") {
      this.said = this.course.add(news) ?? this.said;
      for (const listener of this.#listeners) listener.progress?.(news);
    } else if (news.kind === "snapshot") {
      this.#snapshot = news.bytes;
      for (const listener of this.#listeners) listener.snapshot?.(news.bytes, news.step);
    } else if (news.kind === "done") {
      this.phase = "done";
      this.#decide(false);
      this.parametersSha256 = news.parametersSha256;
    } else if (news.kind === "busy") return;
    else if (news.isTeam) this.lost(news.reason);
    else {
      this.phase = "failed";
      this.#decide(false);
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
    if (this.facts) this.#queue.restored = this.#restore(why);
    else this.say(why);
  }

  async #start(setting: Setting, start: Start): Promise<void> {
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
    } catch (error) {
      if (!(error instanceof WorkerLost)) this.say(reasonOf(error));
      if (this.phase === "playing") this.phase = "paused"; // the attempt has stopped it
      await this.#queue.restored; // where it cost the worker
      throw error;
    }
  }

  /** Gives a new worker the run that a lost one had. */
  async #restore(why: string): Promise<void> {
    this.phase = "paused";
    this.#starts++;
    const { setting, altered } = this;
    const origin = { stopped: this.#snapshot, model: this.#model, altered };
    try {
      this.#begin(setting, await this.#askForRun(setting, origin), { ...origin, play: false, why });
    } catch (error) {
      if (error instanceof WorkerLost) return; // and told again
      this.phase = "failed";
      this.say(`${why} It could not: ${reasonOf(error)}. Reset starts again.`);
    } finally {
      this.#settle();
    }
  }

  #decide(wish: boolean): void {
    this.#wish = wish;
    this.#wishes++;
  }

  /** A start is over: with the last of them, the run that there is plays if it is to. */
  #settle(): void {
    this.#starts--;
    if (this.#starts === 0 && this.#wish && this.phase === "paused") this.#play();
    this.#draw();
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
    this.course.plays();
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
    // Settings that changed on a stopped run's way stand in its file.
    const isLive = ({ live }: Field): boolean => live === true;
    this.setting = stopped ? changed(setting, pick(facts.config, isLive)) : setting;
    if (this.wanted === setting) this.wanted = this.setting;
    this.facts = facts;
    this.session.shape = facts.shape;
    this.session.playing = false;
    this.course = new Course(facts);
    this.phase = facts.step > 0 && facts.step >= facts.steps ? "done" : "paused";
    this.parametersSha256 = facts.parametersSha256;
    this.altered = altered;
    this.#snapshot = stopped;
    this.#model = model;
    this.say([why, ...facts.notes].filter(Boolean).join(" "));
    for (const listener of this.#listeners) listener.begin?.(facts, this.setting);
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
