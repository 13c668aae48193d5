// One call of the core: a training step or an evaluation, and the order of their phases.

import { hiddenBackward, parameterGradients } from "./backward";
import { carryState, hiddenForward, logitsForward } from "./forward";
import { B, get, H, LOSS, N, parameters, set, statistics, T, V } from "./layout";
import { lossBackward, lossForward } from "./loss";
import { gradientNorm, sgdUpdate } from "./optimizer";
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

/** Forward pass and loss of the loaded batch; carries the state. */
export function evaluate(): i32 {
  hiddenForward();
  logitsForward();
  lossForward();
  if (!isFinite(get(statistics, LOSS))) return LOSS_NOT_FINITE;
  carryState();
  return DONE;
}

/**
 * Forward, loss, backward, clip and update on the loaded batch; carries the state.
 * Gradients are those of the loss summed over time and averaged over rows, or, with
 * `meanOverTime`, averaged over time too. They stay in `gradients`, unclipped.
 */
export function trainStep(learningRate: f64, clipValue: f64, meanOverTime: bool): i32 {
  hiddenForward();
  logitsForward();
  lossForward();
  if (!isFinite(get(statistics, LOSS))) return LOSS_NOT_FINITE;
  lossBackward(1 / <f64>(meanOverTime ? T * B : B));
  hiddenBackward();
  parameterGradients();
  if (!gradientNorm()) return GRADIENT_NOT_FINITE;
  if (!sgdUpdate(learningRate, clipValue)) return UPDATE_NOT_FINITE;
  carryState();
  return DONE;
}
