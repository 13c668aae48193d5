// How far back the last letter's error reaches: its size against the distance, and the radius of Whh,
// which decides whether it fades or grows.

import type { Config } from "../../settings/check.ts";
import type { Anatomy } from "../training/anatomy.ts";
import { find, setText } from "./elements.ts";
import { number } from "./format.ts";
import { linesOf, type Range, rangeOf, shareOf } from "./powers.ts";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT] = [560, 200]; // of the drawing, in its own units
const [LEFT, RIGHT, TOP, BOTTOM] = [60, 14, 8, 34]; // of its frame

type Point = readonly [number, number];

export class ErrorPlotView {
  readonly #host = find("error-plot");
  readonly #slider = find<HTMLInputElement>("radius");
  readonly #drawn = find<HTMLButtonElement>("radius-drawn");
  readonly #curve = drawn("path", "curve");
  readonly #law = drawn("path", "law");
  readonly #marks = drawn("g", "marks");
  readonly #distances = drawn("g", "axis");
  readonly #frame = drawn("g", "frame");
  readonly #svg: SVGElement;
  #range: Range | undefined;

  /** `choose` is told a radius to begin again with; 0 for weights as they are drawn. */
  constructor(choose: (radius: number) => void) {
    this.#svg = drawn("svg", "", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
    this.#svg.append(this.#frame, this.#law, this.#curve, this.#marks, this.#distances);
    this.#host.replaceChildren(this.#svg);
    this.#slider.addEventListener("input", () => choose(Number(this.#slider.value)));
    this.#drawn.addEventListener("click", () => choose(0));
  }

  /** A run has started, or goes on with another setting. */
  begin({ cell, recurrentRadius }: Config): void {
    find("radius-choice").hidden = cell !== "rnn";
    this.#drawn.disabled = recurrentRadius === 0;
    if (recurrentRadius > 0) this.#slider.value = String(recurrentRadius);
  }

  show({ lastNorms, lastCellNorms, radius, shape }: Anatomy): void {
    const { T } = shape;
    const inCell = lastCellNorms.length > 0; // where an LSTM's error travels
    const sizes = inCell ? lastCellNorms : lastNorms;
    const points = sizes.map((norm, t): Point => [T - 1 - t, norm]).reverse();
    const range = rangeOf(sizes);
    if (range !== this.#range) this.#frame.replaceChildren(...makeLines(range));
    this.#range = range;
    const placeOf = (point: Point): Point => placeIn(range, point, T);
    const pathOf = (all: readonly Point[]): string =>
      all.map((point, i) => `${i === 0 ? "M" : "L"}${placeOf(point).join(" ")}`).join("");
    this.#curve.setAttribute("d", pathOf(points));
    this.#marks.replaceChildren(
      ...points.map(([distance, norm]) => {
        const [cx, cy] = placeOf([distance, norm]);
        return drawn("circle", "", { cx, cy, r: 4 });
      }),
    );
    const last = sizes.at(-1) ?? 0;
    const law = points.map(([k]): Point => [k, last * (radius ?? 0) ** k]);
    this.#law.setAttribute("d", radius === undefined ? "" : pathOf(law));
    if (this.#distances.childElementCount !== T + 1) {
      this.#distances.replaceChildren(
        ...points.map(([k]) => label(String(k), placeOf([k, 0])[0], HEIGHT - 18)),
        label("letters back", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 3),
      );
    }
    const [first = 0] = sizes;
    const ratio = last > 0 ? number(first / last) : "–";
    const words = `The last letter's error${inCell ? " in c" : ""} is ${number(last)} at its own strip and ${number(first)} at the first letter's: × ${ratio} over ${T - 1} letters.`;
    setText(find("error-plot-said"), words);
    this.#svg.setAttribute("aria-label", words);
    if (radius !== undefined) setText(find("radius-value"), radius.toFixed(2));
  }
}

/** Where a distance and a size stand in the drawing. */
function placeIn(range: Range, [distance, size]: Point, T: number): Point {
  const x = LEFT + 10 + ((WIDTH - LEFT - RIGHT - 20) * distance) / Math.max(1, T - 1);
  const y = HEIGHT - BOTTOM - shareOf(size, range) * (HEIGHT - TOP - BOTTOM);
  return [round(x), round(y)];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The lines of the powers of ten, and their names. */
function makeLines(range: Range): SVGElement[] {
  return linesOf(range).flatMap((power) => {
    const [, y] = placeIn(range, [0, 10 ** power], 1);
    const ends = { x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y };
    const name = drawn("text", "", { x: LEFT - 6, y: y + 4, "text-anchor": "end" });
    name.append(power === 0 ? "1" : "10");
    if (power !== 0) {
      const exponent = drawn("tspan", "", { dy: -5, "font-size": "0.75em" });
      exponent.append(String(power).replace("-", "−"));
      name.append(exponent);
    }
    return [drawn("line", power === 0 ? "one" : "", ends), name];
  });
}

function label(text: string, x: number, y: number): SVGElement {
  const element = drawn("text", "", { x, y, "text-anchor": "middle" });
  element.append(text);
  return element;
}

function drawn(
  tag: string,
  className = "",
  attributes: Readonly<Record<string, string | number>> = {},
): SVGElement {
  const element = document.createElementNS(SVG, tag) as SVGElement;
  if (className) element.setAttribute("class", className);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}
