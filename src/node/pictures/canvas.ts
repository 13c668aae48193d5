// Lets uPlot, which is written for a browser, draw on a canvas in Node: the few names it looks for,
// and a font that is always there. Nothing of a real page.

import { fileURLToPath } from "node:url";
import type { Canvas } from "@napi-rs/canvas";
import type uPlot from "uplot";
import type { Size } from "../../curves/options.ts";
import { RunError } from "../errors.ts";
import { canDraw, withoutPictures } from "./packages.ts";

/** Pixels for each CSS pixel of a picture. */
export const PIXEL_RATIO = 2;

export type PictureFormat = "png" | "svg";

const FONT_FAMILY = "Inter";
const FONT_WEIGHTS = [400, 600];
const FONT_SUBSETS = ["latin", "latin-ext", "greek", "cyrillic"];

type Drawing = typeof import("@napi-rs/canvas");

function registerFonts({ GlobalFonts }: Drawing): void {
  if (GlobalFonts.has(FONT_FAMILY)) return;
  for (const weight of FONT_WEIGHTS) {
    for (const subset of FONT_SUBSETS) {
      const file = `@fontsource/inter/files/inter-${subset}-${weight}-normal.woff2`;
      GlobalFonts.registerFromPath(fileURLToPath(import.meta.resolve(file)), FONT_FAMILY);
    }
  }
}

const noop = (): void => {};

/** The part of an element that uPlot touches, doing nothing. */
class PictureElement {
  style = { setProperty: noop };
  classList = { add: noop, remove: noop, contains: () => false };
  insertBefore = noop;
  appendChild = noop;
  addEventListener = noop;
  removeEventListener = noop;
  setAttribute = noop;
  remove = noop;
  getBoundingClientRect = () => ({ left: 0, top: 0, width: 0, height: 0 });
}

/** A document whose one canvas element is real. */
class PictureDocument {
  canvas: Canvas;
  constructor(canvas: Canvas) {
    this.canvas = canvas;
  }
  createElement(tag: string): object {
    return tag === "canvas"
      ? Object.assign(this.canvas, new PictureElement())
      : new PictureElement();
  }
}

/**
 * Loads uPlot so that its next plot draws on `canvas`. uPlot asks for the browser's names when it
 * loads and when it draws, so they stay defined in the process.
 */
async function loadPlot(canvas: Canvas, { Path2D }: Drawing): Promise<typeof uPlot> {
  const names = globalThis as unknown as Record<string, unknown>;
  names["document"] ??= new PictureDocument(canvas);
  names["window"] ??= { addEventListener: noop, removeEventListener: noop, dispatchEvent: noop };
  names["navigator"] ??= { language: "en-US" };
  names["matchMedia"] ??= () => new PictureElement();
  names["devicePixelRatio"] ??= PIXEL_RATIO;
  names["Path2D"] ??= Path2D;
  (names["document"] as PictureDocument).canvas = canvas;
  return (await import("uplot")).default;
}

/**
 * Draws a plot of `size` CSS pixels; `describe` gives its options, and is given uPlot for those that
 * need it. @returns the bytes of the picture, once uPlot has drawn it. @throws {RunError} without the packages
 * that pictures need.
 */
export async function drawPicture(
  size: Size,
  describe: (Plot: typeof uPlot) => Omit<uPlot.Options, keyof Size>,
  data: uPlot.AlignedData,
  format: PictureFormat,
): Promise<Uint8Array> {
  if (!canDraw()) throw new RunError(withoutPictures("the picture"));
  const drawing = await import("@napi-rs/canvas");
  const { createCanvas, SvgExportFlag } = drawing;
  registerFonts(drawing);
  const pixels = [size.width * PIXEL_RATIO, size.height * PIXEL_RATIO] as const;
  const canvas =
    format === "svg"
      ? createCanvas(...pixels, SvgExportFlag.ConvertTextToPaths)
      : createCanvas(...pixels);
  const Plot = await loadPlot(canvas as Canvas, drawing);
  const options = { ...size, ...describe(Plot) };
  await new Promise<void>((resolve) => {
    const hooks = { ...options.hooks, draw: [...(options.hooks?.draw ?? []), () => resolve()] };
    new Plot({ ...options, hooks }, data);
  });
  return "encode" in canvas ? canvas.toBuffer("image/png") : canvas.getContent();
}
