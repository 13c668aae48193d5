// How the curves of several runs look, in a picture and in a page.

import type uPlot from "uplot";
import type { Size, Theme } from "./options.ts";

/** Okabe and Ito's colours in an order that keeps neighbours apart; then dashes tell lines apart. */
const LIGHT = ["#0072b2", "#c24e00", "#00795a", "#8e44ad", "#5b6675", "#a3195b", "#7a5a00"];
const DARK = ["#56b4e9", "#f0a04b", "#2fc79c", "#c9a0e6", "#a0abba", "#f285b5", "#e0c060"];
const DASHES = [[], [6, 4], [2, 3], [10, 4, 2, 4]];

/** The colour and the dashes of a line. */
export function strokeOf(index: number, isDark: boolean): { stroke: string; dash: number[] } {
  const colours = isDark ? DARK : LIGHT;
  return {
    stroke: colours[index % colours.length] as string,
    dash: DASHES[Math.floor(index / colours.length) % DASHES.length] as number[],
  };
}

/** Lines to draw: their names, and for each place along the axis what each has there, nats a token. */
export interface Comparison {
  readonly axis: string;
  readonly labels: readonly string[];
  readonly places: readonly number[];
  readonly lines: readonly (readonly (number | null)[])[];
}

/** Options for uPlot; the data are the places, then a line for each label. */
export function comparisonOptions(
  { axis, labels }: Pick<Comparison, "axis" | "labels">,
  size: Size,
  theme: Theme,
  isDark: boolean,
): uPlot.Options {
  const font = `12px ${theme.fontFamily}`;
  const common = {
    ...{
      stroke: theme.muted,
      font,
      ticks: { show: false },
      grid: { stroke: theme.grid, width: 1 },
    },
    ...{ labelFont: `600 12px ${theme.fontFamily}`, labelSize: 22 },
  };
  return {
    ...size,
    scales: { x: { time: false } },
    axes: [
      { ...common, size: 44, label: axis },
      { ...common, size: 64, label: "nats a character" },
    ],
    series: [
      { label: axis },
      ...labels.map((label, i) => ({
        label,
        ...strokeOf(i, isDark),
        width: 2,
        spanGaps: true,
        points: { show: false },
      })),
    ],
  };
}
