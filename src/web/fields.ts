// The settings that the page offers: what they are called, their ranges, and when they take effect.

import type { Config } from "../model/config.ts";

export interface Field {
  readonly name: keyof Config;
  readonly label: string;
  /** One line of what it does. */
  readonly hint: string;
  /** For which runs it is; both where absent. */
  readonly only?: "pair" | "text";
  /** The page's range of a number. */
  readonly least?: number;
  readonly most?: number;
  /** Whether only integers will do. */
  readonly whole?: true;
  /** The names to choose from. */
  readonly choices?: readonly string[];
  /** Takes effect at once; the others start again. */
  readonly live?: true;
  /** Shown with the first few. */
  readonly first?: true;
}

export const FIELDS: readonly Field[] = [
  { name: "input", label: "It reads", hint: "the input text", only: "pair", first: true },
  {
    name: "target",
    label: "It learns to write",
    hint: "as many characters",
    only: "pair",
    first: true,
  },
  {
    name: "cell",
    label: "Cell",
    hint: "rnn is one tanh; gru and lstm have gates",
    choices: ["rnn", "gru", "lstm"],
    first: true,
  },
  {
    name: "layers",
    label: "Layers",
    hint: "one above the other",
    least: 1,
    most: 8,
    whole: true,
    first: true,
  },
  {
    name: "hiddenSize",
    label: "Hidden units",
    hint: "numbers that each layer remembers with",
    least: 1,
    most: 512,
    whole: true,
    first: true,
  },
  {
    name: "dropout",
    label: "Dropout",
    hint: "share of the units left out in a step",
    least: 0,
    most: 0.9,
  },
  {
    name: "seqLength",
    label: "Sequence length",
    hint: "characters that the error goes back",
    only: "text",
    least: 1,
    most: 256,
    whole: true,
    first: true,
  },
  {
    name: "batchSize",
    label: "Batch size",
    hint: "streams through the text side by side",
    only: "text",
    least: 1,
    most: 128,
    whole: true,
    first: true,
  },
  {
    name: "learningRate",
    label: "Learning rate",
    hint: "how far a step goes",
    least: 1e-6,
    most: 10,
    live: true,
    first: true,
  },
  {
    name: "optimizer",
    label: "Optimizer",
    hint: "how a gradient becomes a step",
    choices: ["sgd", "adagrad", "rmsprop", "adam", "adamw"],
    first: true,
  },
  {
    name: "clipValue",
    label: "Clip each gradient at ±",
    hint: "0 clips nothing",
    least: 0,
    most: 1000,
    live: true,
    first: true,
  },
  {
    name: "clipNorm",
    label: "Clip the norm at",
    hint: "0 clips nothing",
    least: 0,
    most: 1000,
    live: true,
    first: true,
  },
  {
    name: "epochs",
    label: "Epochs",
    hint: "times through the text",
    least: 1,
    most: 1_000_000,
    whole: true,
    live: true,
    first: true,
  },
  {
    name: "seed",
    label: "Seed",
    hint: "of the first weights",
    least: 0,
    most: Number.MAX_SAFE_INTEGER,
    whole: true,
    first: true,
  },
  {
    name: "init",
    label: "First weights",
    hint: "normal:0.01 (its deviation), uniform or orthogonal",
  },
  {
    name: "reduction",
    label: "Gradient over time",
    hint: "added up, or their mean",
    choices: ["sum", "mean"],
  },
  {
    name: "carryState",
    label: "Carry the state",
    hint: "from one sequence to the next",
    choices: ["true", "false"],
    only: "text",
  },
  {
    name: "valFraction",
    label: "Kept for validation",
    hint: "share of the text, at its end",
    only: "text",
    least: 0,
    most: 0.9,
  },
  {
    name: "momentum",
    label: "Momentum",
    hint: "of sgd",
    least: 0,
    most: 0.999,
  },
  {
    name: "alpha",
    label: "Alpha",
    hint: "of rmsprop",
    least: 0,
    most: 0.9999,
  },
  { name: "beta1", label: "Beta 1", hint: "of adam and adamw", least: 0, most: 0.9999 },
  {
    name: "beta2",
    label: "Beta 2",
    hint: "of adam and adamw",
    least: 0,
    most: 0.99999,
  },
  {
    name: "epsilon",
    label: "Epsilon",
    hint: "of rmsprop, adam, adamw, adagrad",
    least: 1e-30,
    most: 1,
  },
  {
    name: "weightDecay",
    label: "Weight decay",
    hint: "of adamw",
    least: 0,
    most: 10,
  },
  {
    name: "forgetBias",
    label: "Forget bias",
    hint: "of lstm, at the start; 0 as it is drawn",
    least: -10,
    most: 10,
  },
  {
    name: "threads",
    label: "Threads",
    hint: "0 leaves a core to this page; the bits are the same",
    only: "text",
    least: 0,
    most: 64,
    whole: true,
  },
];
