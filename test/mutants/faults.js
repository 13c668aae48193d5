// Faults of the arithmetic, one change each: what a slip of the hand would make of the core, of the reference, and
// of both at once, which their comparison cannot see. `npm run mutants` puts each in, and expects it to be found.

const C = "assembly/";
const R = "src/reference/";

/**
 * @typedef {{ file: string, from: string, to: string }} Edit the first place of `from` in the file
 * @typedef {{ name: string, edits: Edit[] }} Fault
 */

/** @param {string} file @param {[from: string, to: string][]} changes @returns {Fault[]} */
function each(file, changes) {
  return changes.map(([from, to]) => ({
    name: `${file}: ${from} → ${to}`,
    edits: [{ file, from, to }],
  }));
}

/** Of the core. @type {Fault[]} */
export const CORE = [
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
