// The training step in jax-js: one jit of loss, gradients, clip by value and update, f32, on its Wasm
// backend, the fastest that Node has. Input products are of all times at once; it has no scan, so the
// times of the recurrence stand one after the other in the program.

import { defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { serve } from "./peer.js";

const VERSION = "0.1.25";

await init("wasm");
defaultDevice("wasm");

/** @typedef {import("@jax-js/jax").Array} Tensor */

/** @param {Float64Array} values @param {number[]} shape */
const tensor = (values, shape) => np.array(Float32Array.from(values)).reshape(shape);

/** A matrix transposed, as the products here want it. @param {Float64Array} values @param {number} columns */
const transposed = (values, columns) =>
  np.transpose(tensor(values, [values.length / columns, columns]));

/**
 * The cell: from the sums of a time, [B, gates·H], and the states before to the states after.
 * @type {Record<string, (sums: Tensor, product: () => Tensor, states: Tensor[], H: number, bias: Tensor) => Tensor[]>}
 */
const CELLS = {
  rnn: (sums, product, [h]) => {
    h?.dispose();
    return [np.tanh(sums.add(product()))];
  },
  gru: (sums, product, [h], H, bias) => {
    const hidden = product();
    const part = (/** @type {Tensor} */ from, /** @type {number} */ i) =>
      from.slice([], [i * H, (i + 1) * H]);
    const r = nn.sigmoid(part(sums.ref, 0).add(part(hidden.ref, 0)));
    const z = nn.sigmoid(part(sums.ref, 1).add(part(hidden.ref, 1)));
    const n = np.tanh(part(sums, 2).add(r.mul(part(hidden, 2).add(bias))));
    const kept = z.ref.mul(/** @type {Tensor} */ (h));
    return [np.subtract(1, z).mul(n).add(kept)];
  },
  lstm: (sums, product, [h, c], H) => {
    h?.dispose();
    const all = sums.add(product());
    const part = (/** @type {number} */ i) => all.ref.slice([], [i * H, (i + 1) * H]);
    const [i, f] = [nn.sigmoid(part(0)), nn.sigmoid(part(1))];
    const [g, o] = [np.tanh(part(2)), nn.sigmoid(part(3))];
    all.dispose();
    const next = f.mul(/** @type {Tensor} */ (c)).add(i.mul(g));
    return [o.mul(np.tanh(next.ref)), next];
  },
};

/** @param {import("./peer.js").Job} job */
function make({ V, H, T, B, cell, layers, learningRate, clipValue, inputs, targets, ...given }) {
  const gates = { rnn: 1, gru: 3, lstm: 4 }[cell];
  const parts = cell === "lstm" ? 2 : 1;
  const oneHot = (/** @type {number[]} */ tokens) =>
    nn.oneHot(np.array(Int32Array.from(tokens), { dtype: np.int32 }), V);
  const [x, y] = [oneHot(inputs), oneHot(targets)];
  let parameters = {
    layers: given.matrices.map(([input, recurrent], layer) => {
      const bias = /** @type {Float64Array} */ (given.biases[layer]);
      return {
        input: transposed(input, layer === 0 ? V : H),
        recurrent: transposed(recurrent, H),
        bias: tensor(bias.subarray(0, gates * H), [gates * H]),
        // n of a GRU has a second one.
        second: tensor(cell === "gru" ? bias.subarray(3 * H) : new Float64Array(1), [
          cell === "gru" ? H : 1,
        ]),
      };
    }),
    output: transposed(given.Why, H),
    bias: tensor(given.by, [V]),
  };

  const lossOf = (
    /** @type {typeof parameters} */ own,
    /** @type {Tensor} */ x,
    /** @type {Tensor} */ y,
  ) => {
    let rows = x; // [T·B, …]
    for (const { input, recurrent, bias, second } of own.layers) {
      const sums = np.matmul(rows, input).add(bias);
      /** @type {Tensor[]} */
      let states = Array.from({ length: parts }, () => np.zeros([B, H]));
      const outputs = [];
      for (let t = 0; t < T; t++) {
        const now = sums.ref.slice([t * B, (t + 1) * B]);
        const product = () => np.matmul(/** @type {Tensor} */ (before), recurrent.ref);
        const before = states[0]?.ref;
        states = /** @type {any} */ (CELLS[cell])(now, product, states, H, second.ref);
        outputs.push(/** @type {Tensor} */ (states[0]).ref);
      }
      for (const one of [...states, sums, recurrent, second]) one.dispose();
      rows = np.concatenate(outputs, 0);
    }
    const logits = np.matmul(rows, own.output).add(own.bias);
    return nn
      .logSoftmax(logits, -1)
      .mul(y)
      .sum()
      .mul(-1 / (T * B));
  };
  const step = jit(
    (/** @type {typeof parameters} */ own, /** @type {Tensor} */ x, /** @type {Tensor} */ y) => {
      const [loss, gradients] = valueAndGrad(lossOf)(tree.ref(own), x, y);
      const next = tree.map(
        (/** @type {Tensor} */ w, /** @type {Tensor} */ g) =>
          w.sub(np.clip(g, -clipValue, clipValue).mul(learningRate)),
        own,
        gradients,
      );
      return [loss, next];
    },
  );
  return async () => {
    const [loss, next] = step(/** @type {any} */ (parameters), x.ref, y.ref);
    parameters = /** @type {any} */ (next);
    return (await loss.data())[0];
  };
}

await serve(`jax-js ${VERSION}, jit, f32, backend ${defaultDevice()}`, make);
