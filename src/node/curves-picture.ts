// The curves as a picture: uPlot's plot with a heading and a legend, which in a page are DOM.

import type uPlot from "uplot";
import type { Columns } from "../curves/history.ts";
import { curveData, curveOptions, curveSubtitle, LIGHT, shownText } from "../curves/options.ts";
import type { Config } from "../model/config.ts";
import { drawPicture, PIXEL_RATIO, type PictureFormat } from "./canvas.ts";

// CSS pixels.
const SIZE = { width: 900, height: 480 };
const PADDING: uPlot.Padding = [76, 12, 8, 8];
const LEFT = 24;
const TITLE_LINE = 34;
const SUBTITLE_LINE = 55;
const LEGEND_DASH = 18;
const LEGEND_GAP = 8;
const ARROW = 15;
const ARROW_RISE = 6;
const ARROW_GAP = 8;
const LONGEST_TEXT = 300; // of either text in the title

/** The curves of a run with its settings in the heading. */
export function drawCurves(
  columns: Columns,
  config: Config,
  format: PictureFormat,
): Promise<Uint8Array> {
  const options = {
    ...curveOptions(SIZE, LIGHT),
    padding: PADDING,
    legend: { show: false },
    cursor: { show: false },
  };
  const hooks: uPlot.Hooks.Arrays = {
    drawClear: [fillBackground],
    draw: [(plot) => drawHeading(plot, config)],
  };
  return drawPicture(SIZE, () => ({ ...options, hooks }), curveData(columns), format);
}

function fillBackground({ ctx }: uPlot): void {
  ctx.fillStyle = LIGHT.background;
  ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height);
}

function drawHeading(plot: uPlot, config: Config): void {
  const { ctx } = plot;
  ctx.save();
  ctx.scale(PIXEL_RATIO, PIXEL_RATIO);
  ctx.textBaseline = "alphabetic";
  ctx.textAlign = "left";
  ctx.fillStyle = LIGHT.text;
  ctx.font = `600 20px ${LIGHT.fontFamily}`;
  const input = shorten(ctx, `Learning ${shownText(config.input)}`);
  ctx.fillText(input, LEFT, TITLE_LINE);
  const end = LEFT + ctx.measureText(input).width;
  drawArrow(ctx, end + ARROW_GAP, TITLE_LINE - ARROW_RISE);
  ctx.fillText(shorten(ctx, shownText(config.target)), end + 2 * ARROW_GAP + ARROW, TITLE_LINE);
  ctx.fillStyle = LIGHT.muted;
  ctx.font = `13px ${LIGHT.fontFamily}`;
  ctx.fillText(curveSubtitle(config), LEFT, SUBTITLE_LINE);
  drawLegend(plot);
  ctx.restore();
}

/** A text shortened until it takes at most its half of the title's line. */
function shorten(ctx: CanvasRenderingContext2D, text: string): string {
  let characters = [...text];
  while (ctx.measureText(characters.join("")).width > LONGEST_TEXT) {
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

/** Series names with a stroke of their colour, set flush right on the title's line. */
function drawLegend({ ctx, series }: uPlot): void {
  ctx.font = `600 13px ${LIGHT.fontFamily}`;
  let right = SIZE.width - LEFT;
  for (const { label, stroke } of series.slice(1).reverse()) {
    const text = String(label);
    const colour = typeof stroke === "function" ? String(stroke({} as uPlot, 0)) : String(stroke);
    const left = right - ctx.measureText(text).width;
    ctx.fillStyle = LIGHT.text;
    ctx.fillText(text, left, TITLE_LINE);
    ctx.fillStyle = colour;
    ctx.fillRect(left - LEGEND_GAP - LEGEND_DASH, TITLE_LINE - 6, LEGEND_DASH, 3);
    right = left - 2 * LEGEND_GAP - LEGEND_DASH - LEGEND_GAP;
  }
}
