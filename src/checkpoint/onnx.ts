// A model as an ONNX graph: ids and states in, logits, probabilities and states out, for any number of time
// steps and rows at once. In f32, which every runtime has for RNN, GRU and LSTM.

import { type CellName, cellOf } from "../engine/cells.ts";
import { type Parameter, parametersOf } from "../engine/shape.ts";
import type { Model } from "../model/model.ts";
import { expectEach } from "./error.ts";
import { Message } from "./protobuf.ts";
import type { Checkpoint } from "./weights.ts";

const IR_VERSION = 8;
const OPSET = 14;
// Kinds of numbers, and of attributes.
const FLOAT = 1;
const INT64 = 7;
const OF_INTEGER = 2;

/** ONNX's operator of a cell, and which of our gates its first, second, … is: z r h of a GRU, i o f c of an LSTM. */
const OPERATORS: Readonly<Record<CellName, { operator: string; gates: readonly number[] }>> = {
  rnn: { operator: "RNN", gates: [0] },
  gru: { operator: "GRU", gates: [1, 0, 2] },
  lstm: { operator: "LSTM", gates: [0, 3, 1, 2] },
};

/**
 * The model as the bytes of an ONNX file (opset 14, f32). Inputs: `ids` int64 [time][batch]; `h`, and an LSTM's
 * `c`, [layers][batch][H], the state before (zeros at a beginning). Outputs: `logits` and `probabilities`
 * [time][batch][V]; `h_n` and `c_n`, the state behind. One step is a time of 1. The vocabulary is in the
 * metadata, as JSON.
 * @throws {CheckpointError} for a weight that f32 cannot hold.
 * @example
 * ```js
 * const onnx = toOnnx(model); // bytes; write them to model.onnx
 * ```
 */
export function toOnnx(source: Model | Checkpoint): Uint8Array<ArrayBuffer> {
  const { shape, parameters } =
    "engine" in source ? source.engine : { shape: source, parameters: source.parameters };
  const { V, H, cell = "rnn", layers = 1 } = shape;
  expectEach("weights", parameters, "a number that f32 can hold", (weight) =>
    Number.isFinite(Math.fround(weight)),
  );
  const all = parametersOf(shape);
  const of = (role: Parameter["role"], layer: number): Float32Array => {
    const found = all.find((one) => one.role === role && one.layer === layer) as Parameter;
    return Float32Array.from(parameters.subarray(found.offset, found.offset + found.length));
  };
  const graph = new Message();
  const states = cellOf(shape).parts > 1 ? ["h", "c"] : ["h"];
  const each = Array.from({ length: layers }, (_, layer) => layer);
  graph.add(1, node("OneHot", ["ids", "V", "offOn"], ["x"]));
  for (const state of states) {
    graph.add(
      1,
      node(
        "Split",
        [state],
        each.map((l) => `${state}_${l}`),
        { axis: 0 },
      ),
    );
  }
  const { operator, gates } = OPERATORS[cell];
  for (const layer of each) {
    const x = layer === 0 ? "x" : `x_${layer}`;
    const weights = [`W_${layer}`, `R_${layer}`, `B_${layer}`];
    const before = states.map((state) => `${state}_${layer}`);
    const behind = states.map((state) => `${state}_n_${layer}`);
    const how = { hidden_size: H, ...(cell === "gru" && { linear_before_reset: 1 }) };
    graph.add(1, node(operator, [x, ...weights, "", ...before], [`y_${layer}`, ...behind], how));
    graph.add(1, node("Squeeze", [`y_${layer}`, "direction"], [`x_${layer + 1}`]));
  }
  graph.add(1, node("MatMul", [`x_${layers}`, "output"], ["products"]));
  graph.add(1, node("Add", ["products", "bias"], ["logits"]));
  graph.add(1, node("Softmax", ["logits"], ["probabilities"], { axis: 2 }));
  for (const state of states) {
    graph.add(
      1,
      node(
        "Concat",
        each.map((l) => `${state}_n_${l}`),
        [`${state}_n`],
        { axis: 0 },
      ),
    );
  }
  graph.add(2, "ello");
  for (const layer of each) {
    const columns = layer === 0 ? V : H;
    graph.add(
      5,
      numbers(`W_${layer}`, [1, gates.length * H, columns], inOrder(of("input", layer), gates)),
    );
    graph.add(
      5,
      numbers(`R_${layer}`, [1, gates.length * H, H], inOrder(of("recurrent", layer), gates)),
    );
    graph.add(
      5,
      numbers(`B_${layer}`, [1, 2 * gates.length * H], biases(of("bias", layer), cell, H)),
    );
  }
  graph.add(5, numbers("output", [H, V], transposed(of("output", layers - 1), V, H)));
  graph.add(5, numbers("bias", [V], of("outputBias", layers - 1)));
  graph.add(5, numbers("offOn", [2], Float32Array.of(0, 1)));
  graph.add(5, integers("V", [], [V]), integers("direction", [1], [1]));
  graph.add(11, value("ids", INT64, ["time", "batch"]));
  for (const state of states) graph.add(11, value(state, FLOAT, [layers, "batch", H]));
  for (const name of ["logits", "probabilities"])
    graph.add(12, value(name, FLOAT, ["time", "batch", V]));
  for (const state of states) graph.add(12, value(`${state}_n`, FLOAT, [layers, "batch", H]));
  const model = new Message().integer(1, IR_VERSION).add(2, "ello").add(7, graph);
  model.add(8, new Message().add(1, "").integer(2, OPSET));
  const { vocabulary } = source;
  if (vocabulary) {
    const about = { vocabulary: JSON.stringify(vocabulary.ixToChar), unit: vocabulary.unit };
    for (const [key, text] of Object.entries(about)) {
      model.add(14, new Message().add(1, key).add(2, text));
    }
  }
  return model.bytes();
}

