// Where every buffer stands in linear memory, computed once from a model's dimensions. The only list
// of addresses: the host reads these exports, the kernels use the accessors of activations.ts and
// memory.ts. Nothing moves after `reserve`.
//
// Numbers are `real`, f64 or f32, unless said otherwise. N = number of parameters, P = T·B positions, p = t·B + b, L layers, G
// gates and S slots of the cell (dimensions.ts). What the host sees is row-major. "rows" are
// activations in the block layout of panel.ts: [B][n] where each four rows stand interleaved;
// "panels" are [n/4][k][4]. Hq and Vq are H and V rounded up to whole panels, the surplus zeros. In f32 a
// panel has 8 rows, and every 4 of these layouts is an 8.

import { startTaking, take, takeDoubles, takeForRank, takeNumbers, taken } from "./allocate";
import {
  B,
  cell,
  count,
  drops,
  gates,
  H,
  Hq,
  joinTeam,
  layers,
  P,
  parts,
  RNN,
  slots,
  spanTimes,
  V,
  Vq,
} from "./dimensions";
import { fillGuards } from "./guards";
import { PANEL } from "./real";
import { outputTensor, placeTensors, rowsBefore } from "./tensors";
import { GENERATOR_WORDS, RULE, STATISTICS } from "./words";

// Parameters and their gradients: two arenas of one layout (tensors.ts), so clip and update are flat
// loops.
export let parameters: usize = 0; // [N]
export let gradients: usize = 0; // [N]

// The optimizer's memory, [N] in the order of the parameters; 0 where the model has none.
export let firstMoment: usize = 0; // mean of the gradients: momentum, Adam
export let secondMoment: usize = 0; // mean of their squares: Adagrad, RMSprop, Adam

// What the threads of a team share; see team.ts. i32 words, each on a line of its own.
export let team: usize = 0;
// The order and the barriers this rank has seen. Globals, not locals of the loops that wait: in the first
// tier of Node 20's V8 a count kept in a local across memory.atomic.wait32 came back wrong and an
// order was done twice (seen with --liftoff-only; not without Liftoff, nor in Node 22 and 24).
export let orderSeen: i32 = 0;
export let barriersSeen: i32 = 0;

// What the host writes before a step.
export let inputs: usize = 0; // i32 [T][B], token ids
export let targets: usize = 0; // i32 [T][B], token ids
export let state: usize = 0; // [L][parts][B][H], the states before the step and, after it, its last

// The weights as the products want them, packed anew each step. Those of a layer's gates stand in
// the order of the slots they fill.
export let embedding: usize = 0; // [V][S][Hq], row x is layer 0's input weights [:,x] + biases
export let slotBias: usize = 0; // of layers 1 …: [L-1][S][Hq]
export let input: usize = 0; // of layers 1 …: panels [L-1][G][Hq/4][H][4]
export let inputBack: usize = 0; // transposed, gate by gate: panels [L-1][G][Hq/4][H][4]
export let recurrent: usize = 0; // panels [L][G][Hq/4][H][4]
export let recurrentBack: usize = 0; // transposed, gate by gate: panels [L][G][Hq/4][H][4]
export let output: usize = 0; // panels of Why, [Vq/4][H][4]
export let outputBack: usize = 0; // panels of Why transposed, [Hq/4][V][4]

// Activations and what flows back through them.
export let hidden: usize = 0; // rows [L][T+1][B][Hq], those before t = 0 are `state`
export let cells: usize = 0; // LSTM: rows [L][T+1][B][Hq], c, the same
export let cellTanh: usize = 0; // LSTM: rows [L][T][B][Hq], tanh(c)
export let activations: usize = 0; // rows [L][T][S][B][Hq], slots; of RNN they are those of `hidden`
export let masks: usize = 0; // dropout: rows [L][T][B][Hq], what each unit is multiplied by
export let dropped: usize = 0; // dropout: rows [L][T][B][Hq], the hidden states so multiplied
export let probabilities: usize = 0; // rows [T][B][Vq], logits until the softmax
export let predictions: usize = 0; // i32 [T][B], argmax of the probabilities
export let losses: usize = 0; // [T][B], nats
export let dLogits: usize = 0; // rows [T][B][Vq]
export let dSlots: usize = 0; // rows [L][T][S][B][Hq], gradient before the activations
export let dHidden: usize = 0; // rows [T][B][Hq], gradient at one layer's states; RNN: `dSlots`
export let dCell: usize = 0; // LSTM: rows [B][Hq], gradient at c of one layer and time

// The same for a span of S times as panels over positions, for the weight gradients; these and the
// scratch each rank has for itself.
export let hiddenPanels: usize = 0; // [Hq/4][S·B][4]
export let inputPanels: usize = 0; // [Hq/4][S·B][4], what a layer gets from the one below
export let dSlotPanels: usize = 0; // [Hq/4][S·B][4], one slot
export let dLogitsPanels: usize = 0; // [Vq/4][S·B][4]
export let dEmbedding: usize = 0; // [G][Hq/4][V][4], layer 0's input gradients by token, slot order
export let dSlotBias: usize = 0; // [L][S][Hq]
export let dOutputBias: usize = 0; // [Vq], dby
export let scratch: usize = 0; // two tiles
export let rowSquares: usize = 0; // f64 [rows of all matrices], sums of squares of their gradients

// How the host wants a step's update done; the constants of optimizer.ts.
export let rule: usize = 0; // f64 [18]
export let constants: usize = 0; // [18], those of the update as the core reckons with them

