// What stands around the plot of a picture: background, title, the line under it, the legend.

import type uPlot from "uplot";
import { LIGHT } from "../curves/options.ts";
import { PIXEL_RATIO } from "./canvas.ts";

// CSS pixels.
/** Room above the plot that a heading takes. */
export const HEADING_HEIGHT = 76;
const MARGIN = 24;
const TITLE_LINE = 34;
const SUBTITLE_LINE = 55;
const LEGEND_GAP = 8;
const LEGEND_DASH = 18;
const LEGEND_STROKE = 3;
const LEGEND_RISE = 6;
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

export function fillBackground({ ctx }: uPlot): void {
  ctx.fillStyle = LIGHT.background;
  ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height);
}

/** Draws the heading over a plot, the legend flush right on the title's line. */
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
  for (const { label, colour } of legend.toReversed()) {
    const left = right - ctx.measureText(label).width;
    const dash = left - LEGEND_GAP - LEGEND_DASH;
    ctx.fillStyle = LIGHT.text;
    ctx.fillText(label, left, TITLE_LINE);
    ctx.fillStyle = colour;
    ctx.fillRect(dash, TITLE_LINE - LEGEND_RISE, LEGEND_DASH, LEGEND_STROKE);
    right = dash - 2 * LEGEND_GAP;
  }
  ctx.restore();
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
