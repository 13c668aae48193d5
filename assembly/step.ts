// One call of the core: a training step or an evaluation, and the order of their phases.

import { hiddenBackward, logitsBackward } from "./backward";
import { hiddenForward, logitsForward } from "./forward";
import { hiddenGradients, outputGradients } from "./gradients";
import {
  B,
  dHidden,
  dHiddenPanels,
  dLogits,
  dLogitsPanels,
  get,
  H,
  Hq,
  hidden,
  hiddenPanels,
  LOSS,
  N,
  P,
  parameters,
  probabilities,
  set,
  statistics,
  T,
  V,
  Vq,
} from "./layout";
import { loss, sumLosses } from "./loss";
import { gradientNorm, sgdUpdate } from "./optimizer";
import { carryState, loadState, packPositions, packWeights, unitAt } from "./pack";
import { normal, seed } from "./random";

// What a call returns. Anything but DONE left the parameters and `state` as they were.
export const DONE: i32 = 0;
export const LOSS_NOT_FINITE: i32 = 1;
export const GRADIENT_NOT_FINITE: i32 = 2;
export const UPDATE_NOT_FINITE: i32 = 3;

/** Weights N(0, deviation²) in arena order from stream 0 of the seed; biases zero. */
export function initialize(seedLow: u32, seedHigh: u32, deviation: f64): void {
  seed(seedLow, seedHigh, 0);
  const weights = N - H - V;
  for (let i = 0; i < N; i++) set(parameters, i, i < weights ? deviation * normal() : 0);
}

/** Probability of token v at position p of the last call. */
export function probabilityAt(p: i32, v: i32): f64 {
  return unitAt(probabilities, p, v, Vq);
}

/** Forward pass and loss; dLogits scaled by `scale`. @returns whether the loss is finite. */
function forward(scale: f64): bool {
  packWeights();
  loadState();
  hiddenForward(0, B);
  logitsForward(0, B);
  loss(scale, 0, B);
  sumLosses();
  return isFinite(get(statistics, LOSS));
}

/** Gradients of all parameters from dLogits. */
function backward(): void {
  logitsBackward(0, B);
  hiddenBackward(0, B);
  packPositions(hidden, T + 1, Hq, hiddenPanels, 0, B);
  packPositions(dHidden, T, Hq, dHiddenPanels, 0, B);
  packPositions(dLogits, T, Vq, dLogitsPanels, 0, B);
  hiddenGradients(0, Hq >> 2);
  outputGradients(0, Vq >> 2);
}

/** Forward pass and loss of the loaded batch; carries the state. */
export function evaluate(): i32 {
  if (!forward(0)) return LOSS_NOT_FINITE;
  carryState();
  return DONE;
}

/**
 * Forward, loss, backward, clip and update on the loaded batch; carries the state.
 * Gradients are those of the loss summed over time and averaged over rows, or, with
 * `meanOverTime`, averaged over time too. They stay in `gradients`, unclipped.
 */
export function trainStep(learningRate: f64, clipValue: f64, meanOverTime: bool): i32 {
  if (!forward(1 / <f64>(meanOverTime ? P : B))) return LOSS_NOT_FINITE;
  backward();
  if (!gradientNorm()) return GRADIENT_NOT_FINITE;
  if (!sgdUpdate(learningRate, clipValue)) return UPDATE_NOT_FINITE;
  carryState();
  return DONE;
}
