// Time a character against a size, as lines on logarithmic scales, drawn by uPlot.

import type uPlot from "uplot";
import { type BenchReport, machineNote } from "../../bench/report.ts";
import { LIGHT } from "../../curves/options.ts";
import { drawPicture } from "../pictures/canvas.ts";
import { drawHeading, fillBackground, type Heading, headingHeight } from "../pictures/heading.ts";
import { colourOf } from "./chart.ts";
import { namesOf } from "./table.ts";

// CSS pixels.
const SIZE = { width: 900, height: 460 };
const LOGARITHMIC = 3; // uPlot's name for a logarithmic scale

const TITLES = { H: "hidden units", B: "batch rows" };

/** ns a character of every row against H or B. @returns a PNG. */
export function drawSizeChart(report: BenchReport, size: "H" | "B"): Promise<Uint8Array> {
  const { shapes, machine, node } = report;
  const names = namesOf(shapes);
  const lines = names.map((name) =>
    shapes.map(({ rows }) => {
      const row = rows.find((one) => one.name === name);
      return row ? 1e9 / row.charsPerSecond : null;
    }),
  );
  const axis = { stroke: LIGHT.muted, font: `12px ${LIGHT.fontFamily}`, ticks: { show: false } };
  const label = { labelFont: `600 12px ${LIGHT.fontFamily}`, labelSize: 22 };
  const grid = { stroke: LIGHT.grid, width: 1 };
  const { V, H, T, B } = shapes[0] ?? { V: 0, H: 0, T: 0, B: 0 };
  const others = size === "H" ? `B ${B}` : `H ${H}`;
  const heading: Heading = {
    title: [`Time a character against ${TITLES[size]}: V ${V}, T ${T}, ${others}`],
    subtitle: `${machine}${machineNote(report)} · Node ${node} · lower is faster`,
    legend: names.map((name) => ({ label: name, colour: colourOf(name) })),
  };
  const sizes = shapes.map((shape) => shape[size]);
  const options = (): Omit<uPlot.Options, "width" | "height"> => ({
    padding: [headingHeight(heading), 24, 0, 8],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: {
        time: false,
        distr: LOGARITHMIC,
        log: 2,
        range: () => [(sizes[0] ?? 1) / 1.15, (sizes.at(-1) ?? 1) * 1.15],
      },
      y: { distr: LOGARITHMIC, log: 10 },
    },
    axes: [
      { ...axis, ...label, grid, size: 44, label: TITLES[size], splits: () => sizes },
      { ...axis, ...label, grid, size: 64, label: "ns a character" },
    ],
    series: [
      {},
      ...names.map((name) => ({
        label: name,
        stroke: colourOf(name),
        width: 2,
        points: { show: true, size: 7, fill: LIGHT.background },
      })),
    ],
    hooks: { drawClear: [fillBackground], draw: [(plot) => drawHeading(plot, heading)] },
  });
  return drawPicture(SIZE, options, [sizes, ...lines], "png");
}
