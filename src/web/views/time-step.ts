// One time step of the network that is shown: its elements, and what they do when they are pointed at.

import type { CellName } from "../../engine/cells.ts";
import type { Anatomy } from "../training/anatomy.ts";
import { make, makeToken } from "./elements.ts";
import { subscript, tokenName } from "./format.ts";
import type { Place } from "./formula.ts";
import { GATES } from "./gates.ts";
import { HeatMap } from "./heat-map.ts";

/** A number that can be of any order of magnitude, with its bar. */
export interface Size {
  readonly element: HTMLElement;
  readonly text: HTMLElement;
  readonly fill: HTMLElement;
}

/** The parts of one time step that change. */
export interface Column {
  readonly element: HTMLElement;
  /** From the step before; absent at the first. */
  readonly arrow: HTMLElement | undefined;
  /** Absent for a tanh layer. */
  readonly gates: HeatMap | undefined;
  /** h; before it an LSTM's c. */
  readonly state: HeatMap;
  readonly error: HeatMap;
  /** What the straight way back is multiplied by. */
  readonly passing: HTMLElement;
  /** What the error of the last letter is multiplied by on its way to the letter before. */
  readonly gain: HTMLElement;
  readonly bars: readonly {
    row: HTMLElement;
    fill: HTMLElement;
    value: HTMLElement;
    /** Where the bar of a pinned run ends. */
    mark: HTMLElement;
  }[];
  readonly predicted: HTMLElement;
  readonly loss: HTMLElement;
  readonly norm: Size;
  readonly lastNorm: Size;
}

/** What an error is multiplied by on its straight way back, as the page writes it. */
const PASSING: Readonly<Record<CellName, string>> = { rnn: "1 − h²", gru: "z", lstm: "f" };

/** The strips of a time step, each map with the letters of its columns above; null for one of a tanh layer. */
function makeStrips(
  { shape, cellName }: Anatomy,
  t: number,
  point: (place: Place | undefined) => void,
): Pick<Column, "gates" | "state" | "error"> & { element: HTMLElement } {
  const { H } = shape;
  const time = subscript(t + 1);
  const gates = GATES[cellName];
  const isLstm = cellName === "lstm";
  const letters = isLstm ? ["c", "h"] : ["h"];
  const state = new HeatMap({
    label: isLstm
      ? `Cell state c${time} and hidden state h${time}, ${H} units`
      : `Hidden state h${time}, ${H} units`,
    rows: H,
    columns: letters.length,
    point: (at) =>
      point(at && { kind: letters[at.column] === "c" ? "cell" : "hidden", t, unit: at.row }),
  });
  const error = new HeatMap({
    label: `Error at h${time}`,
    rows: H,
    columns: 1,
    point: (at) => point(at && { kind: "hidden", t, unit: at.row }),
    isPointerOnly: true, // the strip beside it says the same
  });
  error.element.classList.add("thin");
  if (gates.length === 0) {
    return {
      gates: undefined,
      state,
      error,
      element: make("div", "states", state.element, error.element),
    };
  }
  const map = new HeatMap({
    label: `${gates.map(({ symbol, name }) => `${name} ${symbol}${time}`).join(", ")}, ${H} units`,
    rows: H,
    columns: gates.length,
    isGate: (column) => gates[column]?.squash === "σ",
    point: (at) => {
      const gate = at && gates[at.column];
      point(gate && { kind: "gate", t, slot: gate.slot, unit: at.row });
    },
  });
  map.element.classList.add("gates");
  const titled = (heatMap: HeatMap, names: readonly string[]): HTMLElement => {
    const titles = make("div", "columns", ...names.map((name) => make("span", "", name)));
    titles.setAttribute("aria-hidden", "true");
    return make("div", "titled", titles, heatMap.element);
  };
  const element = make(
    "div",
    "states",
    titled(
      map,
      gates.map(({ symbol }) => symbol),
    ),
    titled(state, letters),
    titled(error, ["∂"]),
  );
  return { gates: map, state, error, element };
}

export function makeColumn(
  anatomy: Anatomy,
  t: number,
  point: (place: Place | undefined) => void,
): Column {
  const { shape, inputs, targets, characters, cellName } = anatomy;
  const { T } = shape;
  const time = subscript(t + 1);
  const input = tokenName(characters[inputs[t] as number]);
  const target = tokenName(characters[targets[t] as number]);
  const { element: strips, ...maps } = makeStrips(anatomy, t, point);
  const arrow = t > 0 ? make("span", "arrow", "Whh") : undefined;
  if (arrow) strips.prepend(arrow);
  const { said, bars } = makeBars(anatomy, t, point);
  const predicted = make("b", "predicted");
  const loss = make("span", "number");
  const norm = makeSize("all", `|∂L/∂h${time}|`, "norm");
  const lastNorm = makeSize("last", `|∂L${subscript(T)}/∂h${time}|`, "norm last");
  const [passing, gain] = [make("span", "number"), make("span", "gain")];
  const straight = [make("span", "what", ` ${PASSING[cellName]} `), passing];
  const hasRoad = cellName !== "rnn";
  const element = make(
    "div",
    "time",
    make("div", "reads", make("span", "what", "reads "), make("b", "token", input)),
    ...(hasRoad ? [make("div", "road", make("span", "what", "×"), ...straight)] : []),
    strips,
    said,
    make("div", "says", make("span", "what", "says "), predicted),
    make("div", "wants", make("span", "what", "target "), make("b", "token", target)),
    make("div", "loss", make("span", "what", "loss "), loss),
    norm.element,
    lastNorm.element,
    make("div", "way", gain, ...(hasRoad ? [] : straight)),
  );
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", `Time step ${t + 1}: reads ${input}, target ${target}`);
  return { ...maps, element, arrow, bars, predicted, loss, norm, lastNorm, passing, gain };
}

/** The probabilities at a time step, a bar for each character. */
function makeBars(
  { targets, characters }: Anatomy,
  t: number,
  point: (place: Place | undefined) => void,
): Pick<Column, "bars"> & { said: HTMLElement } {
  const bars = characters.map((character, v) => {
    const fill = make("span", "fill");
    const value = make("span", "value");
    const mark = make("span", "mark");
    mark.hidden = true;
    const row = make("div", "bar", makeToken("token", character), fill, mark, value);
    if (v === targets[t]) {
      row.classList.add("target");
      row.append(make("span", "visually-hidden", "the target"));
    }
    for (const event of ["pointerenter", "pointerdown"]) {
      row.addEventListener(event, () => point({ kind: "probability", t, token: v }));
    }
    row.addEventListener("pointerleave", () => point(undefined));
    return { row, fill, value, mark };
  });
  const said = make("div", "bars", ...bars.map(({ row }) => row));
  chooseByKeys(said, `Probabilities at time step ${t + 1}`, (token) => {
    for (const [v, { row }] of bars.entries()) row.classList.toggle("pointed", v === token);
    point(token === undefined ? undefined : { kind: "probability", t, token });
  });
  return { said, bars };
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

/** `whose` letters' losses it is of. */
function makeSize(whose: string, label: string, className: string): Size {
  const text = make("span", "number");
  const fill = make("span", "fill");
  const track = make("div", "track", fill);
  const element = make(
    "div",
    className,
    make("span", "what", `${whose} `),
    make("span", "what", `${label} `),
    text,
    track,
  );
  return { element, text, fill };
}
