// The benchmark as a picture: for each shape a group of bars, drawn by uPlot.

import type uPlot from "uplot";
import { type BenchReport, machineNote } from "../../bench/report.ts";
import { LIGHT } from "../../curves/options.ts";
import { drawPicture, PIXEL_RATIO } from "../pictures/canvas.ts";
import { drawHeading, fillBackground, type Heading, headingHeight } from "../pictures/heading.ts";
import { namesOf, shapeName } from "./table.ts";

// CSS pixels.
const SIZE = { width: 900, height: 460 };
const OF_SHAPE = 130; // that a group of bars takes at least
const BAR_SHARE = 0.9; // of its slot
const WIDEST_BAR = 60;

// On one thread, and on several.
const COLOURS: Readonly<Record<string, readonly [string, string]>> = {
  reference: ["#8a94a3", "#8a94a3"],
  "reference-f32": ["#b9c0ca", "#b9c0ca"],
  wasm: ["#0072b2", "#00497a"],
  wide: ["#5b4fc4", "#332288"],
  fast: ["#e69f00", "#b87f00"],
  f32: ["#66c2b5", "#2b8a7c"],
  "f32-wide": ["#b8508c", "#882255"],
  numpy: ["#56b4e9", "#2d83b5"],
  "torch-f64": ["#d55e00", "#943f00"],
  "torch-f32": ["#cc79a7", "#9c4a78"],
  "jax-js": ["#7a5c3e", "#7a5c3e"],
  "tfjs-cpu": ["#f0c93a", "#f0c93a"],
  "tfjs-wasm": ["#009e73", "#009e73"],
};
const OTHER_COLOUR = "#4d4d4d";

/** GFLOP/s of every row at every shape. @returns a PNG. */
export function drawBenchChart(report: BenchReport): Promise<Uint8Array> {
  const names = namesOf(report.shapes);
  const slots = names.length + 1; // a gap between groups
  const x = report.shapes.flatMap((_, group) => names.map((_, i) => group * slots + i));
  const bars = names.map((name) =>
    report.shapes.flatMap(({ rows }) =>
      names.map((own) =>
        own === name ? (rows.find((row) => row.name === name)?.gflops ?? null) : null,
      ),
    ),
  );
  const width = Math.max(SIZE.width, OF_SHAPE * report.shapes.length);
  const axis = { stroke: LIGHT.muted, font: `12px ${LIGHT.fontFamily}`, ticks: { show: false } };
  const heading: Heading = {
    title: ["Training step, by V×H×T×B:cell:layers"],
    width,
    subtitle: `${report.machine}${machineNote(report)} · Node ${report.node} · dashed: the micro-kernel alone`,
    legend: names.map((name) => ({ label: name, colour: colourOf(name) })),
  };
  const centre = (names.length - 1) / 2;
  const options = (Plot: typeof uPlot): Omit<uPlot.Options, "width" | "height"> => ({
    padding: [headingHeight(heading), 24, 0, 8],
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
        values: () =>
          report.shapes.map((shape) => shapeName(shape).replaceAll("x", "×").replace(":", "\n")),
      },
      {
        ...axis,
        size: 46,
        label: "GFLOP/s",
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
      draw: [(plot) => drawDashed(plot, report.peakGflops), (plot) => drawHeading(plot, heading)],
    },
  });
  return drawPicture({ ...SIZE, width }, options, [x, ...bars], "png");
}

/** The colour of a row's name. */
export function colourOf(name: string): string {
  const [, kind = name, threads] = /^(.*?)(?:-(\d+))?$/.exec(name) ?? [];
  return COLOURS[kind]?.[Number(threads ?? 1) > 1 ? 1 : 0] ?? OTHER_COLOUR;
}

/** A dashed line across a picture at a value. */
export function drawDashed({ ctx, valToPos, bbox }: uPlot, value: number): void {
  const y = valToPos(value, "y", true);
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
