// exp, log, tanh and the sigmoid of `real`: those of double.ts or of single.ts.

import * as double from "./double";
import * as single from "./single";

const isDouble: bool = sizeof<real>() == 8;

/** Functions of the lanes of a vector; see double.ts. */
// biome-ignore lint/complexity/noStaticOnlyClass: only methods can be told to be inlined
export class Lanes {
  /** e^x. */
  @inline
  static exp(x: v128): v128 {
    return isDouble ? double.Double.exp(x) : single.Single.exp(x);
  }

  /** The first half of tanh. */
  @inline
  static tanhBegin(x: v128): v128 {
    return isDouble ? double.Double.tanhBegin(x) : single.Single.tanhBegin(x);
  }

  /** Its second half. */
  @inline
  static tanhEnd(x: v128): v128 {
    return isDouble ? double.Double.tanhEnd(x) : single.Single.tanhEnd(x);
  }

  /** The first half of the sigmoid. */
  @inline
  static sigmoidBegin(x: v128): v128 {
    return isDouble ? double.Double.sigmoidBegin(x) : single.Single.sigmoidBegin(x);
  }

  /** Its second half. */
  @inline
  static sigmoidEnd(x: v128): v128 {
    return isDouble ? double.Double.sigmoidEnd(x) : single.Single.sigmoidEnd(x);
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
  return isDouble ? <real>double.log(<f64>x) : <real>single.log(<f32>x);
}
