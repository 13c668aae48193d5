// The cells of a network: what each is made of. assembly/dimensions.ts says the same to the core.

import type { CellName, Config, Precision } from "../settings/config.ts";

export type { CellName };

/**
 * A gate is a block of H rows of a layer's input weights and one of its recurrent weights, in PyTorch's
 * order. A slot is one number of each unit at each time, before its activation and after. -1: none.
 */
export interface Cell {
  /** As the core numbers it. */
  readonly kind: number;
  readonly gates: number;
  readonly slots: number;
  /** Parts of the state. */
  readonly parts: number;
  /** By slot: the gate whose input weights fill it … */
  readonly inputGates: readonly number[];
  /** … the gate whose recurrent weights do … */
  readonly recurrentGates: readonly number[];
  /** … and which of the layer's biases it has. */
  readonly biases: readonly number[];
}

const ALL = [0, 1, 2, 3];

export const CELLS: Readonly<Record<CellName, Cell>> = {
  /** h */
  rnn: {
    kind: 0,
    gates: 1,
    slots: 1,
    parts: 1,
    inputGates: [0],
    recurrentGates: [0],
    biases: [0],
  },
  /** Gates r, z, n; slots n's input part, r, z, n's hidden part; biases r, z and both of n. */
  gru: {
    kind: 1,
    gates: 3,
    slots: 4,
    parts: 1,
    inputGates: [2, 0, 1, -1],
    recurrentGates: [-1, 0, 1, 2],
    biases: [2, 0, 1, 3],
  },
  /** i, f, g, o */
  lstm: {
    kind: 2,
    gates: 4,
    slots: 4,
    parts: 2,
    inputGates: ALL,
    recurrentGates: ALL,
    biases: ALL,
  },
};

/** Which network a shape is of; one tanh layer where nothing is said. */
export interface Network {
  readonly cell?: CellName;
  /** Layers, 1 … 8. */
  readonly layers?: number;
  /** Whether it may be trained with dropout. */
  readonly drops?: boolean;
  /** What its numbers are; f64 where nothing is said. */
  readonly precision?: Precision;
}

const NAMES: Readonly<Record<CellName, string>> = { rnn: "tanh", gru: "GRU", lstm: "LSTM" };

/** A network in words: "128 hidden units", "LSTM with 128 hidden units", "2 GRU layers of 128 hidden units". */
export function networkWords(network: Network, H: number): string {
  const { cell = "rnn", layers = 1, precision = "f64" } = network;
  const numbers = precision === "f64" ? "" : ` in ${precision}`;
  const units = `${H} hidden ${H === 1 ? "unit" : "units"}${numbers}`;
  if (layers > 1) return `${layers} ${NAMES[cell]} layers of ${units}`;
  return cell === "rnn" ? units : `${NAMES[cell]} with ${units}`;
}

export function cellOf({ cell = "rnn" }: Network): Cell {
  return CELLS[cell];
}

/** The network that a configuration asks for. */
export function networkOf({
  cell,
  layers,
  dropout,
  precision,
}: Pick<Config, "cell" | "layers" | "dropout" | "precision">): Required<Network> {
  return { cell, layers, drops: dropout > 0, precision };
}
