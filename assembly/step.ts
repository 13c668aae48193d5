// One call of the core: a training step or an evaluation, the order of their phases, and which of
// them the ranks of a team do together.

import { layersBackward, logitsBackward } from "./backward";
import { B, Hq, setDropping, Vq } from "./dimensions";
import { layersForward, logitsForward } from "./forward";
import { parameterGradients } from "./gradients";
import { probabilities, rule } from "./layout";
import { loss, sumLosses } from "./loss";
import { getDouble } from "./memory";
import { gradientNorm } from "./norm";
import { update } from "./optimizer";
import { carryState, loadState, packWeights, unitAt } from "./pack";
import {
  awaitOrder,
  barrier,
  disband,
  EVALUATE,
  firstRow,
  firstToken,
  firstUnit,
  giveOrder,
  lastRow,
  lastToken,
  lastUnit,
  REST,
  STOP,
  TRAIN,
} from "./team";
import { DROPOUT, SCALE } from "./words";

// What a call returns. Anything but DONE left the parameters and `state` as they were.
export const DONE: i32 = 0;
export const LOSS_NOT_FINITE: i32 = 1;
export const GRADIENT_NOT_FINITE: i32 = 2;
export const UPDATE_NOT_FINITE: i32 = 3;
export const TEAM_LOST: i32 = 4;

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

/** Runs this rank's part of one phase, by `rule`. @returns DONE or why the step must end. */
export function runPhase(phase: i32): i32 {
  const first = firstRow();
  const last = lastRow();
  if (phase == PACK) {
    packWeights(true, firstUnit(), lastUnit(), firstToken(), lastToken());
    loadState(first, last);
  } else if (phase == RECURRENCE) {
    layersForward(first, last);
  } else if (phase == LOGITS) {
    logitsForward(first, last);
  } else if (phase == SOFTMAX) {
    loss(<real>getDouble(rule, SCALE), first, last);
  } else if (phase == BACKWARD) {
    logitsBackward(first, last);
    layersBackward(first, last);
  } else if (phase == GRADIENTS) {
    parameterGradients(firstUnit(), lastUnit(), firstToken(), lastToken());
  } else {
    if (!gradientNorm()) return GRADIENT_NOT_FINITE;
    if (!update()) return UPDATE_NOT_FINITE;
    carryState();
  }
  return DONE;
}

/** The phases `from` … `to`, none of which ends a step. */
function runPhases(from: i32, to: i32): void {
  for (let phase = from; phase <= to; phase++) runPhase(phase);
}

/**
 * Rank 0's call: forward pass and loss of the loaded batch; carries the state. Drops nothing.
 * `isPacked`: whether the call before was an evaluation with the same weights.
 */
export function evaluate(patience: i32, isPacked: bool): i32 {
  setDropping(false);
  if (!isPacked) packWeights(false, 0, Hq, 0, Vq);
  loadState(0, B);
  giveOrder(EVALUATE);
  runPhases(RECURRENCE, SOFTMAX);
  if (!barrier(patience)) return TEAM_LOST;
  if (!sumLosses()) return LOSS_NOT_FINITE;
  carryState();
  return DONE;
}

/** Forward, loss and backward of all ranks on the loaded batch; the gradients are in `gradients`, unclipped. */
function throughGradients(patience: i32): i32 {
  setDropping(getDouble(rule, DROPOUT) > 0);
  giveOrder(TRAIN);
  runPhase(PACK);
  if (!barrier(patience)) return TEAM_LOST;
  runPhases(RECURRENCE, BACKWARD);
  if (!barrier(patience)) return TEAM_LOST;
  const finite = sumLosses();
  if (finite) runPhase(GRADIENTS);
  if (!barrier(patience)) return TEAM_LOST;
  return finite ? DONE : LOSS_NOT_FINITE;
}

/**
 * Rank 0's call: forward, loss, backward, clip and update on the loaded batch, by `rule`; carries the
 * state. `patience`: ms without work of the other ranks, at any of the three barriers, after which the
 * team is lost.
 */
export function trainStep(patience: i32): i32 {
  const outcome = throughGradients(patience);
  return outcome == DONE ? runPhase(UPDATE) : outcome;
}

/** Rank 0's call: the same without clip and update. */
export function gradientsOf(patience: i32): i32 {
  const outcome = throughGradients(patience);
  if (outcome != DONE) return outcome;
  if (!gradientNorm()) return GRADIENT_NOT_FINITE;
  carryState();
  return DONE;
}

/** The other ranks' call: does its part of every step until rank 0 stops the team or it is lost. */
export function serve(patience: i32): void {
  while (true) {
    const order = awaitOrder();
    if (order == STOP) return;
    if (order == REST) continue;
    setDropping(order == TRAIN && getDouble(rule, DROPOUT) > 0);
    if (order == EVALUATE) {
      runPhases(RECURRENCE, SOFTMAX);
    } else {
      runPhase(PACK);
      if (!barrier(patience)) return;
      runPhases(RECURRENCE, BACKWARD);
      if (!barrier(patience)) return;
      runPhase(GRADIENTS);
    }
    if (!barrier(patience)) return;
  }
}

/** Rank 0's call: ends the other ranks' service, and does the whole of every step from now on. */
export function stop(): void {
  disband();
}
