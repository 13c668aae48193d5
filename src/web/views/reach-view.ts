// How far back the last letter's error reaches: its size against the distance, and the radius of Whh,
// which decides whether it fades or grows.

import type { Config } from "../../settings/check.ts";
import type { Anatomy } from "../training/anatomy.ts";
import { find, setText } from "./elements.ts";
import { number } from "./format.ts";

const SVG = "http://www.w3.org/2000/svg";
const [LOW, HIGH] = [-18, 4]; // powers of ten that are seen
const [WIDTH, HEIGHT] = [560, 200]; // of the drawing, in its own units
const [LEFT, RIGHT, TOP, BOTTOM] = [46, 14, 8, 34]; // of its frame
const LINES = [-16, -12, -8, -4, 0, 3];

type Point = readonly [number, number];

export class ReachView {
  readonly #host = find("reach");
  readonly #slider = find<HTMLInputElement>("radius");
  readonly #drawn = find<HTMLButtonElement>("radius-drawn");
  readonly #curve = drawn("path", "curve");
  readonly #law = drawn("path", "law");
  readonly #marks = drawn("g", "marks");
  readonly #distances = drawn("g", "axis");
  readonly #svg: SVGElement;

  /** `choose` is told a radius to begin again with; 0 for weights as they are drawn. */
  constructor(choose: (radius: number) => void) {
    this.#svg = drawn("svg", "", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
    this.#svg.append(makeFrame(), this.#law, this.#curve, this.#marks, this.#distances);
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

  show({ lastNorms, radius, shape }: Anatomy): void {
    const { T } = shape;
    const points = lastNorms.map((norm, t): Point => [T - 1 - t, norm]).reverse();
    this.#curve.setAttribute("d", pathOf(points, T));
    this.#marks.replaceChildren(
      ...points.map(([distance, norm]) => {
        const [cx, cy] = placeOf([distance, norm], T);
        return drawn("circle", "", { cx, cy, r: 4 });
      }),
    );
    const last = lastNorms.at(-1) ?? 0;
    const law = points.map(([k]): Point => [k, last * (radius ?? 0) ** k]);
    this.#law.setAttribute("d", radius === undefined ? "" : pathOf(law, T));
    if (this.#distances.childElementCount !== T + 1) {
      this.#distances.replaceChildren(
        ...points.map(([k]) => label(String(k), placeOf([k, 10 ** LOW], T)[0], HEIGHT - 18)),
        label("letters back", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 3),
      );
    }
    const [first = 0] = lastNorms;
    const ratio = last > 0 ? number(first / last) : "–";
    const words = `The last letter's error is ${number(last)} at its own strip and ${number(first)} at the first letter's: × ${ratio} over ${T - 1} letters.`;
    setText(find("reach-said"), words);
    this.#svg.setAttribute("aria-label", words);
    if (radius !== undefined) setText(find("radius-value"), radius.toFixed(2));
  }
}

/** Where a distance and a size stand; what is out of sight, at the edge. */
function placeOf([distance, norm]: Point, T: number): Point {
  const power = norm > 0 ? Math.log10(norm) : LOW;
  const share = (Math.min(HIGH, Math.max(LOW, power)) - LOW) / (HIGH - LOW);
  const x = LEFT + 10 + ((WIDTH - LEFT - RIGHT - 20) * distance) / Math.max(1, T - 1);
  return [round(x), round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM))];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function pathOf(points: readonly Point[], T: number): string {
  return points.map((point, i) => `${i === 0 ? "M" : "L"}${placeOf(point, T).join(" ")}`).join("");
}

/** The lines of the powers of ten, and their names. */
function makeFrame(): SVGElement {
  const frame = drawn("g", "frame");
  for (const power of LINES) {
    const [, y] = placeOf([0, 10 ** power], 1);
    frame.append(
      drawn("line", power === 0 ? "one" : "", { x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y }),
    );
    const name = drawn("text", "", { x: LEFT - 6, y: y + 4, "text-anchor": "end" });
    name.append(power === 0 ? "1" : "10");
    if (power !== 0) {
      const exponent = drawn("tspan", "", { dy: -5, "font-size": "0.75em" });
      exponent.append(String(power).replace("-", "−"));
      name.append(exponent);
    }
    frame.append(name);
  }
  return frame;
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
