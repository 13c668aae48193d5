// A matrix as colours: one canvas pixel a cell, enlarged by the style sheet; a cursor for pointer
// and arrow keys.

import { isDark } from "./preferences.ts";

type Colour = readonly [number, number, number];

// Blue to vermilion over the page's own ground (Okabe & Ito's), told apart by colour-blind readers.
const RAMPS: Readonly<Record<"light" | "dark", { low: Colour; zero: Colour; high: Colour }>> = {
  light: { low: [0, 90, 160], zero: [244, 244, 242], high: [200, 80, 0] },
  dark: { low: [86, 180, 233], zero: [32, 38, 48], high: [245, 150, 60] },
};

/** What is closed at 0 and open at 1, as a gate is: ink over the same ground, in proportion. */
const OPEN: Readonly<Record<"light" | "dark", Colour>> = {
  light: [52, 62, 78],
  dark: [214, 221, 231],
};

/** The colour of a value from -1 to 1. */
export function colourOf(value: number): Colour {
  const { low, zero, high } = RAMPS[isDark() ? "dark" : "light"];
  const share = Math.sqrt(Math.min(1, Math.abs(value))); // small values are told from zero
  return between(zero, value < 0 ? low : high, share);
}

/** The colour of a gate, from 0 to 1. */
export function gateColourOf(value: number): Colour {
  const scheme = isDark() ? "dark" : "light";
  return between(RAMPS[scheme].zero, OPEN[scheme], Math.min(1, Math.max(0, value)));
}

function between(from: Colour, to: Colour, share: number): Colour {
  const channel = (i: 0 | 1 | 2): number => Math.round(from[i] + share * (to[i] - from[i]));
  return [channel(0), channel(1), channel(2)];
}

/** 1, 2 or 5 times a power of ten, at least the largest size of the values: steady from step to step. */
export function roundScale(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++)
    largest = Math.max(largest, Math.abs(values[i] as number));
  if (largest === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(largest));
  const scale = ([1, 2, 5].find((step) => step * power >= largest) ?? 10) * power;
  return Number(scale.toPrecision(1)); // 0.3, not 0.30000000000000004
}

export interface HeatMapOptions {
  /** What a screen reader calls it. */
  readonly label: string;
  readonly rows: number;
  readonly columns: number;
  /** Called with the cell under the cursor; undefined when it leaves. */
  readonly point?: (cell: { row: number; column: number } | undefined) => void;
  /** Whether a column is a gate, from 0 to 1. */
  readonly isGate?: (column: number) => boolean;
  /** Whether keys have no use for it. */
  readonly isPointerOnly?: boolean;
}

export class HeatMap {
  readonly element = document.createElement("div");
  readonly #canvas = document.createElement("canvas");
  readonly #cursor = document.createElement("span");
  readonly #options: HeatMapOptions;
  readonly #values: Float64Array;
  #scale = 1;
  #row = 0;
  #column = 0;

  constructor(options: HeatMapOptions) {
    const { label, rows, columns } = options;
    this.#options = options;
    this.#values = new Float64Array(rows * columns).fill(Number.NaN);
    this.#canvas.width = columns;
    this.#canvas.height = rows;
    const { element } = this;
    element.className = "heat-map";
    element.style.setProperty("--rows", String(rows));
    element.style.setProperty("--columns", String(columns));
    element.append(this.#canvas, this.#cursor);
    this.#cursor.className = "cursor";
    this.#cursor.hidden = true;
    if (options.point) this.#hearPointer();
    if (options.point && !options.isPointerOnly) this.#hearKeys(label);
    else {
      element.setAttribute("role", "img");
      element.setAttribute("aria-label", label);
    }
  }

  /** Shows values, row-major; `scale` is what gets the full colour. Draws only what changed. */
  show(values: ArrayLike<number>, scale: number): void {
    let isSame = scale === this.#scale;
    for (let i = 0; i < this.#values.length; i++) {
      const value = values[i] as number;
      if (value !== this.#values[i]) {
        this.#values[i] = value;
        isSame = false;
      }
    }
    this.#scale = scale;
    if (!isSame) this.redraw();
  }

  /** After the colour scheme has changed. */
  redraw(): void {
    const context = this.#canvas.getContext("2d");
    const { rows, columns, isGate } = this.#options;
    const image = new ImageData(columns, rows);
    for (const [i, value] of this.#values.entries()) {
      const colour = isGate?.(i % columns) ? gateColourOf(value) : colourOf(value / this.#scale);
      image.data.set([...colour, 255], 4 * i);
    }
    context?.putImageData(image, 0, 0);
  }

  /** By mouse, pen or finger; what a finger has touched stays chosen. */
  #hearPointer(): void {
    const { element } = this;
    const { rows, columns } = this.#options;
    const point = ({ clientX, clientY }: PointerEvent): void => {
      const { left, top, width, height } = this.#canvas.getBoundingClientRect();
      this.#point(
        clamp(Math.floor(((clientY - top) / height) * rows), rows),
        clamp(Math.floor(((clientX - left) / width) * columns), columns),
      );
    };
    element.addEventListener("pointerdown", point);
    element.addEventListener("pointermove", point);
    element.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType !== "touch") this.#leave();
    });
  }

  #hearKeys(label: string): void {
    const { element } = this;
    const { rows, columns } = this.#options;
    element.tabIndex = 0;
    element.addEventListener("blur", () => this.#leave());
    element.addEventListener("focus", () => this.#point(this.#row, this.#column));
    element.setAttribute("aria-roledescription", "heat map");
    if (rows * columns === 1) {
      element.role = "img"; // there is nothing to choose
      element.ariaLabel = label;
      return;
    }
    element.role = "application";
    element.ariaLabel = `${label}. Arrow keys choose a cell.`;
    const moves: Record<string, [number, number]> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    element.addEventListener("keydown", (event) => {
      const move = moves[event.key];
      if (!move) return;
      event.preventDefault();
      event.stopPropagation();
      this.#point(clamp(this.#row + move[0], rows), clamp(this.#column + move[1], columns));
    });
  }

  #point(row: number, column: number): void {
    this.#row = row;
    this.#column = column;
    const { style } = this.#cursor;
    style.setProperty("--row", String(row));
    style.setProperty("--column", String(column));
    this.#cursor.hidden = false;
    this.#options.point?.({ row, column });
  }

  #leave(): void {
    this.#cursor.hidden = true;
    this.#options.point?.(undefined);
  }
}

/** A place among `count`. */
function clamp(place: number, count: number): number {
  return Math.max(0, Math.min(count - 1, place));
}
