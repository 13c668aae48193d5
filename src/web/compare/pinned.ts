// A run that is kept to be compared with the next: what there is of it, what tells the two apart, and the
// contrasts that are asked for most. Draws nothing.

import type { Config } from "../../settings/check.ts";
import { FIELDS } from "../fields.ts";
import { changed, configOf, defaultsFor, isSample, type Setting } from "../setting.ts";
import { SAMPLES } from "../texts.ts";
import type { Answers, Written } from "../training/protocol.ts";
import { cited } from "../views/format.ts";

/** What views keep of a run; each what it shows. */
export interface Kept {
  readonly steps?: readonly number[];
  /** By these steps. */
  readonly loss?: readonly number[];
  readonly written?: Written;
  readonly answers?: Answers;
  /** [T][V] of a pair of texts. */
  readonly probabilities?: Float64Array;
}

export interface Pinned extends Kept {
  readonly setting: Setting;
  /** How many steps it had done. */
  readonly step: number;
  /** What it has that the run beside it has not, in a few words; and the other way round. */
  readonly name: string;
  readonly otherName: string;
}

/** A view that keeps of a run what it shows, and shows what was kept beside another. */
export interface Comparing {
  keep(): Kept | Promise<Kept>;
  pin(pinned: Pinned | undefined): void;
}

const CELLS = { rnn: "tanh", gru: "GRU", lstm: "LSTM" };
const MOST = 3; // differences that are named

/** What tells two settings apart: of the one, and of the other. */
export function differenceOf(one: Setting, other: Setting): [string, string] {
  const [a, b] = [configOf(one), configOf(other)];
  const [text, otherText] = [textWords(one), textWords(other)];
  const names = FIELDS.map(({ name }) => name).filter(
    (name) => name !== "input" && name !== "target" && a[name] !== b[name],
  );
  const list = (config: Config, ownText: string): string =>
    [
      ...(text === otherText ? [] : [ownText]),
      ...names.slice(0, MOST).map((name) => words(name, config)),
      ...(names.length > MOST ? ["…"] : []),
    ].join(", ");
  return [list(a, text) || "the run before", list(b, otherText) || "the same again"];
}

function textWords({ text, changes }: Setting): string {
  if (!text) {
    const { input, target } = configOf({ text, changes });
    return `${cited(input)} → ${cited(target)}`;
  }
  return isSample(text) ? text.label.toLowerCase() : cited(text.name);
}

function words(name: keyof Config, config: Config): string {
  if (name === "cell") return CELLS[config.cell];
  const value = config[name];
  if (name === "clipNorm") return value === 0 ? "norm not clipped" : `norm clipped at ${value}`;
  if (name === "clipValue") return value === 0 ? "values not clipped" : `clipped at ±${value}`;
  const label = FIELDS.find((field) => field.name === name)?.label ?? name;
  return `${label.toLowerCase()} ${cited(String(value))}`;
}

export const CONTRASTS = ["cell", "clipping", "seed"] as const;
export type Contrast = (typeof CONTRASTS)[number];

/** Two runs: `first` is the one that there is, where it can be. */
export interface Contrasted {
  readonly first: Setting;
  readonly second: Setting;
}

/** The runs of a contrast, for who has a run of this setting. @throws {ConfigError} */
export function contrastFor(contrast: Contrast, setting: Setting): Contrasted {
  const config = configOf(setting);
  if (contrast === "cell") {
    const recall = SAMPLES.find(({ name }) => name === "recall");
    const first =
      setting.text === recall ? setting : changed({ text: recall, changes: {} }, { cell: "rnn" });
    const cell = configOf(first).cell === "rnn" ? "lstm" : "rnn";
    return { first, second: changed(first, { cell }) };
  }
  if (contrast === "seed") {
    return { first: setting, second: changed(setting, { seed: config.seed + 1 }) };
  }
  const { clipNorm, clipValue } = defaultsFor(setting.text);
  const isClipped = config.clipNorm > 0 || config.clipValue > 0;
  const clips = isClipped ? { clipNorm: 0, clipValue: 0 } : { clipNorm, clipValue };
  return { first: setting, second: changed(setting, clips) };
}

/**
 * Columns of a plot by steps, ascending, with one more, of another run by its own: where the first run has no
 * steps any more, those of the other go on.
 */
export function withOther(
  data: readonly ArrayLike<number | null | undefined>[],
  steps: readonly number[],
  values: readonly number[],
): (number | null | undefined)[][] {
  const [x = [], ...columns] = data;
  const own = Array.from(x) as number[];
  const last = own.at(-1) ?? -1;
  const from = steps.findIndex((step) => step > last);
  const more = from < 0 ? [] : steps.slice(from);
  let at = 0;
  const other = own.map((step) => {
    while (at + 1 < steps.length && (steps[at + 1] as number) <= step) at++;
    return step <= (steps.at(-1) ?? -1) && (steps[at] as number) <= step ? values[at] : null;
  });
  const none = more.map(() => null);
  return [
    [...own, ...more],
    ...columns.map((column) => [...Array.from(column), ...none]),
    [...other, ...(from < 0 ? [] : values.slice(from))],
  ];
}
