// The wall of units: a passage once for each unit, as a row of cells, in groups by what they follow. One
// canvas as large as the box that it scrolls in, drawn anew where that is scrolled to.

import { FEATURES } from "../../trace/features.ts";
import type { Held } from "../../trace/spans.ts";
import type { Look } from "../training/protocol.ts";
import { find, make, setText } from "./elements.ts";
import { number, tokenName, unitName, withMinus } from "./format.ts";
import { palette } from "./palette.ts";

const ROW = 0.9; // rem
const NAMES = 5.5; // rem, left of the cells

type Row =
  | { readonly heading: string }
  | { readonly unit: number; readonly r: number; readonly feature: number };

export interface WallListener {
  point(place: number): void;
  pin(unit: number): void;
}

export class WallView {
  readonly #box = find("wall");
  readonly #room = make("div", "wall-room");
  readonly #canvas = make("canvas");
  readonly #cells = document.createElement("canvas");
  readonly #listener: WallListener;
  #look: Look | undefined;
  #size = { H: 1, layers: 1 };
  #rows: Row[] = [];
  #row = -1;
  #place = 0;
  #pinned: number | undefined;
  #held: readonly Held[] = [];
  #isDue = false;

  constructor(listener: WallListener) {
    this.#listener = listener;
    const box = this.#box;
    box.append(this.#room);
    this.#room.append(this.#canvas);
    box.tabIndex = 0;
    box.addEventListener("scroll", () => this.draw());
    new ResizeObserver(() => this.draw()).observe(box);
    box.addEventListener("pointermove", (event) => this.#pointAt(event));
    box.addEventListener("click", (event) => {
      this.#pointAt(event);
      this.#pin();
    });
    box.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Shows a reading; `isHeld`: in the order that there is. */
  show(look: Look, size: { H: number; layers: number }, isHeld: boolean): void {
    const isOther = this.#size.H !== size.H || this.#size.layers !== size.layers;
    this.#look = look;
    this.#size = size;
    if (!isHeld || isOther || this.#rows.length === 0) this.#arrange(look);
    this.#say();
    this.draw();
  }

  /** What the text shows beside it. */
  mark(place: number, pinned: number | undefined, held: readonly Held[]): void {
    const isNew = held !== this.#held && held.length > 0;
    this.#place = place;
    this.#pinned = pinned;
    this.#held = held;
    if (isNew) this.#bringIntoView(this.#rows.findIndex((row) => this.#holds(row)));
    this.draw();
  }

  /** At the next frame. */
  draw(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#paint();
    });
  }

  #arrange({ groups }: Look): void {
    const unitBefore = this.#unit;
    this.#rows = groups.flatMap(({ feature, units, correlations }) => [
      { heading: `${FEATURES[feature] ?? "none of these"} · ${units.length}` },
      ...units.map((unit, i) => ({ unit, feature, r: correlations[i] as number })),
    ]);
    this.#row = this.#rows.findIndex((row) => "unit" in row && row.unit === unitBefore);
    this.#room.style.setProperty("--rows", String(this.#rows.length));
  }

  get #unit(): number | undefined {
    const row = this.#rows[this.#row];
    return row && "unit" in row ? row.unit : undefined;
  }

  get #rem(): number {
    return Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  }

  #holds(row: Row): boolean {
    return "unit" in row && this.#held.some(({ unit }) => unit === row.unit);
  }

  #pointAt({ clientX, clientY }: MouseEvent): void {
    const { left, top, width } = this.#canvas.getBoundingClientRect();
    const names = NAMES * this.#rem;
    const length = this.#look?.characters.length ?? 0;
    const row = Math.floor((clientY - top + this.#box.scrollTop) / (ROW * this.#rem));
    if (row < 0 || row >= this.#rows.length) return;
    this.#row = row;
    const place = Math.floor(((clientX - left - names) / (width - names)) * length);
    if (place >= 0 && place < length && place !== this.#place) this.#listener.point(place);
    this.#say();
    this.draw();
  }

  #pin(): void {
    const unit = this.#unit;
    if (unit !== undefined) this.#listener.pin(unit);
  }

  #key(event: KeyboardEvent): void {
    const { key } = event;
    const length = this.#look?.characters.length ?? 0;
    const along = { ArrowLeft: -1, ArrowRight: 1 }[key];
    const down = { ArrowUp: -1, ArrowDown: 1 }[key];
    if (along === undefined && down === undefined && key !== "Enter" && key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    if (along) this.#listener.point(Math.max(0, Math.min(length - 1, this.#place + along)));
    else if (down) this.#move(down);
    else this.#pin();
    this.#say();
    this.draw();
  }

  /** To the next unit, over headings. */
  #move(by: number): void {
    let row = this.#row + by;
    while (this.#rows[row] && "heading" in (this.#rows[row] as Row)) row += by;
    if (this.#rows[row]) this.#row = row;
    this.#bringIntoView(this.#row);
  }

  #bringIntoView(row: number): void {
    const height = ROW * this.#rem;
    const box = this.#box;
    if (row < 0) return;
    if (row * height < box.scrollTop + height) box.scrollTop = (row - 1) * height;
    else if ((row + 1) * height > box.scrollTop + box.clientHeight) {
      box.scrollTop = (row + 1) * height - box.clientHeight;
    }
  }

  #say(): void {
    const row = this.#rows[this.#row];
    const look = this.#look;
    if (!row || !look || !("unit" in row)) return;
    const { H, layers } = this.#size;
    const { length } = look.characters;
    const place = Math.min(this.#place, length - 1);
    const value = look.states[row.unit * length + place] ?? 0;
    const feature = FEATURES[row.feature];
    const follows = feature ? `follows “${feature}”, r = ${withMinus(row.r.toFixed(2))}` : "";
    const after = `after “${tokenName(look.characters[place])}”: ${number(value)}`;
    const name = unitName(row.unit, H, layers);
    setText(find("wall-said"), [`${name} ${after}`, follows].filter(Boolean).join("; "));
  }

  /** Draws the rows in sight. */
  #paint(): void {
    const look = this.#look;
    const context = this.#canvas.getContext("2d");
    const { clientWidth: width, clientHeight: height, scrollTop } = this.#box;
    if (!look || !context || width === 0) return;
    const rem = this.#rem;
    const [rowHeight, names] = [ROW * rem, NAMES * rem];
    fit(this.#canvas, width, height);
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.imageSmoothingEnabled = false;
    context.textBaseline = "middle";
    const { color, accentColor, fontFamily } = getComputedStyle(this.#box);
    const first = Math.floor(scrollTop / rowHeight);
    const last = Math.min(this.#rows.length, Math.ceil((scrollTop + height) / rowHeight));
    this.#fillCells(look, this.#rows.slice(first, last));
    const { length } = look.characters;
    const cell = (width - names) / Math.max(1, length);
    for (let i = first; i < last; i++) {
      const row = this.#rows[i] as Row;
      const top = i * rowHeight - scrollTop;
      context.fillStyle = color;
      if ("heading" in row) {
        context.font = `600 ${0.75 * rem}px ${fontFamily}`;
        context.fillText(row.heading, 0.3 * rem, top + rowHeight / 2);
        continue;
      }
      const { H, layers } = this.#size;
      const name = layers > 1 ? `${Math.floor(row.unit / H)}:${row.unit % H}` : String(row.unit);
      const isChosen = i === this.#row || row.unit === this.#pinned;
      context.font = `${isChosen ? 700 : 400} ${0.7 * rem}px ${fontFamily}`;
      context.fillText(name, 0.7 * rem, top + rowHeight / 2);
      const r = row.feature < 0 ? "" : withMinus(row.r.toFixed(2));
      context.fillText(r, 3 * rem, top + rowHeight / 2);
      const from = [0, i - first, length, 1] as const;
      context.drawImage(this.#cells, ...from, names, top + 0.5, width - names, rowHeight - 1);
      context.fillStyle = context.strokeStyle = accentColor;
      if (this.#holds(row)) context.fillRect(0.2 * rem, top + 2, 0.3 * rem, rowHeight - 4);
      if (row.unit === this.#pinned) context.strokeRect(1, top, width - 2, rowHeight - 0.5);
    }
    context.strokeStyle = color;
    context.lineWidth = 1;
    context.strokeRect(names + this.#place * cell, -1, cell, height + 2);
  }

  /** One pixel a cell, of these rows. */
  #fillCells({ states, characters: { length } }: Look, rows: readonly Row[]): void {
    if (length === 0 || rows.length === 0) return;
    const image = new ImageData(length, rows.length);
    const pixels = new Uint32Array(image.data.buffer);
    const colour = palette();
    for (const [i, row] of rows.entries()) {
      if (!("unit" in row)) continue;
      for (let place = 0; place < length; place++) {
        pixels[i * length + place] = colour(states[row.unit * length + place] as number);
      }
    }
    this.#cells.width = length;
    this.#cells.height = rows.length;
    this.#cells.getContext("2d")?.putImageData(image, 0, 0);
  }
}

/** As many pixels as the screen has there. */
function fit(canvas: HTMLCanvasElement, width: number, height: number): void {
  const [across, down] = [width, height].map((size) => Math.round(size * devicePixelRatio));
  if (canvas.width !== across) canvas.width = across as number;
  if (canvas.height !== down) canvas.height = down as number;
}
