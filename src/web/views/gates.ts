// What the parts of a cell are called on the page: its gates, and the blocks of its tensors that are theirs.

import type { CellName } from "../../engine/cells.ts";
import type { PlainName } from "../../engine/shape.ts";

export interface Gate {
  /** Its place among the cell's slots. */
  readonly slot: number;
  readonly symbol: string;
  readonly name: string;
  /** What bounds it. */
  readonly squash: "σ" | "tanh";
}

/** The gates that stand beside a state, in the order in which they are drawn. */
export const GATES: Readonly<Record<CellName, readonly Gate[]>> = {
  rnn: [],
  gru: [
    { slot: 1, symbol: "r", name: "reset gate", squash: "σ" },
    { slot: 2, symbol: "z", name: "update gate", squash: "σ" },
    { slot: 0, symbol: "n", name: "new state", squash: "tanh" },
  ],
  lstm: [
    { slot: 0, symbol: "i", name: "input gate", squash: "σ" },
    { slot: 1, symbol: "f", name: "forget gate", squash: "σ" },
    { slot: 2, symbol: "g", name: "new content", squash: "tanh" },
    { slot: 3, symbol: "o", name: "output gate", squash: "σ" },
  ],
};

/** A GRU's n has a slot of its own for the part that r multiplies. */
export const GRU_HIDDEN_PART = 3;

/** The blocks of rows of a layer's matrices, and of its bias. */
const BLOCKS: Readonly<Record<CellName, readonly string[]>> = {
  rnn: ["h"],
  gru: ["r", "z", "n"],
  lstm: ["i", "f", "g", "o"],
};
const BIASES: Readonly<Record<CellName, readonly string[]>> = {
  ...BLOCKS,
  gru: ["r", "z", "n", "hn"],
};

/** The names of a tensor's blocks of H rows, from the first: Wxi, Wxf …; one that is of no gate is itself. */
export function blockNames(cell: CellName, tensor: PlainName): string[] {
  if (tensor === "Why" || tensor === "by") return [tensor];
  if (tensor === "bh") return BIASES[cell].map((gate) => `b${gate}`);
  return BLOCKS[cell].map((gate) => `${tensor.slice(0, 2)}${gate}`);
}

/** The gate that a block is of, in words; undefined for a tanh layer's. */
export function gateOfBlock(cell: CellName, block: string): string | undefined {
  if (block === "bhn") return "the part of the new state that r multiplies";
  return GATES[cell].find(({ symbol }) => symbol === block.at(-1))?.name;
}
