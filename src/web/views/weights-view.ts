// The weights and their gradients as heat maps, side by side, each with its scale.

import type { PlainName, PlainParameter } from "../../engine/shape.ts";
import type { Anatomy } from "../training/anatomy.ts";
import { make, makeToken, setText } from "./elements.ts";
import { withMinus } from "./format.ts";
import type { Place } from "./formula.ts";
import { blockNames, gateOfBlock } from "./gates.ts";
import { HeatMap, roundScale } from "./heat-map.ts";

/** In the order that the formulas have them: what makes a state, then what makes the probabilities. */
const TITLES: Readonly<Record<PlainName, string>> = {
  Wxh: "from character to unit",
  bh: "bias of the units",
  Whh: "from unit to unit, a step later",
  Why: "from unit to next character",
  by: "bias of the characters",
};
const ORDER = Object.keys(TITLES);

interface Entry {
  readonly offset: number;
  readonly length: number;
  readonly value: HeatMap;
  readonly gradient: HeatMap;
  readonly valueScale: HTMLElement;
  readonly gradientScale: HTMLElement;
}

export class WeightsView {
  readonly #entries: readonly Entry[];

  constructor(host: HTMLElement, anatomy: Anatomy, point: (place: Place | undefined) => void) {
    const made = anatomy.tensors
      .toSorted((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name))
      .flatMap((tensor) => blocksOf(anatomy, tensor))
      .map((block) => {
        const { title, tensor, from, rows, columns } = block;
        const { name } = tensor;
        const maps = ["value", "gradient"].map(
          (kind) =>
            new HeatMap({
              label: `${title}, ${kind === "value" ? "weights" : "gradients"}, ${rows} × ${columns}`,
              rows,
              columns,
              point: (cell) =>
                point(cell && { kind: "weight", name, row: from + cell.row, column: cell.column }),
            }),
        ) as [HeatMap, HeatMap];
        const [valueScale, gradientScale] = [make("div", "scale"), make("div", "scale")];
        const element = make(
          "figure",
          "tensor",
          make("figcaption", "", title),
          make(
            "div",
            "pair",
            make("div", "", labelled(anatomy, name, maps[0]), valueScale),
            make("div", "", labelled(anatomy, name, maps[1]), gradientScale),
          ),
        );
        element.classList.add(name);
        return {
          element,
          offset: tensor.offset + from * columns,
          length: rows * columns,
          value: maps[0],
          gradient: maps[1],
          valueScale,
          gradientScale,
        };
      });
    this.#entries = made;
    host.replaceChildren(...made.map(({ element }) => element));
  }

  show({ parameters, gradients }: Anatomy): void {
    for (const { offset, length, value, gradient, valueScale, gradientScale } of this.#entries) {
      const [w, g] = [parameters, gradients].map((arena) =>
        arena.subarray(offset, offset + length),
      );
      const [ofValues, ofGradients] = [
        roundScale(w as Float64Array),
        roundScale(g as Float64Array),
      ];
      value.show(w as Float64Array, ofValues);
      gradient.show(g as Float64Array, ofGradients);
      setText(valueScale, `±${withMinus(ofValues)}`);
      setText(gradientScale, `∂ ±${withMinus(ofGradients)}`);
    }
  }

  redraw(): void {
    for (const { value, gradient } of this.#entries) {
      value.redraw();
      gradient.redraw();
    }
  }
}

/** Rows of a tensor that are drawn as one: those of a gate. */
interface Block {
  readonly title: string;
  readonly tensor: PlainParameter;
  readonly from: number;
  readonly rows: number;
  readonly columns: number;
}

function blocksOf({ cellName }: Anatomy, tensor: PlainParameter): Block[] {
  const [rows = 1, columns = 1] = tensor.shape;
  const names = blockNames(cellName, tensor.name);
  const each = rows / names.length;
  return names.map((name, place) => {
    const gate = gateOfBlock(cellName, name);
    const title = `${name}: ${TITLES[tensor.name]}${gate ? `, ${gate}` : ""}`;
    return { title, tensor, from: place * each, rows: each, columns };
  });
}

/** A map with the characters along the side that stands for them. */
function labelled({ characters }: Anatomy, name: PlainName, map: HeatMap): HTMLElement {
  const tokens = (className: string): HTMLElement => {
    const labels = make("div", className, ...characters.map((c) => makeToken("", c)));
    labels.setAttribute("aria-hidden", "true");
    return labels;
  };
  if (name === "Wxh") return make("div", "with-columns", tokens("columns"), map.element);
  if (name === "Why" || name === "by") return make("div", "with-rows", tokens("rows"), map.element);
  return map.element;
}
