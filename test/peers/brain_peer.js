// The training step of brain.js: recurrent.RNN, GRU or LSTM on one sequence. Its cells are others (RNN's
// has ReLU; start and end tokens, RMSprop, its own random weights), so only its first loss, of a network that knows
// nothing, can be compared with ours.

import { createRequire } from "node:module";
import brain from "brain.js";
import { serve } from "./peer.js";

const { version } = createRequire(import.meta.url)("brain.js/package.json");

/** @param {import("./peer.js").Job} job */
function make({ V, H, T, cell, layers, inputs }) {
  const { RNN, GRU, LSTM } = brain.recurrent;
  const net = new { rnn: RNN, gru: GRU, lstm: LSTM }[cell]({
    inputSize: V,
    inputRange: V,
    outputSize: V,
    hiddenLayers: new Array(layers).fill(H),
    learningRate: 1e-6,
  });
  net.initialize();
  const text = inputs.slice(0, T);
  return () => {
    const error = net.trainPattern(text, true);
    const bits = Math.log2(100 * error) * (T - 1); // its perplexity, undone
    return (bits * Math.LN2) / (T + 1);
  };
}

await serve(`brain.js ${version}, recurrent, cells of its own, RMSprop, arrays of its own`, make);
