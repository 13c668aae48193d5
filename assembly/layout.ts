// Where every buffer stands in linear memory, computed once from V, H, T and B.
// The only list of addresses and strides: the host reads these exports, the kernels use the
// accessors below. One instance holds one model; nothing moves after `reserve`.
//
// f64 unless said otherwise. N = number of parameters, P = T·B positions, p = t·B + b. What the
// host sees is row-major. "rows" are activations in the block layout of panel.ts: [B][n] where each
// four rows stand interleaved; "panels" are [n/4][k][4]. Hq and Vq are H and V rounded up to a
// multiple of four, the surplus zeros.

import { addGuard, clearGuards, fillGuards, GUARD } from "./guards";
import { GENERATOR_WORDS, RULE, STATISTICS } from "./words";

export let V: i32 = 0; // vocabulary size
export let H: i32 = 0; // hidden units
export let T: i32 = 0; // time steps
export let B: i32 = 0; // batch rows
export let N: i32 = 0; // parameters in all
export let P: i32 = 0; // positions of a batch
export let Hq: i32 = 0;
export let Vq: i32 = 0;
export let spanTimes: i32 = 0; // S, the times of a span

// Parameters and their gradients: two arenas of one layout, so clip and update are flat loops.
export let parameters: usize = 0; // [N]
export let Wxh: usize = 0; // [H][V]
export let Whh: usize = 0; // [H][H]
export let Why: usize = 0; // [V][H]
export let bh: usize = 0; // [H]
export let by: usize = 0; // [V]
export let gradients: usize = 0; // [N]
export let dWxh: usize = 0; // [H][V]
export let dWhh: usize = 0; // [H][H]
export let dWhy: usize = 0; // [V][H]
export let dbh: usize = 0; // [H]
export let dby: usize = 0; // [V]

// The optimizer's memory, [N] in the order of the parameters; 0 where the model has none.
export let firstMoment: usize = 0; // mean of the gradients: momentum, Adam
export let secondMoment: usize = 0; // mean of their squares: Adagrad, RMSprop, Adam

// What the threads of a team share; see team.ts. i32 words, each on a line of its own.
export let team: usize = 0;
export let rank: i32 = 0; // of this instance, 0 is the host's
export let ranks: i32 = 1;
// Orders and barriers this rank has seen. Globals, not locals of the loops that wait: in the first
// tier of Node 20's V8 a count kept in a local across memory.atomic.wait32 came back wrong and an
// order was done twice (seen with --liftoff-only; not without Liftoff, nor in Node 22 and 24).
export let ordersSeen: i32 = 0;
export let barriersSeen: i32 = 0;

// What the host writes before a step.
export let inputs: usize = 0; // i32 [T][B], token ids
export let targets: usize = 0; // i32 [T][B], token ids
export let state: usize = 0; // [B][H], the hidden state before the step and, after it, its last

// The weights as the products want them, packed anew each step.
export let embedding: usize = 0; // [V][Hq], row x is Wxh[:,x] + bh
export let recurrent: usize = 0; // panels of Whh, [Hq/4][H][4]
export let recurrentBack: usize = 0; // panels of Whh transposed, [Hq/4][H][4]
export let output: usize = 0; // panels of Why, [Vq/4][H][4]
export let outputBack: usize = 0; // panels of Why transposed, [Hq/4][V][4]

// Activations and what flows back through them.
export let hidden: usize = 0; // rows [T+1][B][Hq], those before t = 0 are `state`
export let probabilities: usize = 0; // rows [T][B][Vq], logits until the softmax
export let predictions: usize = 0; // i32 [T][B], argmax of the probabilities
export let losses: usize = 0; // [T][B], nats
export let dLogits: usize = 0; // rows [T][B][Vq]
export let dHidden: usize = 0; // rows [T][B][Hq], gradient before the tanh

// The same for a span of S times as panels over positions, for the weight gradients; these and the
// scratch each rank has for itself.
export let hiddenPanels: usize = 0; // [Hq/4][S·B][4]
export let dHiddenPanels: usize = 0; // [Hq/4][S·B][4]
export let dLogitsPanels: usize = 0; // [Vq/4][S·B][4]
export let dEmbedding: usize = 0; // [Hq/4][V+1][4], dWxh by token, then dbh
export let dOutputBias: usize = 0; // [Vq], dby
export let scratch: usize = 0; // one tile

// How the host wants a step's update done; the constants of optimizer.ts.
export let rule: usize = 0; // [12]

// Room to sort the characters in, for sampling.
export let candidates: usize = 0; // i32 [V]
export let chances: usize = 0; // [V]

// What the host reads after a step.
export let statistics: usize = 0; // [3]: loss (nats/char), correct predictions, gradient norm
// Seeded generator, u32 words: counter [4], key [2], unused [2], block [4]; see random.ts.
export let generator: usize = 0;

// Bits of `moments`.
export const FIRST: i32 = 1;
export const SECOND: i32 = 2;

export const TEAM_STRIDE: i32 = 16; // words of `team`: 64 bytes, so that none share a line
export const TEAM_WORDS: i32 = 8; // behind them a line for each rank

// Positions of a span: two panels of them, 16 KB, stay in the first cache, all in the second.
const SPAN: i32 = 256;

