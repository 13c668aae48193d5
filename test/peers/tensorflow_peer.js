// The training step in TensorFlow.js as people write it: layers, SGD, trainOnBatch. Argument: the
// backend, cpu or wasm. Layers have no clip by value; at these shapes it would clip nothing.

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

/** @param {import("./peer.js").Job} job */
function make({ V, H, T, B, learningRate, inputs, targets, Wxh, Whh, Why, bh, by }) {
  tf.disposeVariables();
  const model = tf.sequential();
  model.add(
    tf.layers.simpleRNN({
      units: H,
      returnSequences: true,
      batchInputShape: [B, T, V],
      recurrentInitializer: "zeros", // the weights come from the job
    }),
  );
  model.add(tf.layers.dense({ units: V, activation: "softmax" }));
  model.compile({ optimizer: tf.train.sgd(learningRate), loss: "categoricalCrossentropy" });
  /** @param {Float64Array} values @param {[number, number]} shape */
  const matrix = (values, shape) => tf.tensor2d(Float32Array.from(values), shape);
  model.setWeights([
    matrix(Wxh, [H, V]).transpose(),
    matrix(Whh, [H, H]).transpose(),
    tf.tensor1d(Float32Array.from(bh)),
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
