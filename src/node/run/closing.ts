// The last lines of a run: what it found, the hash that tells whether it is the same elsewhere, and the
// command to type next.

import { isCorpusRun } from "../../curves/options.ts";
import type { Model } from "../../index.ts";
import type { Progress } from "../../model/state.ts";
import { grouped } from "../../outside/printable.ts";
import { shellWord } from "../../outside/shell.ts";
import type { Receipt } from "../../receipt/receipt.ts";
import type { NgramLoss } from "../../train/ngrams.ts";
import { type Caller, startOf } from "../caller.ts";
import { inUnits } from "./progress.ts";

/** What the last lines tell. */
export interface Ending {
  readonly best: Progress["best"];
  /** What counting gives on the same text. */
  readonly counted?: NgramLoss["best"] | undefined;
  /** Of the weights as training left them. */
  readonly parametersSha256: string;
  readonly outDir: string;
  /** Whether it was stopped before its end. */
  readonly isStopped: boolean;
}

/** The last lines of a run. */
export function closingLines(
  { best, counted, parametersSha256, outDir, isStopped }: Ending,
  caller: Caller = process,
): string[] {
  const [command, flag] = isStopped ? ["train", "--resume"] : ["sample", "--model"];
  const words = outDir.startsWith("-") ? [`${flag}=${outDir}`] : [flag, outDir];
  const next = [...startOf(command, caller), ...words].map(shellWord).join(" ");
  return [
    ...(best ? [`Best validation ${inUnits(best.loss)}, after step ${best.step}`] : []),
    ...(best && counted && best.loss > counted.loss
      ? [`Counting does better there: a ${counted.order}-gram model has ${inUnits(counted.loss)}`]
      : []),
    `SHA-256 of the weights ${parametersSha256}`,
    `Next: ${next}`,
  ];
}

/** How fast a run of `steps` steps was. */
export function speedLine(
  { config, engine }: Model,
  steps: number,
  { seconds, charsPerSecond }: Pick<Receipt, "seconds" | "charsPerSecond">,
): string {
  const name = engine.name === "wasm" && config.fast ? "fast wasm" : engine.name;
  const speed = grouped(Math.round(charsPerSecond));
  const most = config.threads === 0 ? "up to " : ""; // as many as pay at each time
  const team = engine.threads === 1 ? "1 thread" : `${most}${engine.threads} threads`;
  const unit = isCorpusRun(config) ? "steps" : "epochs";
  return `${steps} ${unit} in ${seconds.toFixed(3)} s, ${speed} characters/s (${name} engine, ${team})`;
}
