// Faults of the reference, and of core and reference alike, which their comparison cannot see.

import { C, each, R } from "./fault.js";

/** @typedef {import("./fault.js").Fault} Fault */

/** Of the reference. @type {Fault[]} */
export const REFERENCE = [
  ...each(`${R}cells/gru.ts`, [
    ["((1 - z) * n + z *", "(z * n + z *"],
    ["if (p < B) continue;", "if (p <= B) continue;"],
  ]),
  ...each(`${R}cells/lstm.ts`, [["dCell[row + k] = dc * f;", "dCell[row + k] = dc;"]]),
  ...each(`${R}cells/rnn.ts`, [["(1 - h * h)", "(1 - h)"]]),
  ...each(`${R}layer.ts`, [
    ["this.dCell.fill(0);", ""],
    ["if (p < (T - 1) * B) this.#addTransposed", "if (p < (T - 2) * B) this.#addTransposed"],
    ["below.dHidden.fill(0);", ""],
  ]),
  ...each(`${R}loss.ts`, [
    ["if (probability > bestProbability) {", "if (probability >= bestProbability) {"],
    ["return { loss: total / (T * B), correct };", "return { loss: total / T, correct };"],
  ]),
  ...each(`${R}optimizer.ts`, [
    ["kept = (kept * keepShare) as Real;", ""],
    ["const g = Math.max(Math.min(gradient, clipValue), -clipValue);", "const g = gradient;"],
    ["const NORM_MARGIN = 1e-6;", "const NORM_MARGIN = 1e-5;"],
  ]),
  ...each(`${R}products.ts`, [
    [
      "c = (c + (matrix[row + 2 * columns + k] as number) * value) as Real;",
      "c = (c + (matrix[row + columns + k] as number) * value) as Real;",
    ],
  ]),
  ...each(`${R}random.ts`, [["k1 = (k1 + WEYL_1) >>> 0;", "k1 = (k1 + WEYL_0) >>> 0;"]]),
  ...each(`${R}dropout.ts`, [["const stays = 1 / (1 - share);", "const stays = 1;"]]),
  ...each(`${R}sample.ts`, [
    ["if (sum > place) return candidate;", "if (sum >= place + 0.1) return candidate;"],
  ]),
];

/** Of both alike. @type {Fault[]} */
export const BOTH = [
  {
    name: "lstm: the output gate leaves its gradient out",
    edits: [
      {
        file: `${C}cells/lstm.ts`,
        from: "throughSigmoid(v128.mul<real>(d, y), output)",
        to: "v128.splat<real>(0)",
      },
      { file: `${R}cells/lstm.ts`, from: "(d * y * (o * (1 - o))) as Real", to: "0" },
    ],
  },
  {
    name: "lstm: nothing goes on along the cells",
    edits: [
      {
        file: `${C}cells/lstm.ts`,
        from: "setVector(dc, k, v128.mul<real>(atC, forget));",
        to: "setVector(dc, k, v128.splat<real>(0));",
      },
      { file: `${R}cells/lstm.ts`, from: "dCell[row + k] = dc * f;", to: "dCell[row + k] = 0;" },
    ],
  },
  {
    name: "gru: the reset gate is outside",
    edits: [
      {
        file: `${C}cells/gru.ts`,
        from: "setVector(dq, k, v128.mul<real>(atP, reset));",
        to: "setVector(dq, k, atP);",
      },
      {
        file: `${R}cells/gru.ts`,
        from: "dSlots[at + 3 * H + k] = dp * r;",
        to: "dSlots[at + 3 * H + k] = dp;",
      },
    ],
  },
  {
    name: "gru: h goes on twice",
    edits: [
      {
        file: `${C}cells/gru.ts`,
        from: "const passed = v128.mul<real>(getVector(dh, k), getVector(z, k));",
        to: "const passed = getVector(dh, k);",
      },
      {
        file: `${R}cells/gru.ts`,
        from: "as number) + d * z) as Real",
        to: "as number) + d) as Real",
      },
    ],
  },
  {
    name: "tanh's slope",
    edits: [
      {
        file: `${C}cells/rows.ts`,
        from: "return v128.mul<real>(d, rest(v128.mul<real>(y, y)));",
        to: "return d;",
      },
      { file: `${R}cells/rnn.ts`, from: "* (1 - h * h)", to: "" },
    ],
  },
  {
    name: "Adam without a root",
    edits: [
      {
        file: `${C}optimizer.ts`,
        from: "v128.mul<real>(v128.sqrt<real>(s), getSplat(constants, ROOT_SCALE))",
        to: "v128.mul<real>(s, getSplat(constants, ROOT_SCALE))",
      },
      { file: `${R}optimizer.ts`, from: "Math.sqrt(s) * rootScale", to: "s * rootScale" },
    ],
  },
  {
    name: "AdamW without decay",
    edits: [
      {
        file: `${C}optimizer.ts`,
        from: "kept = v128.mul<real>(kept, getSplat(constants, KEEP));",
        to: "",
      },
      { file: `${R}optimizer.ts`, from: "kept = (kept * keepShare) as Real;", to: "" },
    ],
  },
  {
    name: "the norm's margin",
    edits: [
      {
        file: `${C}norm.ts`,
        from: "const NORM_MARGIN: f64 = 1e-6;",
        to: "const NORM_MARGIN: f64 = 0;",
      },
      { file: `${R}optimizer.ts`, from: "const NORM_MARGIN = 1e-6;", to: "const NORM_MARGIN = 0;" },
    ],
  },
  {
    name: "nine rounds of Philox",
    edits: [
      { file: `${C}random.ts`, from: "const ROUNDS: i32 = 10;", to: "const ROUNDS: i32 = 9;" },
      { file: `${R}random.ts`, from: "ROUNDS = 10;", to: "ROUNDS = 9;" },
    ],
  },
  {
    name: "dropout that does not scale",
    edits: [
      {
        file: `${C}dropout.ts`,
        from: "const stays = <real>(1 / (1 - share));",
        to: "const stays: real = 1;",
      },
      { file: `${R}dropout.ts`, from: "const stays = 1 / (1 - share);", to: "const stays = 1;" },
    ],
  },
  {
    name: "a gradient of the loss without its target",
    edits: [
      { file: `${C}loss.ts`, from: "(probability - 1) * scale", to: "probability * scale" },
      {
        file: `${R}loss.ts`,
        from: "const onehot = v === target ? 1 : 0;",
        to: "const onehot = 0;",
      },
    ],
  },
  {
    name: "an exponential with a coefficient off",
    edits: [
      {
        file: `${C}elementary/double.ts`,
        from: "0.0013888888888883752,",
        to: "0.0013888888898883752,",
      },
      {
        file: `${R}elementary.ts`,
        from: "const E4 = 0.0013888888888883752;",
        to: "const E4 = 0.0013888888898883752;",
      },
    ],
  },
  {
    name: "sampling with the temperature upside down",
    edits: [
      {
        file: `${C}sample.ts`,
        from: "(log(probability) - log(highest)) / temperature",
        to: "(log(probability) - log(highest)) * temperature",
      },
      {
        file: `${R}sample.ts`,
        from: "(log(probability) - log(highest)) / temperature",
        to: "(log(probability) - log(highest)) * temperature",
      },
    ],
  },
];
