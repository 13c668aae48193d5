// What the cells of a network hold at one place of a text, part by part: state, cell, gates.

import { cellOf, type Network } from "../../engine/cells.ts";
import type { Trace } from "../../trace/trace.ts";
import { GATES } from "../views/gates.ts";

/** What a cell holds, [layers][H]. */
export interface Part {
  readonly name: string;
  readonly values: Float64Array;
}

/** The parts of a network by name. */
export function partNames(network: Network): string[] {
  const cell = cellOf(network).parts === 2 ? ["c, cell state"] : [];
  const gates = GATES[network.cell ?? "rnn"];
  return ["h, state", ...cell, ...gates.map(({ symbol, name }) => `${symbol}, ${name}`)];
}

/** All parts at a place. */
export function partsAt(trace: Trace, place: number): Part[] {
  const { H, layers = 1, cell = "rnn" } = trace.shape;
  const { slots, parts } = cellOf(trace.shape);
  const rowsOf = (of: (layer: number) => ArrayLike<number>, from: number): Float64Array =>
    Float64Array.from(
      { length: layers * H },
      (_, i) => of(Math.floor(i / H))[from + (i % H)] as number,
    );
  const rows = [
    rowsOf((layer) => trace.hidden(layer), place * H),
    ...(parts === 2 ? [rowsOf((layer) => trace.cells(layer), place * H)] : []),
    ...GATES[cell].map(({ slot }) =>
      rowsOf((layer) => trace.slots(layer), (place * slots + slot) * H),
    ),
  ];
  return partNames(trace.shape).map((name, i) => ({ name, values: rows[i] as Float64Array }));
}