const ALIGNMENT: u64 = 64;
const PAGE: u64 = 65536;
const MEMORY_LIMIT: u64 = PAGE * 65535; // a 32-bit address space, less its last page

let end: u64 = 0; // first free byte while buffers are laid out

/** Takes a buffer of `bytes` bytes, with its guard. @returns its address. */
function take(bytes: u64): usize {
  const address = <usize>end;
  end += bytes;
  addGuard(<usize>end);
  end = (end + GUARD + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  return address;
}

/** Takes a buffer of f64, an even number of them, so that it can be walked in pairs. */
function takeNumbers(count: u64): usize {
  return take(((count + 1) & ~1) << 3);
}

/** The next multiple of four. */
function roundUp(n: i32): i32 {
  return (n + 3) & ~3;
}

/** A buffer of f64 for each rank. @returns the address of this rank's. */
function takeForRank(count: u64): usize {
  const bytes = ((count << 3) + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  return take(bytes * <u64>ranks) + <usize>(bytes * <u64>rank);
}

/** Computes every address for a model of these dimensions. @returns the bytes of memory needed. */
function plan(
  vocabulary: i32,
  hiddenUnits: i32,
  steps: i32,
  rows: i32,
  moments: i32,
  threads: i32,
): u64 {
  ranks = threads;
  V = vocabulary;
  H = hiddenUnits;
  T = steps;
  B = rows;
  Hq = roundUp(H);
  Vq = roundUp(V);
  const v = <u64>V;
  const h = <u64>H;
  const hq = <u64>Hq;
  const vq = <u64>Vq;
  const positions = <u64>T * <u64>B;
  const count = 2 * h * v + h * h + h + v;
  P = <i32>positions;
  N = <i32>count;
  end = (<u64>__heap_base + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  clearGuards();
  take(0);

  parameters = takeNumbers(count);
  Wxh = parameters;
  Whh = Wxh + ((<usize>(h * v)) << 3);
  Why = Whh + ((<usize>(h * h)) << 3);
  bh = Why + ((<usize>(v * h)) << 3);
  by = bh + ((<usize>h) << 3);
  gradients = takeNumbers(count);
  dWxh = gradients;
  dWhh = dWxh + (Whh - Wxh);
  dWhy = dWxh + (Why - Wxh);
  dbh = dWxh + (bh - Wxh);
  dby = dWxh + (by - Wxh);

  firstMoment = moments & FIRST ? takeNumbers(count) : 0;
  secondMoment = moments & SECOND ? takeNumbers(count) : 0;
  rule = takeNumbers(RULE);

  inputs = take(positions << 2);
  targets = take(positions << 2);
  state = takeNumbers(<u64>B * h);
  embedding = takeNumbers(v * hq);
  recurrent = takeNumbers(hq * h);
  recurrentBack = takeNumbers(hq * h);
  output = takeNumbers(vq * h);
  outputBack = takeNumbers(hq * v);
  hidden = takeNumbers((positions + <u64>B) * hq);
  probabilities = takeNumbers(positions * vq);
  predictions = take(positions << 2);
  losses = takeNumbers(positions);
  dLogits = takeNumbers(positions * vq);
  dHidden = takeNumbers(positions * hq);
  spanTimes = max(1, SPAN / B);
  const span = <u64>spanTimes * <u64>B;
  hiddenPanels = takeForRank(span * hq);
  dHiddenPanels = takeForRank(span * hq);
  dLogitsPanels = takeForRank(span * vq);
  dEmbedding = takeNumbers((v + 1) * hq);
  dOutputBias = takeNumbers(vq);
  scratch = takeForRank(16);
  candidates = take(v << 2);
  chances = takeNumbers(v);
  statistics = takeNumbers(STATISTICS);
  generator = take(GENERATOR_WORDS << 2);
  team = take((<u64>(TEAM_WORDS + (ASC_FEATURE_THREADS ? ranks : 0)) * <u64>TEAM_STRIDE) << 2);
  return end;
}

/** Bytes of memory that a model of these dimensions needs; call before `reserve`. */
export function memoryBytes(V: i32, H: i32, T: i32, B: i32, moments: i32, threads: i32): f64 {
  return <f64>plan(V, H, T, B, moments, threads);
}

/** Finds the model that rank 0 has reserved in the same memory. */
export function attach(
  V: i32,
  H: i32,
  T: i32,
  B: i32,
  moments: i32,
  threads: i32,
  ownRank: i32,
): void {
  rank = ownRank;
  plan(V, H, T, B, moments, threads);
}

/** Makes room for a model, all zeros. Call once. @returns false if memory cannot be had. */
export function reserve(V: i32, H: i32, T: i32, B: i32, moments: i32, threads: i32): bool {
  const bytes = plan(V, H, T, B, moments, threads);
  if (bytes > MEMORY_LIMIT) return false;
  const missing = <i32>((bytes + PAGE - 1) / PAGE) - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) return false;
  fillGuards();
  return true;
}

/** Notes the orders this rank has seen. */
export function seeOrders(count: i32): void {
  ordersSeen = count;
}

/** Notes the barriers this rank has seen. */
export function seeBarriers(count: i32): void {
  barriersSeen = count;
}

/** Makes this rank one that is alone. */
export function standAlone(): void {
  ranks = 1;
}
