// What is trained: the network, its batches, and its first weights.

import type { Config } from "./config.ts";
import { parseInitial } from "./initial.ts";
import { type Entry, integer, needing, needOf, notNegative, oneOf, share, TEXT } from "./kinds.ts";

type Names =
  | "cell"
  | "layers"
  | "hiddenSize"
  | "dropout"
  | "seqLength"
  | "batchSize"
  | "precision"
  | "init"
  | "forgetBias"
  | "recurrentRadius"
  | "seed";

export const NETWORK_SETTINGS: { readonly [Name in Names]: Entry<Config[Name]> } = {
  cell: {
    ...oneOf("rnn", "gru", "lstm"),
    standard: "rnn",
    onText: "gru",
    value: "NAME",
    help: "rnn (tanh), gru or lstm",
    page: { label: "Cell", hint: "rnn is one tanh; gru and lstm have gates", first: true },
  },
  layers: {
    ...integer(1, 8),
    standard: 1,
    value: "N",
    help: "layers of cells, 1 to 8",
    nanoGpt: "n_layer",
    page: { label: "Layers", hint: "one above the other", least: 1, most: 8, first: true },
  },
  hiddenSize: {
    ...integer(1, 4096),
    standard: 10,
    onText: 256,
    value: "N",
    help: "hidden units of each layer",
    charRnn: "rnn_size",
    nanoGpt: "n_embd",
    page: {
      label: "Hidden units",
      hint: "numbers that each layer remembers with",
      least: 1,
      most: 512,
      first: true,
    },
  },
  dropout: {
    ...share("below"),
    standard: 0,
    value: "X",
    help: "share of each layer's units dropped in a step",
    page: { label: "Dropout", hint: "share of the units left out in a step", least: 0, most: 0.9 },
  },
  seqLength: {
    ...integer(1, 65_536),
    standard: 50,
    value: "N",
    help: "time steps of a training step",
    needs: [TEXT],
    isIdle: (value, { input }) => value === [...input].length, // a pair is one sequence
    nanoGpt: "block_size",
    page: {
      label: "Sequence length",
      hint: "characters that the error goes back",
      only: "text",
      least: 1,
      most: 256,
      first: true,
    },
  },
  batchSize: {
    ...integer(1, 4096),
    standard: 1,
    onText: 32,
    value: "N",
    help: "parallel streams through the text",
    ...needing([TEXT], 1),
    page: {
      label: "Batch size",
      hint: "streams through the text side by side",
      only: "text",
      least: 1,
      most: 128,
      first: true,
    },
  },
  precision: {
    ...oneOf("f64", "f32"),
    standard: "f64",
    value: "NAME",
    help: "numbers of 64 bits, or of 32, about twice as fast",
    page: { label: "Precision", hint: "f32 has half the digits and about twice the speed" },
  },
  init: {
    expected: "normal:S with a deviation S, uniform or orthogonal",
    accepts: (value) => typeof value === "string" && parseInitial(value, { H: 1 }) !== undefined,
    standard: "normal:0.01",
    onText: "uniform",
    value: "NAME",
    help: "first weights: normal:S, uniform, orthogonal",
    isOfStart: true,
    page: { label: "First weights", hint: "normal:0.01 (its deviation), uniform or orthogonal" },
  },
  forgetBias: {
    expected: "a finite number (0 leaves it as drawn)",
    accepts: (value) => Number.isFinite(value),
    standard: 0,
    value: "X",
    help: "first forget biases, 0 as drawn",
    isOfStart: true,
    ...needing([needOf("cell", "lstm")], 0),
    page: {
      label: "Forget bias",
      hint: "of lstm, at the start; 0 as it is drawn",
      least: -10,
      most: 10,
    },
  },
  recurrentRadius: {
    ...notNegative("0 leaves it as drawn"),
    standard: 0,
    value: "X",
    help: "first spectral radius of Whh, 0 as drawn",
    isOfStart: true,
    ...needing([needOf("cell", "rnn")], 0),
    page: { label: "Radius of Whh", hint: "at the start; 0 as it is drawn", least: 0, most: 10 },
  },
  seed: {
    ...integer(0, Number.MAX_SAFE_INTEGER),
    standard: 42,
    value: "N",
    help: "seed of the first weights, and of dropout",
    page: {
      label: "Seed",
      hint: "of the first weights and of dropout",
      least: 0,
      most: Number.MAX_SAFE_INTEGER,
      first: true,
    },
  },
};
