// What a run says while it trains: a line that is drawn anew on a terminal, plain lines elsewhere.

import type { StepRecord } from "../../model/record.ts";
import { grouped } from "../../outside/printable.ts";
import { bitsOf, type EpochMean, perplexityOf } from "../../train/metrics.ts";
import type { Output } from "../output.ts";
import type { PreparedRun } from "./prepare.ts";

const REDRAW = 100; // ms at least between two drawings
const BARS = [20, 10, 0]; // characters: the longest that fits

/** Where a stopped run goes on. */
export function resumingLines({
  resumed,
  trainer,
}: Pick<PreparedRun, "resumed" | "trainer">): string[] {
  if (!resumed) return [];
  const { step, changed } = resumed;
  const now = Object.entries(changed).map(([name, value]) => `, ${name} now ${value}`);
  const line = `Resuming at step ${step} of ${trainer.steps}${now.join("")}.`;
  const { schedule, epochs } = trainer.model.config;
  const isBent = changed.epochs !== undefined && changed.schedule === undefined;
  if (!isBent || schedule !== "cosine" || step >= trainer.steps) return [line];
  const rate = Number(trainer.learningRate.toPrecision(5));
  return [
    line,
    `Its learning rate goes on at ${rate}, on the cosine of ${epochs} epochs: other bits than those of a run that had them from its start.`,
  ];
}

/** Prints a run on a text. */
export class TextProgress {
  readonly #output: Output;
  readonly #steps: number;
  readonly #perEpoch: number;
  readonly #logEvery: number;
  readonly #epoch: EpochMean;
  readonly #began = performance.now();
  #first: number | undefined;
  #drawn = 0;
  /** Steps done at the last summary. */
  #summarized = 0;
  #explained = false;

  /** `epoch`: the means of the epoch, to which each record has been added before it is shown. */
  constructor(
    output: Output,
    { steps, perEpoch, logEvery }: Record<"steps" | "perEpoch" | "logEvery", number>,
    epoch: EpochMean,
  ) {
    this.#output = output;
    this.#steps = steps;
    this.#perEpoch = perEpoch;
    this.#logEvery = logEvery;
    this.#epoch = epoch;
  }

  /** Shows a record. */
  async show(record: StepRecord): Promise<void> {
    const { step, epoch, loss, validation, rolledBack, learningRate } = record;
    this.#first ??= step;
    if (rolledBack) {
      await this.#output.line(
        `Went back from step ${rolledBack.from} to ${step}: ${rolledBack.reason}; learning rate now ${learningRate}`,
      );
    }
    const done = step + 1;
    if (this.#output.isTerminal) this.#draw(record);
    else if (done % this.#logEvery === 0) {
      await this.#output.line(`${this.#place(done)}  loss ${loss.toFixed(4)}  ${speed(record)}`);
    }
    const isWhole = done % this.#perEpoch === 0 || validation !== undefined;
    const isDue = done - this.#summarized >= this.#logEvery; // of short epochs, not all
    if (!isWhole) return;
    if (isDue || this.#perEpoch >= this.#logEvery || done === this.#steps) {
      this.#summarized = done;
      await this.#output.line(this.#summary(epoch, validation));
    } else if (!this.#explained) {
      this.#explained = true;
      await this.#output.line(this.#leftOut());
    }
  }

  /** Why some epochs have no line. */
  #leftOut(): string {
    const [steps, every] = [this.#perEpoch, Math.ceil(this.#logEvery / this.#perEpoch)];
    const length = steps === 1 ? "1 step" : `${steps} steps`;
    return `An epoch is ${length}: one in ${every} has a line, and the last; --log-every ${steps} shows all`;
  }

  #place(done: number): string {
    return `Step ${done}/${this.#steps}`;
  }

  #summary(epoch: number, validation: StepRecord["validation"]): string {
    const { loss, accuracy, gradNorm, clipped } = this.#epoch.metrics;
    const own = `Epoch ${epoch}: train ${inUnits(loss)}, accuracy ${percent(accuracy)}, gradient norm ${gradNorm.toFixed(3)}, clipped ${percent(clipped)}`;
    if (!validation) return own;
    const best = validation.best ? ", the best so far" : "";
    return `${own}\n  validation ${inUnits(validation.loss)}, perplexity ${perplexityOf(validation.loss).toFixed(2)}, accuracy ${percent(validation.accuracy)}${best}`;
  }

  #draw(record: StepRecord): void {
    const now = performance.now();
    if (now - this.#drawn < REDRAW) return;
    this.#drawn = now;
    const done = record.step + 1;
    const taken = done - (this.#first ?? 0);
    const left = ((now - this.#began) / 1000 / taken) * (this.#steps - done);
    const parts = {
      share: done / this.#steps,
      place: this.#place(done),
      loss: `loss ${this.#epoch.metrics.loss.toFixed(4)}`,
      speed: speed(record),
      left: `${duration(left)} left`,
    };
    this.#output.status(statusLine(parts, this.#output.columns - 1));
  }
}

/** What the line that is drawn anew can tell. */
export interface StatusParts {
  /** Of the steps, 0 … 1. */
  readonly share: number;
  readonly place: string;
  readonly loss: string;
  readonly speed: string;
  readonly left: string;
}

/** The line in `width` characters: bar, speed, loss and place give way in this order, time left never. */
export function statusLine(
  { share, place, loss, speed, left }: StatusParts,
  width: number,
): string {
  const bars = BARS.map((length) => {
    const filled = Math.round(length * share);
    return `${"█".repeat(filled)}${"░".repeat(length - filled)} `.trimStart();
  });
  const lines = [
    ...bars.map((bar) => `${bar}${place}  ${loss}  ${speed}  ${left}`),
    `${place}  ${loss}  ${left}`,
    `${place}  ${left}`,
  ];
  return lines.find((line) => line.length <= width) ?? left;
}

/** A loss in nats and bits. */
export function inUnits(loss: number): string {
  return `${loss.toFixed(4)} nats (${bitsOf(loss).toFixed(3)} bits) a character`;
}

/** A share in percent. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function speed({ charsPerSecond }: StepRecord): string {
  return `${grouped(Math.round(charsPerSecond))} characters/s`;
}

/** A time, rounded. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(whole / 60);
  if (minutes === 0) return `${whole} s`;
  return minutes < 60
    ? `${minutes} min ${whole % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
