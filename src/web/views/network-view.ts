// The network unrolled over the characters it reads: input, hidden state, probabilities, what it
// predicts, the loss there, and how much of the error comes back to each time step.

import type { Anatomy } from "../training/anatomy.ts";
import { make, makeToken, setText } from "./elements.ts";
import { number, subscript, tokenName } from "./format.ts";
import type { Place } from "./formula.ts";
import { HeatMap } from "./heat-map.ts";

const LEAST_NORM = 1e-8; // the ends of the logarithmic scale of |∂L/∂h|
const MOST_NORM = 1e2;
const MANY = 6; // time steps, beyond which they take the width of the text beside them

/** A number that can be of any order of magnitude, with its bar. */
interface Size {
  readonly element: HTMLElement;
  readonly text: HTMLElement;
  readonly fill: HTMLElement;
}

/** The parts of one time step that change. */
interface Column {
  readonly hidden: HeatMap;
  readonly error: HeatMap;
  readonly bars: readonly { row: HTMLElement; fill: HTMLElement; value: HTMLElement }[];
  readonly predicted: HTMLElement;
  readonly loss: HTMLElement;
  readonly norm: Size;
  readonly lastNorm: Size;
}

export class NetworkView {
  readonly #columns: readonly Column[];

  constructor(host: HTMLElement, anatomy: Anatomy, point: (place: Place | undefined) => void) {
    const times = Array.from({ length: anatomy.shape.T }, (_, t) => t);
    host.style.setProperty("--times", String(times.length));
    host.classList.toggle("long", times.length > MANY);
    const columns: Column[] = [];
    host.replaceChildren(
      ...times.map((t) => {
        const { element, column } = makeColumn(anatomy, t, point);
        columns.push(column);
        return element;
      }),
    );
    this.#columns = columns;
  }

  show({
    shape,
    hidden,
    probabilities,
    dState,
    predictions,
    targets,
    characters,
    losses,
    stateNorms,
    lastNorms,
  }: Anatomy): void {
    const { H, V } = shape;
    const largest = Math.max(...dState.map(Math.abs));
    for (const [t, column] of this.#columns.entries()) {
      column.hidden.show(hidden.subarray((t + 1) * H, (t + 2) * H), 1);
      column.error.show(dState.subarray(t * H, (t + 1) * H), largest || 1);
      for (const [v, { fill, value }] of column.bars.entries()) {
        const p = probabilities[t * V + v] as number;
        fill.style.setProperty("--share", p.toFixed(4));
        setText(value, p.toFixed(2));
      }
      const isRight = predictions[t] === targets[t];
      setText(column.predicted, tokenName(characters[predictions[t] as number]));
      column.predicted.classList.toggle("right", isRight);
      column.predicted.setAttribute("aria-description", isRight ? "right" : "wrong");
      setText(column.loss, number(losses[t] as number));
      showSize(column.norm, stateNorms[t] as number);
      showSize(column.lastNorm, lastNorms[t] as number);
    }
  }

  redraw(): void {
    for (const { hidden, error } of this.#columns) {
      hidden.redraw();
      error.redraw();
    }
  }
}

function shareOf(norm: number): number {
  const [low, high] = [Math.log(LEAST_NORM), Math.log(MOST_NORM)];
  return Math.max(0, Math.min(1, (Math.log(Math.max(norm, LEAST_NORM)) - low) / (high - low)));
}

/** Lets the up and down keys choose one of the rows of an element; `choose` hears undefined when it is left. */
function chooseByKeys(
  element: HTMLElement,
  label: string,
  choose: (row: number | undefined) => void,
): void {
  let chosen = 0;
  element.tabIndex = 0;
  element.setAttribute("aria-roledescription", "bars");
  element.addEventListener("focus", () => choose(chosen));
  element.addEventListener("blur", () => choose(undefined));
  if (element.children.length === 1) {
    element.role = "group"; // there is nothing to choose
    element.ariaLabel = label;
    return;
  }
  element.role = "application";
  element.ariaLabel = `${label}. Up and down arrow keys choose one.`;
  element.addEventListener("keydown", (event) => {
    const move = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    chosen = Math.max(0, Math.min(element.children.length - 1, chosen + move));
    choose(chosen);
  });
}

function makeSize(label: string, className: string): Size {
  const text = make("span", "number");
  const fill = make("span", "fill");
  const track = make("div", "track", fill);
  const element = make("div", className, make("span", "what", `${label} `), text, track);
  return { element, text, fill };
}

function showSize({ text, fill }: Size, value: number): void {
  setText(text, number(value));
  fill.style.setProperty("--share", shareOf(value).toFixed(4));
}

function makeColumn(
  { shape, inputs, targets, characters }: Anatomy,
  t: number,
  point: (place: Place | undefined) => void,
): { element: HTMLElement; column: Column } {
  const { H, T } = shape;
  const time = subscript(t + 1);
  const input = tokenName(characters[inputs[t] as number]);
  const target = tokenName(characters[targets[t] as number]);
  const hidden = new HeatMap({
    label: `Hidden state h${time}, ${H} units`,
    rows: H,
    columns: 1,
    point: (cell) => point(cell && { kind: "hidden", t, unit: cell.row }),
  });
  const error = new HeatMap({
    label: `Error at h${time}`,
    rows: H,
    columns: 1,
    point: (cell) => point(cell && { kind: "hidden", t, unit: cell.row }),
    isPointerOnly: true, // the strip beside it says the same
  });
  error.element.classList.add("thin");
  const bars = characters.map((character, v) => {
    const fill = make("span", "fill");
    const value = make("span", "value");
    const row = make("div", "bar", makeToken("token", character), fill, value);
    if (v === targets[t]) {
      row.classList.add("target");
      row.append(make("span", "visually-hidden", "the target"));
    }
    for (const event of ["pointerenter", "pointerdown"]) {
      row.addEventListener(event, () => point({ kind: "probability", t, token: v }));
    }
    row.addEventListener("pointerleave", () => point(undefined));
    return { row, fill, value };
  });
  const said = make("div", "bars", ...bars.map(({ row }) => row));
  chooseByKeys(said, `Probabilities at time step ${t + 1}`, (token) => {
    for (const [v, { row }] of bars.entries()) row.classList.toggle("pointed", v === token);
    point(token === undefined ? undefined : { kind: "probability", t, token });
  });
  const predicted = make("b", "predicted");
  const loss = make("span", "number");
  const norm = makeSize(`|∂L/∂h${time}|`, "norm");
  const lastNorm = makeSize(`|∂L${subscript(T)}/∂h${time}|`, "norm last");
  const element = make(
    "div",
    "time",
    make("div", "reads", make("span", "what", "reads "), make("b", "token", input)),
    make("div", "states", hidden.element, error.element),
    said,
    make("div", "says", make("span", "what", "says "), predicted),
    make("div", "wants", make("span", "what", "target "), make("b", "token", target)),
    make("div", "loss", make("span", "what", "loss "), loss),
    norm.element,
    lastNorm.element,
  );
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", `Time step ${t + 1}: reads ${input}, target ${target}`);
  return { element, column: { hidden, error, bars, predicted, loss, norm, lastNorm } };
}
