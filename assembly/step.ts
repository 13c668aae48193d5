// One call of the core: a training step or an evaluation, the order of their phases, and which of
// them the ranks of a team do together.

import { hiddenBackward, logitsBackward } from "./backward";
import { hiddenForward, logitsForward } from "./forward";
import { parameterGradients } from "./gradients";
import { H, N, parameters, probabilities, SCALE, statistics, V, Vq } from "./layout";
import { loss, sumLosses } from "./loss";
import { get, set } from "./memory";
import { gradientNorm, sgdUpdate } from "./optimizer";
import { carryState, loadState, packWeights, unitAt } from "./pack";
import { normal, seed } from "./random";
import {
  awaitOrder,
  barrier,
  EVALUATE,
  firstRow,
  firstToken,
  firstUnit,
  giveOrder,
  lastRow,
  lastToken,
  lastUnit,
  STOP,
  TRAIN,
} from "./team";

// What a call returns. Anything but DONE left the parameters and `state` as they were.
export const DONE: i32 = 0;
export const LOSS_NOT_FINITE: i32 = 1;
export const GRADIENT_NOT_FINITE: i32 = 2;
export const UPDATE_NOT_FINITE: i32 = 3;
export const TEAM_LOST: i32 = 4;

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

/** Runs this rank's part of one phase. @returns DONE or why the step must end. */
export function runPhase(phase: i32, learningRate: f64, clipValue: f64, scale: f64): i32 {
  const first = firstRow();
  const last = lastRow();
  if (phase == PACK) {
    packWeights();
    loadState();
  } else if (phase == RECURRENCE) {
    hiddenForward(first, last);
  } else if (phase == LOGITS) {
    logitsForward(first, last);
  } else if (phase == SOFTMAX) {
    loss(scale, first, last);
  } else if (phase == BACKWARD) {
    logitsBackward(first, last);
    hiddenBackward(first, last);
  } else if (phase == GRADIENTS) {
    parameterGradients(firstUnit(), lastUnit(), firstToken(), lastToken());
  } else {
    if (!gradientNorm()) return GRADIENT_NOT_FINITE;
    if (!sgdUpdate(learningRate, clipValue)) return UPDATE_NOT_FINITE;
    carryState();
  }
  return DONE;
}

/** The phases `from` … `to`, none of which ends a step. */
function runPhases(from: i32, to: i32, scale: f64): void {
  for (let phase = from; phase <= to; phase++) runPhase(phase, 0, 0, scale);
}

/** Rank 0's call: forward pass and loss of the loaded batch; carries the state. */
export function evaluate(patience: i32): i32 {
  runPhase(PACK, 0, 0, 0);
  giveOrder(EVALUATE);
  runPhases(RECURRENCE, SOFTMAX, 0);
  if (!barrier(patience)) return TEAM_LOST;
  if (!sumLosses()) return LOSS_NOT_FINITE;
  carryState();
  return DONE;
}

/**
 * Rank 0's call: forward, loss, backward, clip and update on the loaded batch; carries the state.
 * `scale` is what each position's gradient counts: 1/B sums over time and averages over rows, 1/P
 * averages over both. Gradients stay in `gradients`, unclipped. `patience`: ms to wait for the
 * other ranks at each of the two barriers.
 */
export function trainStep(learningRate: f64, clipValue: f64, scale: f64, patience: i32): i32 {
  runPhase(PACK, 0, 0, 0);
  set(statistics, SCALE, scale);
  giveOrder(TRAIN);
  runPhases(RECURRENCE, BACKWARD, scale);
  if (!barrier(patience)) return TEAM_LOST;
  const finite = sumLosses();
  if (finite) runPhase(GRADIENTS, 0, 0, 0);
  if (!barrier(patience)) return TEAM_LOST;
  return finite ? runPhase(UPDATE, learningRate, clipValue, scale) : LOSS_NOT_FINITE;
}

/** The other ranks' call: does its part of every step until rank 0 stops the team or it is lost. */
export function serve(patience: i32): void {
  while (true) {
    const order = awaitOrder();
    if (order == STOP) return;
    if (order == EVALUATE) {
      runPhases(RECURRENCE, SOFTMAX, 0);
    } else {
      runPhases(RECURRENCE, BACKWARD, get(statistics, SCALE));
      if (!barrier(patience)) return;
      runPhase(GRADIENTS, 0, 0, 0);
    }
    if (!barrier(patience)) return;
  }
}

/** Ends the other ranks' service. */
export function stop(): void {
  giveOrder(STOP);
}
