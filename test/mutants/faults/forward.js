// Faults of the core on the way to the loss and back: cells, layers, softmax.

import { C, each } from "./fault.js";

/** @typedef {import("./fault.js").Fault} Fault */

/** @type {Fault[]} */
export const FORWARD = [
  ...each(`${C}cells/rnn.ts`, [
    [
      "tanhAll(at(hiddenAt(layer, t + 1), first * Hq), (last - first) * Hq);",
      "tanhAll(at(hiddenAt(layer, t + 1), first * Hq), (last - first) * Hq - PANEL);",
    ],
    ["setVector(d, LANES, high);", "setVector(d, LANES, low);"],
  ]),
  ...each(`${C}cells/rows.ts`, [
    ["return v128.mul<real>(d, rest(v128.mul<real>(y, y)));", "return v128.mul<real>(d, rest(y));"],
    ["return v128.mul<real>(d, v128.mul<real>(y, rest(y)));", "return v128.mul<real>(d, rest(y));"],
    ["v128.sub<real>(v128.splat<real>(1), x)", "v128.sub<real>(x, v128.splat<real>(1))"],
    [
      "const high = Lanes.tanhEnd(getVector(p, LANES));",
      "const high = Lanes.tanhEnd(getVector(p, 0));",
    ],
    [
      "const low = Lanes.sigmoidEnd(getVector(p, 0));",
      "const low = Lanes.sigmoidEnd(getVector(p, LANES));",
    ],
  ]),
  ...each(`${C}cells/gru.ts`, [
    ["sigmoidAll(z, count);", "tanhAll(z, count);"],
    ["v128.mul<real>(getVector(r, k), getVector(q, k))", "getVector(q, k)"],
    [
      "const fresh = v128.mul<real>(rest(keep), getVector(n, k));",
      "const fresh = v128.mul<real>(keep, getVector(n, k));",
    ],
    [
      "const atP = throughTanh(v128.mul<real>(d, rest(keep)), fresh);",
      "const atP = throughTanh(v128.mul<real>(d, keep), fresh);",
    ],
    [
      "v128.mul<real>(atP, getVector(q, k)), reset)",
      "v128.mul<real>(atP, getVector(n, k)), reset)",
    ],
    ["v128.sub<real>(getVector(before, k), fresh)", "v128.sub<real>(fresh, getVector(before, k))"],
    ["setVector(dq, k, v128.mul<real>(atP, reset));", "setVector(dq, k, atP);"],
    ["if (t == 0) return;", "if (t <= 1) return;"],
    ["v128.add<real>(getVector(dBefore, k), passed)", "passed"],
  ]),
  ...each(`${C}cells/lstm.ts`, [
    [
      "const kept = v128.mul<real>(getVector(f, k), getVector(before, k));",
      "const kept = v128.mul<real>(getVector(i, k), getVector(before, k));",
    ],
    ["setVector(tanhC, k, value);", "setVector(tanhC, k, kept);"],
    ["v128.mul<real>(getVector(o, k), getVector(tanhC, k))", "getVector(tanhC, k)"],
    ["if (t == T - 1) clear(dc, n);", "if (t == T - 2) clear(dc, n);"],
    ["throughTanh(v128.mul<real>(d, output), y)", "v128.mul<real>(d, output)"],
    [
      "throughSigmoid(v128.mul<real>(atC, update), input)",
      "throughSigmoid(v128.mul<real>(atC, input), input)",
    ],
    ["v128.mul<real>(atC, getVector(before, k))", "v128.mul<real>(atC, getVector(tanhC, k))"],
    ["throughTanh(v128.mul<real>(atC, input), update)", "v128.mul<real>(atC, input)"],
    ["throughSigmoid(v128.mul<real>(d, y), output)", "throughSigmoid(d, output)"],
    ["setVector(dc, k, v128.mul<real>(atC, forget));", "setVector(dc, k, atC);"],
  ]),
  ...each(`${C}forward.ts`, [
    ["rowOf(embedding, x * slots + slot, Hq)", "rowOf(embedding, x * slots, Hq)"],
    ["if (slot >= gates) continue;", "if (slot > 0) continue;"],
    [
      "if (layer > 0) inputForward(layer, first, last);",
      "if (layer > 1) inputForward(layer, first, last);",
    ],
    ["const before = hiddenAt(layer, t);", "const before = hiddenAt(layer, max(0, t - 1));"],
    [
      "if (isDropping) drop(layer, first, last);",
      "if (isDropping && layer == 0) drop(layer, first, last);",
    ],
    [
      "fill(logits, Vq, outputBias, V, first, last);",
      "fill(logits, Vq, outputBias, V - 1, first, last);",
    ],
  ]),
  ...each(`${C}loss.ts`, [
    ["const LOWEST_PROBABILITY: real = 1e-9;", "const LOWEST_PROBABILITY: real = 1e-2;"],
    [
      "highestHigh = v128.pmax<real>(highestHigh, getVector(p, LANES));",
      "highestHigh = getVector(p, LANES);",
    ],
    ["sumHigh = v128.add<real>(sumHigh, high);", "sumHigh = v128.add<real>(sumHigh, low);"],
    [
      "set(gradient, <i32>target * stride, (probability - 1) * scale);",
      "set(gradient, <i32>target * stride, probability * scale);",
    ],
    [
      "sum = sum + v128.extract_lane<real>(e, 0) + v128.extract_lane<real>(e, 1);",
      "sum = sum + v128.extract_lane<real>(e, 1) + v128.extract_lane<real>(e, 0);",
    ],
    ["set(gradient, v, probability * scale);", "set(gradient, v, probability);"],
    [
      "setDouble(statistics, LOSS, total / <f64>P);",
      "setDouble(statistics, LOSS, total / <f64>T);",
    ],
    [
      "if (getWord(predictions, p) == getWord(targets, p)) correct++;",
      "if (getWord(predictions, p) >= getWord(targets, p)) correct++;",
    ],
  ]),
  ...each(`${C}backward.ts`, [
    ["for (let t = T - 1; t >= 0; t--) {", "for (let t = T - 1; t > 0; t--) {"],
    [
      "if (t < T - 1) addGates(panels, layer, t + 1, from",
      "if (t < T - 2) addGates(panels, layer, t + 1, from",
    ],
    ["if (isDropping) dropBack(layer, first, last);", ""],
    [
      "if (layer > 0) inputBackward(layer, first, last);",
      "if (layer > 1) inputBackward(layer, first, last);",
    ],
    ["rowOf(panels, gate * Hq, H)", "rowOf(panels, 0, H)"],
  ]),
];
