// Faults of the core from the gradients on: sums, norm, update, packing, kernels, draws, ranks.

import { C, each } from "./fault.js";

/** @typedef {import("./fault.js").Fault} Fault */

/** @type {Fault[]} */
export const UPDATE = [
  ...each(`${C}gradients.ts`, [
    ["const after = min(end, T) - s;", "const after = min(end, T - 1) - s;"],
    ["const skip = s == 0 ? 1 : 0;", "const skip = 0;"],
    ["const given = isDropping ? inputPanels : hiddenPanels;", "const given = hiddenPanels;"],
    [
      "addBias(dOutputBias, dLogitsPanels, first, last, skip, end - s);",
      "addBias(dOutputBias, dLogitsPanels, first, last, skip + 1, end - s);",
    ],
    ["if (i + PANEL <= rows && k + PANEL <= H)", "if (i + PANEL <= rows + 1 && k + PANEL <= H)"],
    [
      "if (layer > 0) clearRows(rowOf(input, gate * H, H)",
      "if (layer > 1) clearRows(rowOf(input, gate * H, H)",
    ],
    [
      "for (let i = first; i < last; i++) set(bias, i, get(sums, i));",
      "for (let i = first; i < last - 1; i++) set(bias, i, get(sums, i));",
    ],
  ]),
  ...each(`${C}sums.ts`, [
    ["high = v128.add<real>(high, d1);", "high = v128.add<real>(high, d0);"],
    [
      "for (let p = at(panel, PANEL * from * B); p < end; p = at(p, PANEL)) {",
      "for (let p = at(panel, PANEL * (from + 1) * B); p < end; p = at(p, PANEL)) {",
    ],
  ]),
  ...each(`${C}norm.ts`, [
    ["const NORM_MARGIN: f64 = 1e-6;", "const NORM_MARGIN: f64 = 0;"],
    [
      "for (let i = outputTensor() + 1; i < tensorCount(); i++)",
      "for (let i = outputTensor() + 2; i < tensorCount(); i++)",
    ],
    [
      "setDouble(rule, CLIP_LOWER, -getDouble(rule, CLIP_VALUE));",
      "setDouble(rule, CLIP_LOWER, 0);",
    ],
    ["s3 += square(r3, k);", "s3 += square(r2, k);"],
  ]),
  ...each(`${C}optimizer.ts`, [
    [
      "direction = moved(getVector(firstMoment, i), FIRST_DECAY, FIRST_GAIN, g);",
      "direction = moved(getVector(firstMoment, i), FIRST_DECAY, FIRST_DECAY, g);",
    ],
    ["SECOND_GAIN, v128.mul<real>(g, g));", "SECOND_GAIN, g);"],
    ["v128.mul<real>(v128.sqrt<real>(s), getSplat(constants, ROOT_SCALE))", "v128.sqrt<real>(s)"],
    ["kept = v128.mul<real>(kept, getSplat(constants, KEEP));", ""],
    ["v128.add<real>(root, getSplat(constants, EPSILON))", "root"],
    [
      "for (let i = 0; i < N; i += LANES) setVector(parameters, i, updated(i, true));",
      "for (let i = 0; i < N - LANES; i += LANES) setVector(parameters, i, updated(i, true));",
    ],
    [
      "return v128.sub<real>(getVector(parameters, i), v128.mul<real>(rate, g));",
      "return v128.add<real>(getVector(parameters, i), v128.mul<real>(rate, g));",
    ],
  ]),
  ...each(`${C}pack.ts`, [
    [
      "if (back) packColumns(matrix, V, H, outputBack, firstOutput, lastOutput);",
      "if (back && firstOutput > 0) packColumns(matrix, V, H, outputBack, firstOutput, lastOutput);",
    ],
    [
      "for (; i < columns; i++) set(panels, whole * rows + PANEL * k + i - whole, get(row, i));",
      "",
    ],
    [
      "for (let i = max(first, whole); i < min(last, H); i++) {",
      "for (let i = max(first, whole) + 1; i < min(last, H); i++) {",
    ],
    ["const rows = partAt(layer, part, T);", "const rows = partAt(layer, part, T - 1);"],
    ["return part == 0 ? hiddenAt(layer, t) : cellAt(layer, t);", "return hiddenAt(layer, t);"],
  ]),
  ...each(`${C}panel.ts`, [
    ["s13 = multiplyAdd(s13, a1, b3);", "s13 = multiplyAdd(s13, a1, b2);"],
    [
      "s7 = multiplyAdd(s7, getVector(a3, LANES), xk);",
      "s7 = multiplyAdd(s7, getVector(a2, LANES), xk);",
    ],
    ["const a = at(panels, i * depth + k * PANEL);", "const a = at(panels, i * depth);"],
    [
      "for (; b + PANEL < blocked; b += 2 * PANEL) {",
      "for (; b + PANEL <= blocked; b += 2 * PANEL) {",
    ],
    ["for (let b = blocked; b < last; b++) {", "for (let b = blocked + 1; b < last; b++) {"],
  ]),
  ...each(`${C}positions.ts`, [
    ["for (let b = blocked; b < B; b++) {", "for (let b = blocked; b < B - 1; b++) {"],
    ["panel = at(panel, PANEL * PANEL);", "panel = at(panel, PANEL);"],
  ]),
  ...each(`${C}random.ts`, [
    ["const ROUNDS: i32 = 10;", "const ROUNDS: i32 = 9;"],
    ["c2 = <u32>(p0 >> 32) ^ c3 ^ k1;", "c2 = <u32>(p0 >> 32) ^ c3 ^ k0;"],
    ["const v = 2 * fraction(2) - 1;", "const v = 2 * fraction(1) - 1;"],
  ]),
  ...each(`${C}initial.ts`, [
    ["i < weights ? <real>(size * normal()) : 0", "<real>(size * normal())"],
    ["const FORGET: i32 = 1;", "const FORGET: i32 = 0;"],
    ["for (let pass = 0; pass < 2; pass++) {", "for (let pass = 0; pass < 1; pass++) {"],
  ]),
  ...each(`${C}sample.ts`, [
    ["return pa > pb || (pa == pb && a < b);", "return pa > pb || (pa == pb && a > b);"],
    [
      "chance = exp((log(probability) - log(highest)) / temperature);",
      "chance = exp((log(probability) - log(highest)) * temperature);",
    ],
    ["if (sum >= mass) break;", "if (sum > mass / 2) break;"],
    ["if (sum > place) return candidate;", "if (sum > place + place) return candidate;"],
  ]),
  ...each(`${C}dropout.ts`, [
    ["const stays = <real>(1 / (1 - share));", "const stays: real = 1;"],
    ["<u32>((t * B + b) * blocks + block),", "<u32>((t * B + b) + block),"],
    ["STREAM_OF_MASKS + layer,", "STREAM_OF_MASKS,"],
  ]),
  ...each(`${C}elementary/double.ts`, [
    ["0.008333333333326141,", "0.008333333333333333,"],
    [
      "return f64x2.add(r, step(c, z, step(low, zz, step(middle, zz, high))));",
      "return f64x2.add(r, f64x2.mul(z, step(low, zz, step(middle, zz, high))));",
    ],
    ["const value = f64x2.sub(q, f64x2.mul(f64x2.mul(q, lost), inverse));", "const value = q;"],
    ["const square = 0.5 * f * f;", "const square = 0.5 * f;"],
  ]),
  ...each(`${C}step.ts`, [
    ["setDropping(getDouble(rule, DROPOUT) > 0);", "setDropping(false);"],
    [
      "if (!gradientNorm()) return GRADIENT_NOT_FINITE;\n    if (!update())",
      "gradientNorm();\n    if (!update())",
    ],
    ["if (!isPacked) packWeights(false, 0, Hq, 0, Vq);", "packWeights(false, 0, Hq - 4, 0, Vq);"],
  ]),
  ...each(`${C}team.ts`, [
    [
      "return rank == active - 1 ? B : share(roundDown(B), rank + 1);",
      "return share(roundDown(B), rank + 1);",
    ],
    [
      "return min(units, ((panels * ofRank) / active) * PANEL);",
      "return min(units, ((panels * ofRank) / (active + 1)) * PANEL);",
    ],
    ["atomic.store<i32>(word(ARRIVED), 0);\n    atomic.add", "atomic.add"],
  ]),
];