/** Blocks of rows, one a gate, in ONNX's order. */
function inOrder(blocks: Float32Array, gates: readonly number[]): Float32Array {
  const size = blocks.length / gates.length;
  const ordered = new Float32Array(blocks.length);
  for (const [place, gate] of gates.entries()) {
    ordered.set(blocks.subarray(gate * size, (gate + 1) * size), place * size);
  }
  return ordered;
}

/** ONNX's two biases: ours is the first, and GRU's second of n the last of the second. */
function biases(ours: Float32Array, cell: CellName, H: number): Float32Array {
  const { gates } = OPERATORS[cell];
  const both = new Float32Array(2 * gates.length * H);
  both.set(inOrder(ours.subarray(0, gates.length * H), gates));
  if (cell === "gru") both.set(ours.subarray(gates.length * H), both.length - H);
  return both;
}

/** [rows][columns] to [columns][rows]. */
function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  return matrix.map((_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)] as number);
}

function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, number>> = {},
): Message {
  const message = new Message().add(1, ...inputs).add(2, ...outputs);
  message.add(3, outputs[0] as string).add(4, operator);
  for (const [name, number] of Object.entries(attributes)) {
    message.add(5, new Message().add(1, name).integer(3, number).integer(20, OF_INTEGER));
  }
  return message;
}

function numbers(name: string, shape: readonly number[], values: Float32Array): Message {
  const raw = new DataView(new ArrayBuffer(4 * values.length));
  for (const [i, number] of values.entries()) raw.setFloat32(4 * i, number, true);
  return tensor(name, FLOAT, shape, new Uint8Array(raw.buffer));
}

function integers(name: string, shape: readonly number[], values: readonly number[]): Message {
  const raw = new DataView(new ArrayBuffer(8 * values.length));
  for (const [i, number] of values.entries()) raw.setBigInt64(8 * i, BigInt(number), true);
  return tensor(name, INT64, shape, new Uint8Array(raw.buffer));
}

function tensor(name: string, kind: number, shape: readonly number[], raw: Uint8Array): Message {
  return new Message()
    .integer(1, ...shape)
    .integer(2, kind)
    .add(8, name)
    .add(9, raw);
}

/** An input or output: a size, or the name of one that is open. */
function value(name: string, kind: number, sizes: readonly (number | string)[]): Message {
  const dimensions = sizes.map((size) =>
    typeof size === "number" ? new Message().integer(1, size) : new Message().add(2, size),
  );
  const shape = new Message().add(1, ...dimensions);
  const type = new Message().add(1, new Message().integer(1, kind).add(2, shape));
  return new Message().add(1, name).add(2, type);
}
