// Gradients of the parameters: sums over all positions, t outer, b inner, for panels of four
// parameter rows, so that every sum has one owner. A span of times is transposed into panels small
// enough for the second cache, and multiplied there, before the next: packing all times first costs
// 2 to 4 % of the step in memory traffic (measured).

import {
  B,
  dbh,
  dby,
  dEmbedding,
  dHidden,
  dHiddenPanels,
  dLogits,
  dLogitsPanels,
  dOutputBias,
  dWhh,
  dWhy,
  dWxh,
  H,
  Hq,
  hidden,
  hiddenPanels,
  inputs,
  scratch,
  spanTimes,
  T,
  V,
  Vq,
} from "./layout";
import { at, get, getPair, getWord, rowOf, set, setPair } from "./memory";
import { packTime } from "./pack";
import { TILE, tile } from "./panel";
import { getOn } from "./team";

const QUAD: i32 = 4;

/**
 * Gradients of rows `first` … `last` - 1 of Wxh, Whh and bh, and `firstOutput` … `lastOutput` - 1
 * of Why and by. The firsts are multiples of four.
 */
export function parameterGradients(first: i32, last: i32, firstOutput: i32, lastOutput: i32): void {
  clear(first, last, firstOutput, lastOutput);
  // Hidden states are numbered as they stand in `hidden`: state s follows time s - 1, precedes s.
  for (let s = 0; s <= T; s += spanTimes) {
    getOn();
    const end = min(s + spanTimes, T + 1);
    const stride = QUAD * spanTimes * B;
    for (let i = s; i < end; i++) {
      const column = QUAD * (i - s) * B;
      packTime(rowOf(hidden, i * B, Hq), Hq, 0, Hq, at(hiddenPanels, column), stride);
      if (i < T) {
        packTime(rowOf(dHidden, i * B, Hq), Hq, first, last, at(dHiddenPanels, column), stride);
      }
      if (i > 0) {
        const logits = rowOf(dLogits, (i - 1) * B, Vq);
        packTime(logits, Vq, firstOutput, lastOutput, at(dLogitsPanels, column), stride);
      }
    }
    const after = min(end, T) - s; // times that begin with a state of this span
    addProduct(dWhh, H, dHiddenPanels, first, last, 0, after);
    addByToken(first, last, s, after);
    const skip = s == 0 ? 1 : 0; // the first state follows no time
    addProduct(dWhy, V, dLogitsPanels, firstOutput, lastOutput, skip, end - s);
    addOutputBias(firstOutput, lastOutput, skip, end - s);
  }
  unpack(first, min(last, H), firstOutput, min(lastOutput, V));
}

function clearRows(matrix: usize, first: i32, last: i32, columns: i32): void {
  if (last > first) memory.fill(rowOf(matrix, first, columns), 0, rowOf(0, last - first, columns));
}

function clear(first: i32, last: i32, firstOutput: i32, lastOutput: i32): void {
  clearRows(dWhh, first, min(last, H), H);
  clearRows(dWhy, firstOutput, min(lastOutput, V), H);
  clearRows(dEmbedding, first, last, V + 1);
  clearRows(dOutputBias, firstOutput, lastOutput, 1);
}

/** Adds to the 4 × 4 corner of a gradient that ends inside the tile. */
function edgeTile(a: usize, b: usize, c: usize, rows: i32, columns: i32, depth: i32): void {
  memory.fill(scratch, 0, at(0, TILE));
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) set(scratch, i * QUAD + j, get(c, i * H + j));
  }
  tile(a, b, scratch, QUAD, depth);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) set(c, i * H + j, get(scratch, i * QUAD + j));
  }
}

/**
 * gradient[i][k] += Σ_p left[p][i]·hidden[p][k] over the span's times `from` … `to` - 1, for rows
 * `first` … `last` - 1 of the gradient, [rows][H].
 */
function addProduct(
  gradient: usize,
  rows: i32,
  left: usize,
  first: i32,
  last: i32,
  from: i32,
  to: i32,
): void {
  if (from >= to) return;
  const column = QUAD * from * B;
  const depth = (to - from) * B;
  for (let i = first; i < last; i += QUAD) {
    const a = at(left, i * spanTimes * B + column);
    for (let k = 0; k < H; k += QUAD) {
      const b = at(hiddenPanels, k * spanTimes * B + column);
      const c = at(rowOf(gradient, i, H), k);
      if (i + QUAD <= rows && k + QUAD <= H) tile(a, b, c, H, depth);
      else edgeTile(a, b, c, min(QUAD, rows - i), min(QUAD, H - k), depth);
    }
  }
}

/** Adds `times` times from t to the sums of dHidden by input token and, last, over all tokens. */
function addByToken(first: i32, last: i32, t: i32, times: i32): void {
  for (let i = first; i < last; i += QUAD) {
    const panel = at(dHiddenPanels, i * spanTimes * B);
    const sums = rowOf(dEmbedding, i, V + 1);
    let low = getPair(sums, QUAD * V);
    let high = getPair(sums, QUAD * V + 2);
    for (let p = 0; p < times * B; p++) {
      const d0 = getPair(panel, QUAD * p);
      const d1 = getPair(panel, QUAD * p + 2);
      const sum = at(sums, QUAD * <i32>getWord(inputs, t * B + p));
      setPair(sum, 0, f64x2.add(getPair(sum, 0), d0));
      setPair(sum, 2, f64x2.add(getPair(sum, 2), d1));
      low = f64x2.add(low, d0);
      high = f64x2.add(high, d1);
    }
    setPair(sums, QUAD * V, low);
    setPair(sums, QUAD * V + 2, high);
  }
}

/** Adds the span's times `from` … `to` - 1 to the sums of dLogits. */
function addOutputBias(first: i32, last: i32, from: i32, to: i32): void {
  for (let v = first; v < last; v += QUAD) {
    const panel = at(dLogitsPanels, v * spanTimes * B);
    let low = getPair(dOutputBias, v);
    let high = getPair(dOutputBias, v + 2);
    for (let p = from * B; p < to * B; p++) {
      low = f64x2.add(low, getPair(panel, QUAD * p));
      high = f64x2.add(high, getPair(panel, QUAD * p + 2));
    }
    setPair(dOutputBias, v, low);
    setPair(dOutputBias, v + 2, high);
  }
}

// Panels whose addresses are closer than 448 bytes modulo 4096 cost the kernel alone 15 % (Zen 4;
// in a whole step it makes no difference), so its peak is taken with one half a kilobyte off.
const APART: i32 = 64;

/**
 * Runs the kernel alone, `calls` times on the same two panels of a span: for the benchmark.
 * @returns the floating-point operations done.
 */
export function runKernel(calls: i32): f64 {
  const depth = spanTimes * B;
  const panel = at(hiddenPanels, APART);
  memory.fill(scratch, 0, at(0, TILE));
  for (let i = 0; i < calls; i++) tile(dHiddenPanels, panel, scratch, QUAD, depth);
  return 2 * <f64>TILE * <f64>depth * <f64>calls;
}

/** The sums by token and of the biases to their places in the arena. */
function unpack(first: i32, last: i32, firstOutput: i32, lastOutput: i32): void {
  for (let i = first; i < last; i++) {
    const sums = at(rowOf(dEmbedding, i & ~3, V + 1), i & 3);
    for (let x = 0; x < V; x++) set(rowOf(dWxh, i, V), x, get(sums, QUAD * x));
    set(dbh, i, get(sums, QUAD * V));
  }
  for (let v = firstOutput; v < lastOutput; v++) set(dby, v, get(dOutputBias, v));
}
