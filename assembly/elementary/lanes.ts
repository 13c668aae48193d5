// exp, log, tanh and the sigmoid of `real`: those of double.ts or of single.ts.

import { Double, log as doubleLog } from "./double";
import { Single, log as singleLog } from "./single";

const isDouble: bool = sizeof<real>() == 8;

/** Functions of the lanes of a vector; see double.ts. */
// biome-ignore lint/complexity/noStaticOnlyClass: only methods can be told to be inlined
export class Lanes {
  /** e^x. */
  @inline
  static exp(x: v128): v128 {
    return isDouble ? Double.exp(x) : Single.exp(x);
  }

  /** The first half of tanh. */
  @inline
  static tanhBegin(x: v128): v128 {
    return isDouble ? Double.tanhBegin(x) : Single.tanhBegin(x);
  }

  /** Its second half. */
  @inline
  static tanhEnd(x: v128): v128 {
    return isDouble ? Double.tanhEnd(x) : Single.tanhEnd(x);
  }

  /** The first half of the sigmoid. */
  @inline
  static sigmoidBegin(x: v128): v128 {
    return isDouble ? Double.sigmoidBegin(x) : Single.sigmoidBegin(x);
  }

  /** Its second half. */
  @inline
  static sigmoidEnd(x: v128): v128 {
    return isDouble ? Double.sigmoidEnd(x) : Single.sigmoidEnd(x);
  }
}

/** e^x. */
export function exp(x: real): real {
  return v128.extract_lane<real>(Lanes.exp(v128.splat<real>(x)), 0);
}

/** tanh(x). */
export function tanh(x: real): real {
  return v128.extract_lane<real>(Lanes.tanhEnd(Lanes.tanhBegin(v128.splat<real>(x))), 0);
}

/** 1 / (1 + e^-x). */
export function sigmoid(x: real): real {
  return v128.extract_lane<real>(Lanes.sigmoidEnd(Lanes.sigmoidBegin(v128.splat<real>(x))), 0);
}

/** Natural logarithm; -Infinity for 0, NaN below 0 and for NaN. */
export function log(x: real): real {
  return isDouble ? <real>doubleLog(<f64>x) : <real>singleLog(<f32>x);
}
