// The benchmark as a picture: for each shape a group of bars, drawn by uPlot.

import type uPlot from "uplot";
import type { BenchReport } from "../bench/report.ts";
import { LIGHT } from "../curves/options.ts";
import { drawPicture, PIXEL_RATIO } from "./canvas.ts";
import { drawHeading, fillBackground, HEADING_HEIGHT, type Heading } from "./heading.ts";

// CSS pixels.
const SIZE = { width: 900, height: 440 };
const PADDING: uPlot.Padding = [HEADING_HEIGHT, 24, 0, 8];
const BAR_SHARE = 0.9; // of its slot
const WIDEST_BAR = 60;

const COLOURS: Readonly<Record<string, string>> = {
  reference: "#8a94a3",
  "wasm-1": "#0072b2",
  "wasm-N": "#00497a",
  "fast-1": "#e69f00",
  "fast-N": "#b87f00",
};
const OTHER_COLOUR = "#009e73";

/** GFLOP/s of every row at every shape. @returns a PNG. */
export function drawBenchChart(report: BenchReport): Promise<Uint8Array> {
  const names = [...new Set(report.shapes.flatMap(({ rows }) => rows.map(({ name }) => name)))];
  const slots = names.length + 1; // a gap between groups
  const x = report.shapes.flatMap((_, group) => names.map((_, i) => group * slots + i));
  const bars = names.map((name) =>
    report.shapes.flatMap(({ rows }) =>
      names.map((own) =>
        own === name ? (rows.find((row) => row.name === name)?.gflops ?? null) : null,
      ),
    ),
  );
  const axis = { stroke: LIGHT.muted, font: `12px ${LIGHT.fontFamily}`, ticks: { show: false } };
  const heading: Heading = {
    title: ["Training step, by V×H×T×B"],
    subtitle: `${report.machine} · Node ${report.node} · dashed: the micro-kernel alone`,
    legend: names.map((name) => ({ label: name, colour: colourOf(name) })),
  };
  const centre = (names.length - 1) / 2;
  const options = (Plot: typeof uPlot): Omit<uPlot.Options, "width" | "height"> => ({
    padding: PADDING,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => [-1, report.shapes.length * slots - 1] },
      y: { range: (_plot, _low, high) => [0, Math.max(high ?? 0, report.peakGflops) * 1.05] },
    },
    axes: [
      {
        ...axis,
        size: 44,
        grid: { show: false },
        splits: () => report.shapes.map((_, group) => group * slots + centre),
        values: () => report.shapes.map(({ V, H, T, B }) => `${V}×${H}×${T}×${B}`),
      },
      {
        ...axis,
        size: 46,
        label: "GFLOP/s, f64",
        labelFont: `600 12px ${LIGHT.fontFamily}`,
        labelSize: 22,
        grid: { stroke: LIGHT.grid, width: 1 },
      },
    ],
    series: [
      {},
      ...names.map((name) => ({
        label: name,
        fill: colourOf(name),
        width: 0,
        points: { show: false },
        paths: Plot.paths.bars?.({ size: [BAR_SHARE, WIDEST_BAR] }) ?? (() => null),
      })),
    ],
    hooks: {
      drawClear: [fillBackground],
      draw: [(plot) => drawPeak(plot, report.peakGflops), (plot) => drawHeading(plot, heading)],
    },
  });
  return drawPicture(SIZE, options, [x, ...bars], "png");
}

function colourOf(name: string): string {
  return COLOURS[name] ?? OTHER_COLOUR;
}

/** A dashed line at the speed of the micro-kernel alone. */
function drawPeak({ ctx, valToPos, bbox }: uPlot, gflops: number): void {
  const y = valToPos(gflops, "y", true);
  ctx.save();
  ctx.strokeStyle = LIGHT.muted;
  ctx.setLineDash([8, 6]);
  ctx.lineWidth = PIXEL_RATIO;
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
