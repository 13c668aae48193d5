// The training step in TensorFlow.js as people write it: layers, SGD, trainOnBatch. Argument: the
// backend, cpu or wasm. Layers have no clip by value; at these shapes it would clip nothing. Its GRU
// resets before the product with the recurrent weights, not after it: another cell than PyTorch's.

import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { serve } from "./peer.js";

const backend = /** @type {string} */ (process.argv[2]);
const wasm = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
setWasmPaths(dirname(wasm) + sep);
await tf.setBackend(backend);
await tf.ready();

const LAYERS = { rnn: tf.layers.simpleRNN, gru: tf.layers.gru, lstm: tf.layers.lstm };
/** Our gates in its order: z r n of a GRU; i f g o of an LSTM. */
const GATES = { rnn: [0], gru: [1, 0, 2], lstm: [0, 1, 2, 3] };

/** @param {import("./peer.js").Job} job */
function make({ V, H, T, B, cell, layers, learningRate, inputs, targets, ...weights }) {
  const { matrices, biases, Why, by } = weights;
  tf.disposeVariables();
  const model = tf.sequential();
  for (let layer = 0; layer < layers; layer++) {
    const own = {
      units: H,
      returnSequences: true,
      ...(layer === 0 && { batchInputShape: [B, T, V] }),
      recurrentInitializer: "zeros", // the weights come from the job
      ...(cell !== "rnn" && { recurrentActivation: "sigmoid" }),
    };
    model.add(LAYERS[cell](/** @type {any} */ (own)));
  }
  model.add(tf.layers.dense({ units: V, activation: "softmax" }));
  model.compile({ optimizer: tf.train.sgd(learningRate), loss: "categoricalCrossentropy" });
  /** @param {Float64Array} values @param {[number, number]} shape */
  const matrix = (values, shape) => tf.tensor2d(Float32Array.from(values), shape);
  /** Blocks of H rows in its order. @param {Float64Array} values @param {number} columns */
  const ordered = (values, columns) => {
    const blocks = GATES[cell].map((gate) => [
      ...values.subarray(gate * H * columns, (gate + 1) * H * columns),
    ]);
    return Float64Array.from(blocks.flat());
  };
  const rows = GATES[cell].length * H;
  const ofLayers = matrices.flatMap(([input, recurrent], layer) => {
    const columns = layer === 0 ? V : H;
    return [
      matrix(ordered(input, columns), [rows, columns]).transpose(),
      matrix(ordered(recurrent, H), [rows, H]).transpose(),
      tf.tensor1d(Float32Array.from(ordered(/** @type {Float64Array} */ (biases[layer]), 1))),
    ];
  });
  model.setWeights([
    ...ofLayers,
    matrix(Why, [V, H]).transpose(),
    tf.tensor1d(Float32Array.from(by)),
  ]);
  /** @param {number[]} tokens */
  const oneHot = (tokens) => {
    const ids = tf.tensor2d(tokens, [T, B], "int32").transpose();
    return /** @type {tf.Tensor3D} */ (tf.oneHot(ids, V).toFloat());
  };
  const [x, y] = [oneHot(inputs), oneHot(targets)];
  return async () => Number(await model.trainOnBatch(x, y));
}

await serve(`TensorFlow.js ${tf.version.tfjs}, layers, f32, backend ${tf.getBackend()}`, make);
