// Loss against seconds of training, a line for each run, drawn by uPlot.

import type uPlot from "uplot";
import { LIGHT } from "../../curves/options.ts";
import { drawPicture } from "../pictures/canvas.ts";
import { drawHeading, fillBackground, type Heading, headingHeight } from "../pictures/heading.ts";
import { drawDashed } from "./chart.ts";

/** What a run had reached after how long. */
export interface LossCurve {
  /** Its colour is that of its network … */
  readonly network: string;
  /** … and its line that of what made it. */
  readonly by: LossMaker;
  readonly seconds: readonly number[];
  /** Nats a character. */
  readonly losses: readonly number[];
}

/** ello in f32, in f64, or another program. */
export type LossMaker = "f32" | "f64" | "PyTorch";

export interface LossChart {
  readonly curves: readonly LossCurve[];
  /** What counting gives, nats a character. */
  readonly counted: number;
  readonly machine: string;
}

// CSS pixels.
const SIZE = { width: 900, height: 520 };
const COLOURS = ["#0060a0", "#c24a00", "#2e7d32", "#7b1fa2", "#00838f", "#ad1457", "#6d4c41"];
const GREY = "#455a64"; // of what stands for every network
const LINES: Readonly<Record<LossMaker, { label: string; width: number; dash?: number[] }>> = {
  f32: { label: "in f32", width: 3 },
  f64: { label: "in f64", width: 1.5 },
  PyTorch: { label: "PyTorch's, f32", width: 2, dash: [4, 3] },
};
const MOST_ABOVE = 0.5; // nats above the best: where a run begins is of no interest
const MARGIN = 0.02; // nats

/** @returns a PNG. */
export function drawLossChart({ curves, counted, machine }: LossChart): Promise<Uint8Array> {
  const networks = [...new Set(curves.map(({ network }) => network))];
  const colour = (network: string): string =>
    COLOURS[networks.indexOf(network) % COLOURS.length] as string;
  const makers = [...new Set(curves.map(({ by }) => by))];
  const times = [...new Set(curves.flatMap(({ seconds }) => seconds))].toSorted((a, b) => a - b);
  const lines = curves.map(({ seconds, losses }) =>
    times.map((time) => losses[seconds.indexOf(time)] ?? null),
  );
  const axis = { stroke: LIGHT.muted, font: `12px ${LIGHT.fontFamily}`, ticks: { show: false } };
  const label = { labelFont: `600 12px ${LIGHT.fontFamily}`, labelSize: 22 };
  const grid = { stroke: LIGHT.grid, width: 1 };
  const heading: Heading = {
    title: ["Validation loss against seconds of training"],
    subtitle: `${machine} · grey dashes: counting · lower is better`,
    isLegendBelow: true,
    legend: [
      ...networks.map((network) => ({ label: network, colour: colour(network) })),
      ...makers.map((by) => ({ ...LINES[by], colour: GREY })),
    ],
  };
  const all = curves.flatMap(({ losses }) => losses);
  const best = Math.min(...all);
  const low = Math.min(best, counted) - MARGIN;
  const high = Math.max(Math.min(Math.max(...all), best + MOST_ABOVE), counted) + MARGIN;
  const options = (): Omit<uPlot.Options, "width" | "height"> => ({
    padding: [headingHeight(heading), 24, 0, 8],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => [0, (times.at(-1) ?? 1) * 1.02] },
      y: { range: () => [low, high] },
    },
    axes: [
      { ...axis, ...label, grid, size: 44, label: "seconds of training" },
      { ...axis, ...label, grid, size: 64, label: "nats a character" },
    ],
    series: [
      {},
      ...curves.map(({ network, by }) => {
        const { width, dash } = LINES[by];
        const points = { show: true, size: 5, fill: LIGHT.background };
        const line = { stroke: colour(network), width, spanGaps: true, points };
        return { label: `${network}, ${by}`, ...line, ...(dash && { dash }) };
      }),
    ],
    hooks: {
      drawClear: [fillBackground],
      draw: [(plot) => drawDashed(plot, counted), (plot) => drawHeading(plot, heading)],
    },
  });
  return drawPicture(SIZE, options, [times, ...lines], "png");
}
