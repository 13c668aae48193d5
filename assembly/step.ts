// One call of the core: a training step or an evaluation, and the order of their phases.

import { hiddenBackward, logitsBackward } from "./backward";
import { hiddenForward, logitsForward } from "./forward";
import { parameterGradients } from "./gradients";
import {
  B,
  get,
  H,
  Hq,
  LOSS,
  N,
  parameters,
  probabilities,
  set,
  statistics,
  V,
  Vq,
} from "./layout";
import { loss, sumLosses } from "./loss";
import { gradientNorm, sgdUpdate } from "./optimizer";
import { carryState, loadState, packWeights, unitAt } from "./pack";
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

// The phases of a step, in order; an evaluation ends after SOFTMAX.
const PACK: i32 = 0;
const RECURRENCE: i32 = 1;
const LOGITS: i32 = 2;
const SOFTMAX: i32 = 3;
const BACKWARD: i32 = 4;
const GRADIENTS: i32 = 5;
const UPDATE: i32 = 6;

/** Runs one phase. @returns DONE or why the step must end. */
export function runPhase(phase: i32, learningRate: f64, clipValue: f64, scale: f64): i32 {
  if (phase == PACK) {
    packWeights();
    loadState();
  } else if (phase == RECURRENCE) {
    hiddenForward(0, B);
  } else if (phase == LOGITS) {
    logitsForward(0, B);
  } else if (phase == SOFTMAX) {
    loss(scale, 0, B);
    sumLosses();
    if (!isFinite(get(statistics, LOSS))) return LOSS_NOT_FINITE;
  } else if (phase == BACKWARD) {
    logitsBackward(0, B);
    hiddenBackward(0, B);
  } else if (phase == GRADIENTS) {
    parameterGradients(0, Hq, 0, Vq);
  } else {
    if (!gradientNorm()) return GRADIENT_NOT_FINITE;
    if (!sgdUpdate(learningRate, clipValue)) return UPDATE_NOT_FINITE;
    carryState();
  }
  return DONE;
}

/** Forward pass and loss of the loaded batch; carries the state. */
export function evaluate(): i32 {
  for (let phase = PACK; phase <= SOFTMAX; phase++) {
    const code = runPhase(phase, 0, 0, 0);
    if (code != DONE) return code;
  }
  carryState();
  return DONE;
}

/**
 * Forward, loss, backward, clip and update on the loaded batch; carries the state. `scale` is what
 * each position's gradient counts: 1/B sums over time and averages over rows, 1/P averages over
 * both. Gradients stay in `gradients`, unclipped.
 */
export function trainStep(learningRate: f64, clipValue: f64, scale: f64): i32 {
  for (let phase = PACK; phase <= UPDATE; phase++) {
    const code = runPhase(phase, learningRate, clipValue, scale);
    if (code != DONE) return code;
  }
  return DONE;
}
