// The one description of the curves: what is drawn, on which axes, in which colours. Shared by the
// PNG, the HTML file and the page; draws nothing itself.

import type uPlot from "uplot";
import { networkWords } from "../engine/cells.ts";
import { printable } from "../outside/printable.ts";
import type { Config } from "../settings/check.ts";
import type { Columns } from "./history.ts";

/** Colours (Okabe & Ito's, told apart by colour-blind readers) and font of a figure. */
export interface Theme {
  readonly background: string;
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly loss: string;
  /** The loss of single steps, behind its mean. */
  readonly raw: string;
  readonly validation: string;
  readonly accuracy: string;
  readonly gradNorm: string;
  readonly fontFamily: string;
}

const FONTS = "Inter, system-ui, sans-serif";

export const LIGHT: Theme = {
  background: "#ffffff",
  text: "#1c2430",
  muted: "#5b6675",
  grid: "#e6e9ee",
  loss: "#0072b2",
  raw: "#a9cfe6",
  validation: "#c24e00",
  accuracy: "#c24e00",
  gradNorm: "#00795a",
  fontFamily: FONTS,
};

export const DARK: Theme = {
  background: "#12161d",
  text: "#e8ecf2",
  muted: "#a0abba",
  grid: "#29313d",
  loss: "#56b4e9",
  raw: "#2b5a78",
  validation: "#f0a04b",
  accuracy: "#f0a04b",
  gradNorm: "#2fc79c",
  fontFamily: FONTS,
};

/** Size of the figure in CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

// Distances of ticks on the epoch axis: 1, 2, 5, 10, 20, 25, 50 … all whole.
const WHOLE_STEPS = Array.from({ length: 10 }, (_, k) => [1, 2, 2.5, 5].map((n) => n * 10 ** k))
  .flat()
  .filter(Number.isInteger);

const ACCURACY_HEADROOM = 104; // percent: a curve at 100 % must not hide under the frame

/** uPlot options for loss (left axis) and accuracy (right axis) over epochs. */
export function curveOptions({ width, height }: Size, theme: Theme): uPlot.Options {
  const font = `12px ${theme.fontFamily}`;
  const labelFont = `600 12px ${theme.fontFamily}`;
  const axis = {
    stroke: theme.muted,
    font,
    labelFont,
    labelGap: 4,
    labelSize: 22,
    ticks: { stroke: theme.grid, width: 1, size: 5 },
  };
  return {
    width,
    height,
    scales: {
      x: { time: false, range: (_plot, low, high) => epochRange(low, high) },
      loss: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.05 : 1] },
      accuracy: { range: () => [0, ACCURACY_HEADROOM] },
    },
    axes: [
      { ...axis, label: "Epoch", size: 34, grid: { show: false }, incrs: WHOLE_STEPS },
      {
        ...axis,
        scale: "loss",
        label: "Loss (nats per character)",
        stroke: theme.loss,
        size: 46,
        grid: { stroke: theme.grid, width: 1 },
      },
      {
        ...axis,
        scale: "accuracy",
        side: 1,
        label: "Accuracy (%)",
        stroke: theme.accuracy,
        size: 42,
        grid: { show: false },
        splits: () => [0, 25, 50, 75, 100],
      },
    ],
    series: [
      { label: "Epoch", value: (_plot, value) => value ?? "–" },
      {
        label: "Loss",
        scale: "loss",
        stroke: theme.loss,
        width: 2,
        points: { show: showPoints },
        value: (_plot, value) => (value == null ? "–" : `${value.toFixed(4)} nats/char`),
      },
      {
        label: "Accuracy",
        scale: "accuracy",
        stroke: theme.accuracy,
        width: 2,
        points: { show: showPoints },
        value: (_plot, value) => (value == null ? "–" : `${value.toFixed(1)} %`),
      },
    ],
    legend: { live: true },
    cursor: { drag: { x: true, y: false } },
  };
}

/** A range with some width also for no point or one. */
function epochRange(low: number | null, high: number | null): [number, number] {
  if (low == null || high == null) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

/** A line needs two points; a single record is drawn as a dot. */
function showPoints(plot: uPlot): boolean {
  return plot.data[0].length === 1;
}

/** History as uPlot data, in the order of the series of `curveOptions`. */
export function curveData({ epoch, loss, accuracy }: Columns): uPlot.AlignedData {
  return [epoch, loss, accuracy];
}

const TEXT_LIMIT = 24; // code points shown of a text

/** A text as a heading shows it: short, control characters spelled out. */
export function shownText(text: string): string {
  const characters = [...text];
  const shown = characters.slice(0, TEXT_LIMIT).join("");
  const cut = characters.length > TEXT_LIMIT ? `${shown}…` : shown;
  return printable(cut);
}

/** What a figure is of. */
export interface FigureOf {
  /** The files of the text; none for a pair. */
  readonly text: readonly string[];
  /** The run's name: its folder. */
  readonly run: string;
}

/** A heading in its parts. */
export interface Title {
  readonly learned: readonly [text: string, to?: string];
  readonly run: string;
}

/** Heading of a figure: what is learned, in one part or from one to another, and by which run. */
export function curveTitle({ input, target }: Config, { text, run }: FigureOf): Title {
  const named = { run: `run ${shownText(lastName(run))}` };
  return input
    ? { learned: [`Learning ${shownText(input)}`, shownText(target)], ...named }
    : { learned: [`Training on ${shownFiles(text)}`], ...named };
}

/** Files of a text as a heading names them. */
function shownFiles([first = "a text", ...others]: readonly string[]): string {
  const name = first === "-" ? "standard input" : shownText(lastName(first));
  return others.length === 0 ? name : `${name} and ${others.length} more`;
}

/** The last part of a path. */
function lastName(path: string): string {
  return path.split(/[/\\]/).findLast((part) => part !== "" && part !== ".") ?? path;
}

/** Line under the heading: the settings. */
export function curveSubtitle(config: Config): string {
  const { hiddenSize, dropout, optimizer, learningRate, clipValue, clipNorm, seed, engine } =
    config;
  const clips = [
    ...(clipNorm > 0 ? [`clip norm ${clipNorm}`] : []),
    ...(clipValue > 0 ? [`clip ±${clipValue}`] : []),
  ].join(", ");
  const name = optimizer === "sgd" ? "SGD" : optimizer;
  const shape = config.input ? "" : ` · T ${config.seqLength}, B ${config.batchSize}`;
  const drops = dropout > 0 ? ` · dropout ${dropout}` : "";
  return `${networkWords(config, hiddenSize)}${shape}${drops} · ${name}, learning rate ${learningRate} · ${clips || "no clipping"} · seed ${seed} · ${engine} engine`;
}

/** Whether a run is on a corpus, and so has steps, a validation and the other figure. */
export function isCorpusRun({ input }: Pick<Config, "input">): boolean {
  return input === "";
}
