// The formula of every number of a model: filled with the step's own values, and true.

import { describe, expect, test } from "vitest";
import type { CellName } from "../../src/engine/cells.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { completeConfig } from "../../src/settings/check.ts";
import { Anatomist, type Anatomy } from "../../src/web/training/anatomy.ts";
import { number } from "../../src/web/views/format.ts";
import { formulaOf } from "../../src/web/views/formula.ts";
import { GATES } from "../../src/web/views/gates.ts";
import { normal } from "../support.ts";

const SHOWN = 2e-4; // of a number written with four places, with some terms added up

interface Pair {
  readonly input: string;
  readonly target: string;
  readonly hiddenSize: number;
  readonly cell?: CellName;
  readonly deviation?: number;
}

const HELLO: Pair = { input: "hell", target: "ello", hiddenSize: 10 };
const PAIRS: readonly Pair[] = [
  HELLO, // more units than characters
  { input: "abcdef", target: "bcdefa", hiddenSize: 2 }, // more characters than units
  { ...HELLO, cell: "gru" },
  { ...HELLO, cell: "lstm" },
];

function opened({ input, target, hiddenSize, cell = "rnn", deviation = 0.5 }: Pair): Anatomy {
  const config = completeConfig({ input, target, hiddenSize, cell });
  const V = new Set(input + target).size;
  const engine = new ReferenceEngine({ V, H: hiddenSize, T: input.length, B: 1, cell });
  engine.initialize(3, normal(deviation));
  return new Anatomist(config).open(0, engine.parameters);
}

/** What a formula's numbers come to: sums of products, and what bounds them. */
function workedOut(worked: string): number {
  const plain = worked.replaceAll("−", "-").replaceAll("- -", "+ ").replaceAll("·", "*");
  expect(plain).toMatch(/^([-+*() \d.e]|tanh|σ)+$/);
  const bounded = new Function("tanh", "σ", `return ${plain}`);
  return Number(bounded(Math.tanh, (x: number) => 1 / (1 + Math.exp(-x))));
}

describe.each(PAIRS)("%j", (pair) => {
  const anatomy = opened(pair);
  const { shape, tensors, parameters, gradients, hidden, dState, probabilities } = anatomy;
  const { H, V, T } = shape;

  test.each(tensors)("every cell of $name", ({ name, offset, shape: [rows = 1, columns = 1] }) => {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const formula = formulaOf({ kind: "weight", name, row, column }, anatomy);
        const at = offset + row * columns + column;
        const [first, second = ""] = formula.split("\n");
        expect(first).toMatch(/^(W[xh]|b)h?[hrznifgoy]\[|^Why\[/);
        expect(first).toMatch(new RegExp(` = ${number(parameters[at] as number)}$`));
        const parts = second.split(" = ");
        expect(parts.at(-1)).toBe(number(gradients[at] as number));
        const worked = parts.at(-2) ?? "";
        if (/^[−(\d]/.test(worked)) {
          expect(Math.abs(workedOut(worked) - (gradients[at] as number))).toBeLessThan(SHOWN);
        }
      }
    }
  });

  test("every unit and every probability", () => {
    for (let t = 0; t < T; t++) {
      for (let unit = 0; unit < H; unit++) {
        const [first = "", second = ""] = formulaOf({ kind: "hidden", t, unit }, anatomy).split(
          "\n",
        );
        const value = hidden[(t + 1) * H + unit] as number;
        expect(first).toMatch(new RegExp(` = ${number(value)}$`));
        expect(Math.abs(workedOut(lastWorked(first)) - value)).toBeLessThan(SHOWN);
        expect(second).toMatch(new RegExp(` = ${number(dState[t * H + unit] as number)}$`));
      }
      for (let token = 0; token < V; token++) {
        const formula = formulaOf({ kind: "probability", t, token }, anatomy);
        const [, power = "", total = ""] = /= exp\(([−\d.e]+)\) \/ ([\d.]+) =/.exec(formula) ?? [];
        const value = probabilities[t * V + token] as number;
        expect(Math.abs(Math.exp(workedOut(power)) / Number(total) - value)).toBeLessThan(SHOWN);
      }
    }
  });
});

/** What stands before the result of a formula's line, worked out. */
const lastWorked = (line: string): string => line.split(" = ").at(-2) ?? "";

describe.each(PAIRS.filter(({ cell }) => cell))("$cell", (pair) => {
  const anatomy = opened(pair);
  const { shape, cellName, slots, dSlots, cells, dCells } = anatomy;
  const { H, T } = shape;
  const places = Array.from({ length: T * H }, (_, i) => ({ t: Math.floor(i / H), unit: i % H }));

  test.each(GATES[cellName])("every $name", ({ slot, symbol }) => {
    for (const { t, unit } of places) {
      const at = (t * 4 + slot) * H + unit;
      const formula = formulaOf({ kind: "gate", t, slot, unit }, anatomy);
      const [first = "", second = ""] = formula.split("\n");
      expect(first).toMatch(new RegExp(`^${symbol}.\\[${unit}\\] = (σ|tanh)\\(Wx${symbol}\\[`));
      expect(first).toMatch(new RegExp(` = ${number(slots[at] as number)}$`));
      expect(Math.abs(workedOut(lastWorked(first)) - (slots[at] as number))).toBeLessThan(SHOWN);
      expect(second).toMatch(new RegExp(` = ${number(dSlots[at] as number)}$`));
    }
  });

  if (cellName !== "lstm") return;
  test("every cell", () => {
    for (const { t, unit } of places) {
      const [first = "", second = ""] = formulaOf({ kind: "cell", t, unit }, anatomy).split("\n");
      const value = cells[(t + 1) * H + unit] as number;
      expect(first).toMatch(new RegExp(` = ${number(value)}$`));
      expect(Math.abs(workedOut(lastWorked(first)) - value)).toBeLessThan(SHOWN);
      expect(second).toMatch(new RegExp(` = ${number(dCells[t * H + unit] as number)}$`));
    }
  });
});

/** Every formula of a model. */
function* formulasOf(anatomy: Anatomy): Generator<string> {
  const { shape, tensors } = anatomy;
  for (const { name, shape: size } of tensors) {
    const [rows = 1, columns = 1] = size;
    for (let cell = 0; cell < rows * columns; cell++) {
      const [row, column] = [Math.floor(cell / columns), cell % columns];
      yield formulaOf({ kind: "weight", name, row, column }, anatomy);
    }
  }
  for (let t = 0; t < shape.T; t++) {
    for (let unit = 0; unit < shape.H; unit++)
      yield formulaOf({ kind: "hidden", t, unit }, anatomy);
    for (let token = 0; token < shape.V; token++) {
      yield formulaOf({ kind: "probability", t, token }, anatomy);
    }
  }
}

test("one sign for less, also in exponents", () => {
  const formulas = [...formulasOf(opened({ ...HELLO, deviation: 1e-6 }))];
  expect(formulas.some((formula) => formula.includes("e−"))).toBe(true);
  expect(formulas.filter((formula) => formula.includes("-"))).toEqual([]);
});

test("a letter that is read from the right leaves the line around it as it is", () => {
  const formulas = [...formulasOf(opened({ input: "של", target: "לש", hiddenSize: 2 }))];
  const bare = formulas.map((formula) => formula.replaceAll(/\u2068[של]\u2069/g, ""));
  expect(bare.filter((formula) => /[של\u2068\u2069]/.test(formula))).toEqual([]);
  expect(formulas).toContainEqual(expect.stringMatching(/^Why\[\u2068ש\u2069,1\] = /));
});
