// The page at work: one run in the training worker, what is known of it, and the views that show it.

import type { Config } from "../settings/check.ts";
import { Course } from "./course.ts";
import { Queue } from "./queue.ts";
import { changed, HELLO, type Setting } from "./setting.ts";
import type { Phase, Replaced, RunListener, Start } from "./starting.ts";
import { asTrained, isDetour, jobOf } from "./starting.ts";
import type { News, RaceJob, RaceResult, RunFacts } from "./training/protocol.ts";
import { reasonOf, type Session, WorkerLost } from "./training/session.ts";
import { steps } from "./views/format.ts";

export class Playground {
  /** There once the cores are; nothing asks before. */
  declare session: Session;
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
  /** The model's file that the run began with, if one was opened. */
  model: Uint8Array<ArrayBuffer> | undefined;
  /** The run that `undo` brings back. */
  replaced: Replaced | undefined;
  /** The last thing worth saying. */
  said = "";
  /** Steps a second. */
  pace = 1;
  readonly #listeners: RunListener[] = [];
  readonly #draw: () => void;
  #snapshot: Uint8Array<ArrayBuffer> | undefined;
  readonly #queue = new Queue();
  /** Starts that are under way or to come. */
  starts = 0;
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
    this.starts++;
    try {
      await this.#queue.do(number, () => this.#start(setting, start));
    } catch (error) {
      if (number !== this.#queue.newest) return; // the newer one decides
      this.wanted = this.setting;
      if (decided === this.#wishes) this.#decide(wish && this.phase === "paused");
      if (error instanceof WorkerLost && !this.facts) this.phase = "failed"; // there is no run at all
      throw error;
    } finally {
      this.#settle();
    }
  }

  /** The run from where it began: its first weights, or those of the model that was opened. */
  reset(): Promise<void> {
    const model = this.model;
    const why = model ? "Back at the model as it was opened." : "Back at the start.";
    return this.start(this.wanted, { model, altered: model !== undefined, play: false, why });
  }

  /** The run that the last start took the place of, as it stood then. */
  async undo(): Promise<void> {
    if (!this.replaced || this.starts > 0) return;
    const { setting, step, ...origin } = this.replaced;
    const why = `Back at the run before, after ${steps(step)}.`;
    await this.start(setting, { ...origin, play: false, why });
  }

  /** Plays, or lets the run that is being started play. */
  play(): void {
    if (this.starts === 0 && (this.phase === "done" || !this.facts)) return;
    this.#decide(true);
    if (this.starts === 0) this.#play();
  }

  async pause(): Promise<void> {
    this.#decide(false);
    if (this.starts > 0 || this.phase !== "playing") return;
    await this.#stand();
  }

  async takeSteps(count = 1): Promise<void> {
    if (this.starts > 0 || this.phase === "done" || !this.facts) return;
    this.#decide(false);
    await this.#stand(count);
  }

  setPace(pace: number): void {
    this.pace = pace;
    if (this.phase === "playing") void this.#tell(this.session.ask("play", pace));
  }

  /** Settings that take effect at once. */
  async change(change: Partial<Config>): Promise<void> {
    const asked = changed(this.wanted, change);
    const { epochs = Number.POSITIVE_INFINITY } = change;
    if (epochs * (this.facts?.stepsPerEpoch ?? 1) <= this.course.step) {
      const why = `Started again: it has trained for more than ${epochs} epochs.`;
      await this.#tell(this.start(asked, { play: this.#wish, why }));
      return;
    }
    this.wanted = asked;
    await this.#tell(this.#queue.do(this.#queue.newest, () => this.#change(change)));
    if (this.wanted === asked && this.starts === 0) this.wanted = this.setting;
    const { facts } = this;
    if (facts) for (const one of this.#listeners) one.changed?.(facts.config, this.setting);
    this.#draw();
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
    } else if (news.kind === "failed" && news.isTeam) {
      if (this.facts) this.facts = { ...this.facts, threads: 1 };
      this.session.lose(news.reason);
    } else if (news.kind !== "busy") {
      this.phase = news.kind;
      if (this.starts === 0) this.#decide(false); // what is being started plays if it is to
      this.parametersSha256 = news.parametersSha256;
      if (news.kind === "failed") this.said = `The reason: ${news.reason}. Reset starts again.`;
      else this.course.counted = news.counted;
    }
    this.#draw();
  }

  /** The worker is gone: another one goes on from the last snapshot, and then does what this one did not. */
  lost(reason: string, isOften: boolean): void {
    this.#turns++;
    this.session.restart();
    if (isOften) {
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
      const facts = await this.session.ask("start", await jobOf(setting, start));
      if (this.course.step > 0 && this.#snapshot) {
        const { altered, model, course } = this;
        const stopped = this.#snapshot;
        this.replaced = { setting: this.setting, stopped, model, altered, step: course.step };
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
    this.starts++;
    const { setting, altered, model, facts: before } = this;
    const origin = { stopped: this.#snapshot, model, altered, isAlone: before?.threads === 1 };
    try {
      const facts = await this.session.ask("start", await jobOf(setting, origin));
      this.#begin(setting, facts, { ...origin, play: false, why });
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
    this.starts--;
    if (this.starts === 0 && this.#wish && this.phase === "paused") this.#play();
    this.#draw();
  }

  async #change(change: Partial<Config>): Promise<void> {
    const { setting, facts, altered, phase } = this;
    if (!facts) return;
    // What the worker sends from now on is of the changed run.
    this.setting = changed(setting, change);
    const config = { ...facts.config, ...change };
    this.facts = { ...facts, config, steps: config.epochs * facts.stepsPerEpoch };
    this.altered ||= this.course.step > 0 && isDetour(change, config);
    try {
      await this.session.ask("change", change);
      if (this.phase === "done" && this.course.step < this.facts.steps) this.phase = "paused";
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

  /** Stops, at once or after some more steps. */
  async #stand(steps = 0): Promise<void> {
    const turn = ++this.#turns;
    this.phase = "paused";
    this.parametersSha256 = undefined;
    this.session.playing = false;
    this.#draw();
    const parametersSha256 = await this.#tell(this.session.ask("stand", steps));
    if (turn === this.#turns) this.parametersSha256 = parametersSha256;
    this.#draw();
  }

  #begin(setting: Setting, facts: RunFacts, { stopped, model, altered = false, why }: Start): void {
    this.setting = stopped ? asTrained(setting, facts.config) : setting;
    if (this.wanted === setting) this.wanted = this.setting;
    this.facts = facts;
    this.session.shape = facts.shape;
    this.session.playing = false;
    this.course = new Course(facts);
    this.phase = facts.step > 0 && facts.step >= facts.steps ? "done" : "paused";
    this.parametersSha256 = facts.parametersSha256;
    this.altered = altered;
    this.#snapshot = stopped;
    this.model = model;
    this.say(why ?? "");
    for (const listener of this.#listeners) listener.begin?.(facts, this.setting, stopped);
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
