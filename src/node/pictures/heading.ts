// What stands around the plot of a picture: background, title, the line under it, the legend.

import type uPlot from "uplot";
import { LIGHT } from "../../curves/options.ts";
import { PIXEL_RATIO } from "./canvas.ts";

// CSS pixels.
const HEIGHT = 76;
const MARGIN = 24;
const TITLE_LINE = 34;
const SUBTITLE_LINE = 55;
const LEGEND_GAP = 8;
const LEGEND_DASH = 18;
const LEGEND_STROKE = 3;
const LEGEND_RISE = 6;
const LEGEND_SLOT = 112; // of an entry at least
const LEGEND_ROW = 22;
const MOST_BESIDE = 4; // legend entries that fit beside the title
const LETTER = 7.4; // of a label, about
const STANDARD_WIDTH = 900;
const ARROW = 15;
const ARROW_RISE = 6;
const ARROW_GAP = 8;
const LONGEST_TITLE = 340; // before the run's name
const LONGEST_PART = 230; // of a title in two parts
const LONGEST_RUN = 170;

/** A name, and how its line is drawn. */
export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
  /** CSS pixels, 3 where nothing is said. */
  readonly width?: number;
  /** CSS pixels of dash and gap. */
  readonly dash?: readonly number[];
}

export interface Heading {
  /** One text, or two with an arrow between. */
  readonly title: readonly [text: string, to?: string];
  /** Stands behind the title. */
  readonly run?: string;
  readonly subtitle: string;
  /** Of the picture, CSS pixels; 900 where nothing is said. */
  readonly width?: number;
  /** Whether the legend has lines of its own, as a long one always has. */
  readonly isLegendBelow?: boolean;
  readonly legend: readonly LegendEntry[];
}

/** Room above the plot that a heading takes, CSS pixels. */
export function headingHeight(heading: Heading): number {
  const { legend } = heading;
  const { inRow } = slotsOf(heading);
  const rows = isBelow(heading) ? Math.ceil(legend.length / inRow) : 0;
  return HEIGHT + rows * LEGEND_ROW;
}

export function fillBackground({ ctx }: uPlot): void {
  ctx.fillStyle = LIGHT.background;
  ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height);
}

/** Draws the heading over a plot; the legend flush right on the title's line, or a long one below. */
export function drawHeading({ ctx }: uPlot, heading: Heading): void {
  const { subtitle, legend } = heading;
  const { slot, inRow } = slotsOf(heading);
  ctx.save();
  ctx.scale(PIXEL_RATIO, PIXEL_RATIO);
  ctx.textBaseline = "alphabetic";
  ctx.textAlign = "left";
  ctx.fillStyle = LIGHT.text;
  ctx.font = `600 20px ${LIGHT.fontFamily}`;
  drawTitle(ctx, heading);
  ctx.fillStyle = LIGHT.muted;
  ctx.font = `13px ${LIGHT.fontFamily}`;
  ctx.fillText(subtitle, MARGIN, SUBTITLE_LINE);
  ctx.font = `600 13px ${LIGHT.fontFamily}`;
  let right = ctx.canvas.width / PIXEL_RATIO - MARGIN;
  for (const [i, entry] of legend.toReversed().entries()) {
    if (isBelow(heading)) {
      const place = legend.length - 1 - i;
      const row = SUBTITLE_LINE + LEGEND_ROW * (1 + Math.floor(place / inRow));
      drawEntry(ctx, entry, MARGIN + slot * (place % inRow), row);
    } else {
      const width = LEGEND_DASH + LEGEND_GAP + ctx.measureText(entry.label).width;
      drawEntry(ctx, entry, right - width, TITLE_LINE);
      right -= width + 2 * LEGEND_GAP;
    }
  }
  ctx.restore();
}

function isBelow({ legend, isLegendBelow }: Heading): boolean {
  return isLegendBelow ?? legend.length > MOST_BESIDE;
}

/** How wide an entry of a long legend is, and how many stand in a row. */
function slotsOf({ legend, width = STANDARD_WIDTH }: Heading): { slot: number; inRow: number } {
  const longest = Math.max(...legend.map(({ label }) => label.length));
  const slot = Math.max(LEGEND_SLOT, LEGEND_DASH + 3 * LEGEND_GAP + LETTER * longest);
  return { slot, inRow: Math.max(1, Math.floor((width - MARGIN) / slot)) };
}

function drawEntry(
  ctx: CanvasRenderingContext2D,
  { label, colour, width = LEGEND_STROKE, dash = [LEGEND_DASH, 0] }: LegendEntry,
  left: number,
  line: number,
): void {
  ctx.fillStyle = LIGHT.text;
  ctx.fillText(label, left + LEGEND_DASH + LEGEND_GAP, line);
  ctx.fillStyle = colour;
  const [long = LEGEND_DASH, gap = 0] = dash;
  for (let x = 0; x < LEGEND_DASH; x += long + gap) {
    const top = line - LEGEND_RISE + (LEGEND_STROKE - width) / 2;
    ctx.fillRect(left + x, top, Math.min(long, LEGEND_DASH - x), width);
  }
}

function drawTitle(ctx: CanvasRenderingContext2D, { title: [text, to], run }: Heading): void {
  let x = MARGIN;
  const write = (part: string, longest: number) => {
    const fitting = shorten(ctx, part, longest);
    ctx.fillText(fitting, x, TITLE_LINE);
    x += ctx.measureText(fitting).width;
  };
  const longest = run === undefined ? Number.POSITIVE_INFINITY : LONGEST_TITLE;
  write(text, to === undefined ? longest : LONGEST_PART);
  if (to !== undefined) {
    drawArrow(ctx, x + ARROW_GAP, TITLE_LINE - ARROW_RISE);
    x += 2 * ARROW_GAP + ARROW;
    write(to, LONGEST_PART);
  }
  if (run !== undefined) write(`, ${run}`, LONGEST_RUN);
}

/** A part of the title shortened until it fits. */
function shorten(ctx: CanvasRenderingContext2D, text: string, longest: number): string {
  let characters = [...text];
  while (ctx.measureText(characters.join("")).width > longest) {
    characters = [...characters.slice(0, -2), "…"];
  }
  return characters.join("");
}

/** An arrow to the right; the font has none. */
function drawArrow(ctx: CanvasRenderingContext2D, x: number, y: number): void {
  const head = ARROW / 3;
  ctx.strokeStyle = LIGHT.text;
  ctx.lineWidth = 2;
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x + ARROW, y);
  ctx.moveTo(x + ARROW - head, y - head);
  ctx.lineTo(x + ARROW, y);
  ctx.lineTo(x + ARROW - head, y + head);
  ctx.stroke();
}
