// The flags of `train`: their table, their help, and the flag of each setting.

import { DEFAULTS, SETTINGS, TEXT_DEFAULTS } from "../../model/config.ts";
import { TENSOR_NAMES } from "../model/model-file.ts";
import { type FlagTable, flagLines } from "./flags.ts";

export const TRAIN_FLAGS: FlagTable = {
  text: { value: "FILE", many: true, help: "train on a file, a folder of .txt, or - for stdin" },
  input: { value: "TEXT", setting: "input", help: "text the network reads, if not on a file" },
  target: { value: "TEXT", setting: "target", help: "text it learns to write, as long" },
  unit: { value: "NAME", setting: "unit", help: "tokens: codepoint, or byte for any file" },
  "min-count": { value: "N", setting: "minCount", help: "rarer characters are unknown" },
  unknown: { value: "NAME", setting: "unknown", help: "what to do with them: error, skip, symbol" },
  "normalize-newlines": { setting: "normalizeNewlines", help: "turn CR LF and CR into LF" },
  "val-fraction": { value: "X", setting: "valFraction", help: "tail kept for validation" },
  cell: { value: "NAME", setting: "cell", help: "rnn (tanh), gru or lstm" },
  layers: { value: "N", setting: "layers", help: "layers of cells, 1 to 8" },
  "hidden-size": { value: "N", setting: "hiddenSize", help: "hidden units of each layer" },
  dropout: {
    value: "X",
    setting: "dropout",
    help: "share of each layer's units dropped in a step",
  },
  "seq-length": { value: "N", setting: "seqLength", help: "time steps of a training step" },
  "batch-size": { value: "N", setting: "batchSize", help: "parallel streams through the text" },
  init: {
    value: "NAME",
    setting: "init",
    help: "first weights: normal:S, uniform, orthogonal",
    without: ["init-from"],
  },
  "forget-bias": {
    value: "X",
    setting: "forgetBias",
    help: "first forget biases, 0 as drawn",
    without: ["init-from"],
  },
  seed: { value: "N", setting: "seed", help: "seed of the first weights", without: ["init-from"] },
  epochs: { value: "N", setting: "epochs", help: "passes over the text" },
  optimizer: { value: "NAME", setting: "optimizer", help: "sgd, adagrad, rmsprop, adam or adamw" },
  "learning-rate": { value: "X", setting: "learningRate", help: "step size" },
  momentum: { value: "X", setting: "momentum", help: "share of a direction that is kept" },
  alpha: { value: "X", setting: "alpha", help: "decay of the mean of squares" },
  beta1: { value: "X", setting: "beta1", help: "decay of the mean" },
  beta2: { value: "X", setting: "beta2", help: "decay of the mean of squares" },
  epsilon: { value: "X", setting: "epsilon", help: "in the root" },
  "weight-decay": {
    value: "X",
    setting: "weightDecay",
    help: "of adamw, times the learning rate",
  },
  schedule: { value: "NAME", setting: "schedule", help: "constant, step or cosine" },
  "decay-rate": { value: "X", setting: "decayRate", help: "the rate's factor of each epoch" },
  "decay-after": { value: "N", setting: "decayAfter", help: "first epoch that decays" },
  "warmup-steps": { value: "N", setting: "warmupSteps", help: "steps up from a rate of zero" },
  "min-learning-rate": { value: "X", setting: "minLearningRate", help: "rate at the end" },
  "clip-norm": {
    value: "X",
    setting: "clipNorm",
    help: "bound on the gradient's norm, 0 for none",
  },
  "clip-value": { value: "X", setting: "clipValue", help: "bound on each gradient, 0 for none" },
  reduction: { value: "NAME", setting: "reduction", help: "gradient over time: sum or mean" },
  "carry-state": { value: "BOOL", setting: "carryState", help: "keep the state between steps" },
  "eval-every": { value: "N", setting: "evalEvery", help: "steps; 0 for each epoch" },
  patience: { value: "N", setting: "patience", help: "stop after N evaluations without gain" },
  "on-divergence": { value: "NAME", setting: "onDivergence", help: "stop or rollback" },
  "max-rollbacks": { value: "N", setting: "maxRollbacks", help: "rollbacks before it stops" },
  engine: { value: "NAME", setting: "engine", help: "wasm or reference, with the same results" },
  threads: { value: "N", setting: "threads", help: "0 for as many as pay" },
  fast: { setting: "fast", help: "fuse operations: not the same bits everywhere" },
  "max-steps": { value: "N", help: "stop after step N of the run, to be resumed; see below" },
  "max-minutes": { value: "X", help: "stop after X minutes, to be resumed" },
  resume: { value: "DIR", help: "go on with a stopped run, to the same bits" },
  "init-from": {
    value: "PATH",
    help: "start from a run's folder, a model.safetensors, or weights as JSON",
    without: ["resume"],
  },
  "tensor-names": { ...TENSOR_NAMES, needs: "init-from" },
  config: { value: "FILE", help: "settings as JSON, or a receipt.json to repeat its run" },
  "out-dir": { value: "DIR", standard: "out", help: "where the files of the run go" },
  "checkpoint-every": { value: "N", standard: "0", help: "steps; 0 for about every minute" },
  "log-every": {
    value: "N",
    standard: "100",
    help: "print every N steps; with --json default 1",
    without: ["quiet"],
  },
  curves: { value: "FORMAT", standard: "png", help: "picture of the curves: png or svg" },
  quiet: { help: "print nothing but errors", without: ["json"] },
  json: { help: "print one JSON object for each record and nothing else" },
  help: { help: "print this and exit" },
};

/** The flag of a setting, of `Config` or of another command's. */
export function flagOf(setting: string): string {
  const found = Object.entries(TRAIN_FLAGS).find(([, flag]) => flag.setting === setting);
  return `--${found ? found[0] : setting.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The text of --help. */
export function trainHelp(): string {
  return `Usage: npm run train -- [flags] [FILE …]

Trains a character-level recurrent network; by default the original's run, hell → ello.
The same flags and text give the same weights, to the last bit, on every machine.

${flagLines(TRAIN_FLAGS)}

A FILE without a flag is a --text. With a text the defaults are others:

${differences()}

Files in --out-dir: metrics.jsonl, curves.png, curves.html, model.safetensors, receipt.json and, to
resume from, training.safetensors; with a validation text, best.safetensors and samples.txt too.
--max-steps and --max-minutes say when to stop, never what is trained: schedule and end of the run
are those of --epochs, and --resume goes on to the same bits. Ctrl-C saves, and ends with code 130.
Flags may be spelled with _ or -; the names of char-rnn and nanoGPT work too (--rnn_size …).
With --json, silence npm's own lines too: npm run --silent train -- --json
`;
}

/** The settings in which a run on a text differs by default. */
function differences(): string {
  const own = SETTINGS.filter(
    (name) => TEXT_DEFAULTS[name] !== DEFAULTS[name] && name !== "input" && name !== "target",
  );
  const rows = own.map((name) => `  ${flagOf(name)} ${TEXT_DEFAULTS[name]}`);
  return rows.join("\n");
}
