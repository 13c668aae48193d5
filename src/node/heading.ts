// What stands around the plot of a picture: background, title, the line under it, the legend.

import type uPlot from "uplot";
import { LIGHT } from "../curves/options.ts";
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
const LEGEND_SLOT = 112;
const LEGEND_ROW = 22;
const MOST_BESIDE = 4; // legend entries that fit beside the title
const MOST_IN_ROW = 7;
const ARROW = 15;
const ARROW_RISE = 6;
const ARROW_GAP = 8;
const LONGEST_PART = 300; // of a title in two parts

export interface Heading {
  /** One text, or two with an arrow between. */
  readonly title: readonly [text: string, to?: string];
  readonly subtitle: string;
  readonly legend: readonly { readonly label: string; readonly colour: string }[];
}

/** Room above the plot that a heading takes, CSS pixels. */
export function headingHeight({ legend }: Heading): number {
  const rows = legend.length > MOST_BESIDE ? Math.ceil(legend.length / MOST_IN_ROW) : 0;
  return HEIGHT + rows * LEGEND_ROW;
}

export function fillBackground({ ctx }: uPlot): void {
  ctx.fillStyle = LIGHT.background;
  ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height);
}

/** Draws the heading over a plot; the legend flush right on the title's line, or a long one below. */
export function drawHeading({ ctx }: uPlot, { title, subtitle, legend }: Heading): void {
  ctx.save();
  ctx.scale(PIXEL_RATIO, PIXEL_RATIO);
  ctx.textBaseline = "alphabetic";
  ctx.textAlign = "left";
  ctx.fillStyle = LIGHT.text;
  ctx.font = `600 20px ${LIGHT.fontFamily}`;
  drawTitle(ctx, title);
  ctx.fillStyle = LIGHT.muted;
  ctx.font = `13px ${LIGHT.fontFamily}`;
  ctx.fillText(subtitle, MARGIN, SUBTITLE_LINE);
  ctx.font = `600 13px ${LIGHT.fontFamily}`;
  let right = ctx.canvas.width / PIXEL_RATIO - MARGIN;
  for (const [i, entry] of legend.toReversed().entries()) {
    if (legend.length > MOST_BESIDE) {
      const place = legend.length - 1 - i;
      const row = SUBTITLE_LINE + LEGEND_ROW * (1 + Math.floor(place / MOST_IN_ROW));
      drawEntry(ctx, entry, MARGIN + LEGEND_SLOT * (place % MOST_IN_ROW), row);
    } else {
      const width = LEGEND_DASH + LEGEND_GAP + ctx.measureText(entry.label).width;
      drawEntry(ctx, entry, right - width, TITLE_LINE);
      right -= width + 2 * LEGEND_GAP;
    }
  }
  ctx.restore();
}

function drawEntry(
  ctx: CanvasRenderingContext2D,
  { label, colour }: Heading["legend"][number],
  left: number,
  line: number,
): void {
  ctx.fillStyle = LIGHT.text;
  ctx.fillText(label, left + LEGEND_DASH + LEGEND_GAP, line);
  ctx.fillStyle = colour;
  ctx.fillRect(left, line - LEGEND_RISE, LEGEND_DASH, LEGEND_STROKE);
}

function drawTitle(ctx: CanvasRenderingContext2D, [text, to]: Heading["title"]): void {
  if (to === undefined) {
    ctx.fillText(text, MARGIN, TITLE_LINE);
    return;
  }
  const from = shorten(ctx, text);
  ctx.fillText(from, MARGIN, TITLE_LINE);
  const end = MARGIN + ctx.measureText(from).width;
  drawArrow(ctx, end + ARROW_GAP, TITLE_LINE - ARROW_RISE);
  ctx.fillText(shorten(ctx, to), end + 2 * ARROW_GAP + ARROW, TITLE_LINE);
}

/** A part of the title shortened until it fits. */
function shorten(ctx: CanvasRenderingContext2D, text: string): string {
  let characters = [...text];
  while (ctx.measureText(characters.join("")).width > LONGEST_PART) {
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
