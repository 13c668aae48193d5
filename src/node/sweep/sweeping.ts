// Makes the runs of a sweep: as many at once as may be, those that are furthest first; where runs are halved,
// each waits at its rungs until it is certain whether it goes on.

import { join } from "node:path";
import { Halving } from "../../sweep/halving.ts";
import { placeOf } from "../folder/save-journal.ts";
import { readReceiptIn } from "../runs/receipts.ts";
import type { Ended, Jobs } from "./jobs.ts";
import type { Plan } from "./plan.ts";
import { isOf, lossAfter, type Standing, standingOf, stepsOf, withReceipt } from "./standing.ts";

/** Who watches a sweep. Called whenever something has changed. */
export type Watcher = (standings: readonly Standing[], changed?: Standing) => void | Promise<void>;

export class Sweeping {
  readonly #plan: Plan;
  readonly #folder: string;
  readonly #jobs: Jobs;
  readonly #watch: Watcher;
  readonly #halving: Halving | undefined;
  /** How many rungs each run has. */
  readonly #rungs: number;
  #standings: Standing[] = [];
  /** The rung that each run is to reach, or waits at. */
  readonly #rung: number[] = [];
  readonly #running = new Set<number>();
  /** Of what is told, such as that nobody reads it. */
  #failure: { readonly error: unknown } | undefined;
  #wake = (): void => {};
  #isInterrupted = false;

  private constructor(plan: Plan, folder: string, jobs: Jobs, watch: Watcher) {
    this.#plan = plan;
    this.#folder = folder;
    this.#jobs = jobs;
    this.#watch = watch;
    this.#rungs = Math.max(0, ...plan.runs.map(({ rungs }) => rungs.length));
    if (plan.halving !== undefined) {
      this.#halving = new Halving(plan.runs.length, plan.halving, this.#rungs);
    }
  }

  /** Takes up what there is in the folder. */
  static async open(plan: Plan, folder: string, jobs: Jobs, watch: Watcher): Promise<Sweeping> {
    const sweeping = new Sweeping(plan, folder, jobs, watch);
    for (const number of plan.runs.keys()) {
      sweeping.#standings.push(await standingOf(plan, number, folder));
      sweeping.#rung.push(0);
      sweeping.#climb(number);
    }
    return sweeping;
  }

  get standings(): readonly Standing[] {
    return this.#standings;
  }

  /** Makes what is not made. @returns whether all is: not where it was interrupted. */
  async toTheEnd(): Promise<boolean> {
    await this.#watch(this.#standings);
    for (;;) {
      this.#settleRungs();
      const ready = this.#isInterrupted ? [] : this.#ready();
      const free = this.#jobs.atOnce - this.#running.size;
      for (const [i, number] of ready.slice(0, free).entries()) {
        this.#running.add(number);
        void this.#make(number, ready.length - i)
          .catch((error: unknown) => this.#fail(error))
          .finally(() => {
            this.#running.delete(number);
            this.#wake();
          });
      }
      if (this.#failure) throw this.#failure.error;
      if (this.#running.size === 0) break;
      // Not a race: each would leave something with all that go on, which may be thousands.
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
    return !this.#isInterrupted;
  }

  interrupt(): void {
    this.#isInterrupted = true;
    this.#jobs.interrupt();
  }

  /** The runs to be gone on with, those that are furthest first. */
  #ready(): number[] {
    const isReady = ({ state, number }: Standing) =>
      (state === "waiting" || state === "stopped") &&
      !this.#running.has(number) &&
      !this.#isAtRung(number);
    const rungOf = ({ number }: Standing) => this.#rung[number] as number;
    return this.#standings
      .filter(isReady)
      .toSorted((a, b) => rungOf(b) - rungOf(a) || a.number - b.number)
      .map(({ number }) => number);
  }

  /** The step at which a run waits next; undefined for its end. */
  #until(number: number): number | undefined {
    return this.#plan.runs[number]?.rungs[this.#rung[number] as number];
  }

  #isAtRung(number: number): boolean {
    const until = this.#until(number);
    return until !== undefined && stepsOf(this.#standings[number] as Standing) >= until;
  }

  async #make(number: number, waiting: number): Promise<void> {
    const { run } = this.#standings[number] as Standing;
    this.#change(number, { state: "running" });
    await this.#watch(this.#standings);
    const ended = await this.#jobs.do({ run, until: this.#until(number), waiting }, (progress) => {
      this.#change(number, { progress });
      this.#news().catch((error: unknown) => this.#fail(error));
    });
    await this.#take(number, ended);
    this.#climb(number);
    await this.#watch(this.#standings, this.#standings[number]);
  }

  async #news(): Promise<void> {
    await this.#watch(this.#standings);
  }

  /** Ends the sweep with an error that is no run's. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  /** What a job has left. */
  async #take(number: number, ended: Ended): Promise<void> {
    const one = this.#standings[number] as Standing;
    const path = placeOf(join(this.#folder, one.run.name), "receipt.json");
    const receipt = await readReceiptIn(path).catch(() => undefined);
    const isOurs = receipt !== undefined && isOf(receipt, this.#plan, one.run);
    const now = isOurs ? withReceipt(one, receipt) : { ...one, state: "stopped" as const };
    this.#standings[number] = now;
    if (now.state === "failed" || now.state === "done") return;
    if (ended.kind === "interrupted" && this.#isInterrupted) return;
    if (ended.kind === "ended" && isOurs && this.#isAtRung(number)) return;
    const reasons = {
      interrupted: "stopped by a signal of its own; the same command goes on with it",
      ended: isOurs ? "it ended before its end" : "no receipt of this run came of it",
      failed: ended.kind === "failed" ? ended.reason : "",
    };
    this.#change(number, { state: "failed", reason: reasons[ended.kind] });
  }

  /** Reports a run at the rungs that it has come to, and goes up those where it is certain that it goes on. */
  #climb(number: number): void {
    const halving = this.#halving;
    if (!halving) return;
    const { run, receipt, state } = this.#standings[number] as Standing;
    for (let rung = this.#rung[number] as number; rung < this.#rungs; rung++) {
      this.#rung[number] = rung;
      const at = run.rungs[rung] as number;
      const isThere = (receipt?.steps ?? 0) >= at;
      // One whose patience ended it has its best.
      if (isThere) halving.report(rung, number, lossAfter(receipt, at));
      else if (state === "done") halving.report(rung, number, receipt?.best?.loss);
      else if (state === "failed") halving.report(rung, number, undefined);
      if (halving.decide(rung, number) !== "on") return;
      this.#rung[number] = rung + 1;
    }
  }

  /** What has become certain of those that wait. */
  #settleRungs(): void {
    const halving = this.#halving;
    if (!halving) return;
    // One that goes on from a rung may make others certain at the next.
    for (let isNews = true; isNews; ) {
      isNews = false;
      for (const { number, state } of this.#standings) {
        const before = this.#rung[number] as number;
        if (before >= this.#rungs || this.#running.has(number)) continue;
        this.#climb(number);
        isNews ||= this.#rung[number] !== before;
        const isOut = halving.decide(this.#rung[number] as number, number) === "stop";
        if (isOut && (state === "stopped" || state === "waiting"))
          this.#change(number, { state: "out" });
      }
    }
  }

  #change(number: number, change: Partial<Standing>): void {
    this.#standings[number] = { ...(this.#standings[number] as Standing), ...change };
  }
}
