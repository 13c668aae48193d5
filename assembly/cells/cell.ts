// The model's cell at one time, for batch rows `first` … `last` - 1: from the slots that the sums have
// filled to the states, and back from the gradient at the states to that at the slots.

import { cell, GRU, RNN } from "../dimensions";
import * as gru from "./gru";
import * as lstm from "./lstm";
import * as rnn from "./rnn";

export function activate(layer: i32, t: i32, first: i32, last: i32): void {
  if (cell == RNN) rnn.activate(layer, t, first, last);
  else if (cell == GRU) gru.activate(layer, t, first, last);
  else lstm.activate(layer, t, first, last);
}

export function back(layer: i32, t: i32, first: i32, last: i32): void {
  if (cell == RNN) rnn.back(layer, t, first, last);
  else if (cell == GRU) gru.back(layer, t, first, last);
  else lstm.back(layer, t, first, last);
}