// Room to sort the characters in, for sampling.
export let candidates: usize = 0; // i32 [V]
export let chances: usize = 0; // f64 [V]

// What the host reads after a step.
export let statistics: usize = 0; // f64 [3]: loss (nats/char), correct predictions, gradient norm
// Seeded generator, u32 words: counter [4], key [2], unused [2], block [4]; see random.ts.
export let generator: usize = 0;

// Bits of `moments`.
export const FIRST: i32 = 1;
export const SECOND: i32 = 2;

export const TEAM_STRIDE: i32 = 16; // words of `team`: 64 bytes, so that none share a line
export const TEAM_WORDS: i32 = 8; // behind them a line for each rank

const PAGE: u64 = 65536;
const MEMORY_LIMIT: u64 = PAGE * 65535; // a 32-bit address space, less its last page

/** Computes every address for the model that was measured. @returns the bytes of memory needed. */
function plan(moments: i32, threads: i32, rank: i32): u64 {
  joinTeam(rank, threads);
  placeTensors();
  startTaking();
  parameters = takeNumbers(count);
  gradients = takeNumbers(count);
  firstMoment = moments & FIRST ? takeNumbers(count) : 0;
  secondMoment = moments & SECOND ? takeNumbers(count) : 0;
  rule = takeDoubles(RULE);
  constants = sizeof<real>() == 8 ? rule : takeNumbers(RULE);
  takeWeights();
  takeActivations();
  takeGradients();
  candidates = take((<u64>V) << 2);
  chances = takeDoubles(V);
  statistics = takeDoubles(STATISTICS);
  generator = take(GENERATOR_WORDS << 2);
  team = take((<u64>(TEAM_WORDS + (ASC_FEATURE_THREADS ? threads : 0)) * <u64>TEAM_STRIDE) << 2);
  return taken();
}

/** The packed weights. */
function takeWeights(): void {
  const square = <u64>gates * <u64>Hq * <u64>H; // one matrix of all gates
  embedding = takeNumbers(<u64>V * <u64>slots * <u64>Hq);
  slotBias = takeNumbers(<u64>((layers - 1) * slots) * <u64>Hq);
  input = takeNumbers(<u64>(layers - 1) * square);
  inputBack = takeNumbers(<u64>(layers - 1) * square);
  recurrent = takeNumbers(<u64>layers * square);
  recurrentBack = takeNumbers(<u64>layers * square);
  output = takeNumbers(<u64>Vq * <u64>H);
  outputBack = takeNumbers(<u64>Hq * <u64>V);
}

/** What a batch goes through, forwards and back. */
function takeActivations(): void {
  const positions = <u64>P;
  const ofTime = <u64>B * <u64>Hq;
  const ofLayers = <u64>layers * positions * <u64>Hq;
  const ofStates = ofLayers + <u64>layers * ofTime;
  const hasCells = parts == 2;
  inputs = take(positions << 2);
  targets = take(positions << 2);
  state = takeNumbers(<u64>(layers * parts) * <u64>B * <u64>H);
  hidden = takeNumbers(ofStates);
  cells = takeNumbers(hasCells ? ofStates : 0);
  cellTanh = takeNumbers(hasCells ? ofLayers : 0);
  activations = takeNumbers(cell == RNN ? 0 : ofLayers * <u64>slots);
  masks = takeNumbers(drops ? ofLayers : 0);
  dropped = takeNumbers(drops ? ofLayers : 0);
  probabilities = takeNumbers(positions * <u64>Vq);
  predictions = take(positions << 2);
  losses = takeNumbers(positions);
  dLogits = takeNumbers(positions * <u64>Vq);
  dSlots = takeNumbers(ofLayers * <u64>slots);
  dHidden = cell == RNN ? dSlots : takeNumbers(positions * <u64>Hq);
  dCell = takeNumbers(hasCells ? ofTime : 0);
}

/** What the weight gradients are summed in. */
function takeGradients(): void {
  const span = <u64>spanTimes * <u64>B;
  hiddenPanels = takeForRank(span * <u64>Hq);
  inputPanels = takeForRank(layers > 1 || drops ? span * <u64>Hq : 0);
  dSlotPanels = takeForRank(span * <u64>Hq);
  dLogitsPanels = takeForRank(span * <u64>Vq);
  dEmbedding = takeNumbers(<u64>gates * <u64>V * <u64>Hq);
  dSlotBias = takeNumbers(<u64>(layers * slots) * <u64>Hq);
  dOutputBias = takeNumbers(Vq);
  rowSquares = takeDoubles(rowsBefore(outputTensor() + 1));
  scratch = takeForRank(2 * PANEL * PANEL);
}

/** Bytes of memory that the model that was measured needs. */
export function memoryBytes(moments: i32, threads: i32): f64 {
  return <f64>plan(moments, threads, 0);
}

/** Finds the model that rank 0 has reserved in the same memory. */
export function attach(moments: i32, threads: i32, rank: i32): void {
  plan(moments, threads, rank);
}

/** Makes room for the model, all zeros. Call once. @returns false if memory cannot be had. */
export function reserve(moments: i32, threads: i32): bool {
  const bytes = plan(moments, threads, 0);
  if (bytes > MEMORY_LIMIT) return false;
  const missing = <i32>((bytes + PAGE - 1) / PAGE) - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) return false;
  fillGuards();
  return true;
}

/** Notes the order this rank has seen. */
export function seeOrder(order: i32): void {
  orderSeen = order;
}

/** Notes the barriers this rank has seen. */
export function seeBarriers(count: i32): void {
  barriersSeen = count;
}
