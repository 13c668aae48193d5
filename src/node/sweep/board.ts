// A sweep on the screen: on a terminal a table that is drawn anew, the best first; elsewhere a line for each run
// that has ended, and the table at the end.

import { grouped, shown } from "../../outside/printable.ts";
import { bitsOf } from "../../train/metrics.ts";
import type { Output } from "../output.ts";
import { duration } from "../run/progress.ts";
import { hashCell, tableLines } from "../runs/table.ts";
import type { Plan } from "./plan.ts";
import { bestFirst, lossOf, type Standing, type State, stepsOf } from "./standing.ts";
import { foldedOf } from "./summary.ts";
import { workOf } from "./work.ts";

const REDRAW = 200; // ms at least between two drawings
const LONGEST_REASON = 60; // characters
const MOST_ROWS = 40; // of the table at the end

const WORDS: Readonly<Record<State, string>> = {
  ...{ waiting: "to go", running: "running", done: "done" },
  ...{ out: "out", stopped: "stopped", failed: "failed" },
};

export class Board {
  readonly #plan: Plan;
  readonly #output: Output;
  readonly #began = performance.now();
  /** Work that was done before this command began. */
  #before: number | undefined;
  #drawn = 0;

  constructor(plan: Plan, output: Output) {
    this.#plan = plan;
    this.#output = output;
  }

  /** Shows how a sweep stands; `changed` has ended something. */
  async show(standings: readonly Standing[], changed?: Standing): Promise<void> {
    this.#before ??= doneOf(standings);
    if (!this.#output.isTerminal) {
      if (changed) await this.#output.line(this.#endedLine(changed, standings));
      return;
    }
    const now = performance.now();
    if (now - this.#drawn < REDRAW) return;
    this.#drawn = now;
    const rows = Math.max(3, this.#output.rows - 3);
    this.#output.status(this.#headline(standings), ...this.#table(standings, rows));
  }

  /** What is left standing at the end. */
  async conclude(standings: readonly Standing[]): Promise<void> {
    for (const line of this.#table(standings, MOST_ROWS)) await this.#output.line(line);
    const folded = this.#plan.axes.includes("seed") ? foldedOf(this.#plan, standings) : [];
    if (!folded.some(({ spread }) => spread !== undefined)) return;
    await this.#output.line("");
    await this.#output.line("Over the seeds:");
    const names = this.#plan.axes.filter((name) => name !== "seed");
    const rows = folded
      .slice(0, MOST_ROWS)
      .map(({ settings, runs, done, mean, spread }) => [
        ...names.map((name) => `${settings[name]}`),
        mean === undefined ? "–" : mean.toFixed(4),
        spread === undefined ? "–" : `± ${spread.toFixed(4)}`,
        done === runs ? `${runs}` : `${done} of ${runs}`,
      ]);
    for (const line of tableLines([...names, "mean", "spread", "runs"], rows)) {
      await this.#output.line(line);
    }
  }

  #headline(standings: readonly Standing[]): string {
    const count = (...states: State[]) =>
      standings.filter(({ state }) => states.includes(state)).length;
    const parts = [
      `${count("done")} of ${standings.length} done`,
      ...(this.#plan.halving === undefined ? [] : [`${count("out")} out`]),
      `${count("running")} running`,
      ...(count("failed") > 0 ? [`${count("failed")} failed`] : []),
    ];
    const left = this.#left(standings);
    return `${parts.join(", ")}${left === undefined ? "" : `; ${duration(left)} left`}`;
  }

  /** Seconds, as the work so far has gone; undefined before there is any. */
  #left(standings: readonly Standing[]): number | undefined {
    const done = doneOf(standings) - (this.#before ?? 0);
    if (done <= 0) return undefined;
    const going = standings.filter(({ state }) => !["done", "out", "failed"].includes(state));
    const left = going.reduce((sum, one) => sum + workOf(one.run, one.run.steps - stepsOf(one)), 0);
    return ((performance.now() - this.#began) / 1000 / done) * left;
  }

  #endedLine(one: Standing, standings: readonly Standing[]): string {
    const loss = lossOf(one);
    const reached = loss === undefined ? "" : `, ${loss.toFixed(4)} nats a character`;
    const why = one.state === "failed" ? `: ${shown(one.reason ?? "", 200)}` : "";
    const at = one.state === "stopped" ? ` at step ${grouped(stepsOf(one))}` : "";
    return `${one.run.name}: ${this.#wordOf(one)}${at}${reached}${why} (${this.#headline(standings)})`;
  }

  #table(standings: readonly Standing[], most: number): string[] {
    const { axes } = this.#plan;
    const head = [...axes, "steps", "loss", "bits", "time", "SHA-256", "state"];
    const ordered = bestFirst(standings);
    const lines = tableLines(
      head,
      ordered.slice(0, most).map((one) => this.#row(one)),
    );
    const more = ordered.length - most;
    return more > 0 ? [...lines, `… and ${more} more`] : lines;
  }

  #row(one: Standing): string[] {
    const { run, receipt, state, reason } = one;
    const loss = lossOf(one);
    const share = Math.floor((100 * stepsOf(one)) / Math.max(1, run.steps));
    return [
      ...this.#plan.axes.map((name) => shown(`${run.point[name]}`, 20)),
      state === "done" ? grouped(stepsOf(one)) : `${share} %`,
      loss === undefined ? "–" : loss.toFixed(4),
      loss === undefined ? "–" : bitsOf(loss).toFixed(3),
      receipt ? duration(receipt.seconds) : "–",
      receipt ? hashCell(receipt.parametersSha256.final) : "–",
      state === "failed" ? `failed: ${shown(reason ?? "", LONGEST_REASON)}` : this.#wordOf(one),
    ];
  }

  #wordOf({ state, run, receipt }: Standing): string {
    const isAtRung = state === "stopped" && run.rungs.includes(receipt?.steps ?? 0);
    return isAtRung ? "waiting" : WORDS[state];
  }
}

function doneOf(standings: readonly Standing[]): number {
  return standings.reduce((sum, one) => sum + workOf(one.run, stepsOf(one)), 0);
}
