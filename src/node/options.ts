// The flags of `train`: their table, and what they ask for.

import { readFile } from "node:fs/promises";
import { type Config, completeConfig, DEFAULTS, SETTINGS, TEXT_DEFAULTS } from "../model/config.ts";
import { RunError, reasonOf, UsageError } from "./errors.ts";
import { type FlagTable, flagLines, integerOf, readFlags, settingsOf } from "./flags.ts";

const FLAGS: FlagTable = {
  text: { value: "FILE", many: true, help: "train on a file, a folder of .txt, or - for stdin" },
  input: { value: "TEXT", setting: "input", help: "text the network reads, if not on a file" },
  target: { value: "TEXT", setting: "target", help: "text it learns to write, as long" },
  unit: { value: "NAME", setting: "unit", help: "tokens: codepoint, or byte for any file" },
  "min-count": { value: "N", setting: "minCount", help: "rarer characters are unknown" },
  unknown: { value: "NAME", setting: "unknown", help: "what to do with them: error, skip, symbol" },
  "normalize-newlines": { setting: "normalizeNewlines", help: "turn CR LF and CR into LF" },
  "val-fraction": { value: "X", setting: "valFraction", help: "tail kept for validation" },
  "hidden-size": { value: "N", setting: "hiddenSize", help: "hidden units" },
  "seq-length": { value: "N", setting: "seqLength", help: "time steps of a training step" },
  "batch-size": { value: "N", setting: "batchSize", help: "parallel streams through the text" },
  init: { value: "NAME", setting: "init", help: "first weights: normal:S, uniform, orthogonal" },
  seed: { value: "N", setting: "seed", help: "seed of the first weights" },
  epochs: { value: "N", setting: "epochs", help: "passes over the text" },
  optimizer: { value: "NAME", setting: "optimizer", help: "sgd, adagrad, rmsprop or adam" },
  "learning-rate": { value: "X", setting: "learningRate", help: "step size" },
  momentum: { value: "X", setting: "momentum", help: "of sgd" },
  alpha: { value: "X", setting: "alpha", help: "decay of rmsprop" },
  beta1: { value: "X", setting: "beta1", help: "decay of adam's mean" },
  beta2: { value: "X", setting: "beta2", help: "decay of adam's mean of squares" },
  epsilon: { value: "X", setting: "epsilon", help: "added to the root of the mean of squares" },
  schedule: { value: "NAME", setting: "schedule", help: "constant, step or cosine" },
  "decay-rate": { value: "X", setting: "decayRate", help: "step: factor of each epoch" },
  "decay-after": { value: "N", setting: "decayAfter", help: "step: first epoch that decays" },
  "warmup-steps": { value: "N", setting: "warmupSteps", help: "steps up from a rate of zero" },
  "min-learning-rate": { value: "X", setting: "minLearningRate", help: "cosine: rate at the end" },
  "clip-norm": {
    value: "X",
    setting: "clipNorm",
    help: "bound on the gradient's norm, 0 for none",
  },
  "clip-value": { value: "X", setting: "clipValue", help: "bound on each gradient, 0 for none" },
  reduction: { value: "NAME", setting: "reduction", help: "gradient over time: sum or mean" },
  "carry-state": { value: "BOOL", setting: "carryState", help: "keep the state between steps" },
  "eval-every": { value: "N", setting: "evalEvery", help: "steps; 0 for each epoch" },
  patience: { value: "N", setting: "patience", help: "stop after N evaluations without a better" },
  "on-divergence": { value: "NAME", setting: "onDivergence", help: "stop or rollback" },
  "max-rollbacks": { value: "N", setting: "maxRollbacks", help: "rollbacks before it stops" },
  engine: { value: "NAME", setting: "engine", help: "wasm or reference, with the same results" },
  threads: { value: "N", setting: "threads", help: "threads of wasm, 0 for as many as pay" },
  fast: { setting: "fast", help: "let wasm fuse operations: not the same bits everywhere" },
  resume: { value: "DIR", help: "go on with a stopped run, to the same bits" },
  "init-from": { value: "FILE", help: "start from a model.safetensors, or weights as JSON" },
  config: { value: "FILE", help: "settings as JSON, or a receipt.json to repeat its run" },
  "out-dir": { value: "DIR", standard: "out", help: "where the files of the run go" },
  "checkpoint-every": { value: "N", standard: "0", help: "steps; 0 for about every minute" },
  "log-every": { value: "N", standard: "100", help: "print every N steps; with --json default 1" },
  curves: { value: "FORMAT", standard: "png", help: "picture of the curves: png or svg" },
  quiet: { help: "print nothing but errors" },
  json: { help: "print one JSON object for each record and nothing else" },
  help: { help: "print this and exit" },
};

/** What the command line asks for. */
export interface TrainOptions {
  /** Complete; of a run that is resumed, only what was given. */
  readonly config: Config;
  /** Settings that were given, by flag or file. */
  readonly given: Partial<Config>;
  /** Files, folders or "-"; empty for a pair of texts. */
  readonly text: readonly string[];
  readonly resume: string | undefined;
  readonly initFrom: string | undefined;
  readonly outDir: string;
  readonly checkpointEvery: number;
  readonly logEvery: number;
  readonly curves: "png" | "svg";
  readonly quiet: boolean;
  readonly json: boolean;
}

/** @returns undefined for --help. @throws {UsageError} @throws {ConfigError} @throws {RunError} */
export async function parseTrainOptions(
  args: readonly string[],
): Promise<TrainOptions | undefined> {
  const read = readFlags("train", FLAGS, args);
  const { flags } = read;
  if (flags.has("help")) return undefined;
  if (read.files.length > 0) {
    const [first] = read.files;
    throw new UsageError(`train: expected flags, got ${JSON.stringify(first)}; see --help`);
  }
  const value = (name: string) => flags.get(name)?.at(-1);
  for (const name of ["out-dir", "init-from", "resume", "config", "text"]) {
    if (value(name) === "") throw new UsageError(`--${name}: expected a path, got ""`);
  }
  const curves = value("curves") ?? "png";
  if (curves !== "png" && curves !== "svg") {
    throw new UsageError(`--curves: expected png or svg, got ${JSON.stringify(curves)}`);
  }
  const file = await readConfig(value("config"));
  const text = flags.get("text") ?? file.text;
  const given = { ...file.settings, ...settingsOf(read, FLAGS) };
  const json = flags.has("json");
  if (text.length > 0) refusePair(given);
  const resume = value("resume");
  return {
    config: completeConfig(given, text.length > 0 ? TEXT_DEFAULTS : DEFAULTS),
    given,
    text,
    resume,
    initFrom: value("init-from"),
    outDir: value("out-dir") ?? resume ?? "out",
    checkpointEvery: integerOf(read, FLAGS, "checkpoint-every", 0),
    logEvery: json && !flags.has("log-every") ? 1 : integerOf(read, FLAGS, "log-every", 1),
    curves,
    quiet: flags.has("quiet"),
    json,
  };
}

/** @throws {UsageError} for a text and a pair at once. */
function refusePair({ input, target }: Partial<Config>): void {
  if (input || target) {
    throw new UsageError("--text: expected either a text or --input and --target, got both");
  }
}

/** Settings of a JSON file, or those and the texts of a receipt. @throws {UsageError} @throws {RunError} */
async function readConfig(
  path: string | undefined,
): Promise<{ settings: Partial<Config>; text: readonly string[] }> {
  if (path === undefined) return { settings: {}, text: [] };
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    const reason = error instanceof SyntaxError ? "text that is not JSON" : reasonOf(error);
    throw new RunError(
      `--config: expected a JSON file of settings, got ${reason} for ${JSON.stringify(path)}`,
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UsageError(`--config: expected an object of settings, got ${typeof value}`);
  }
  const { config, text = [], ...rest } = value as Record<string, unknown>;
  const settings = config === undefined ? rest : Object(config);
  const strange = Object.keys(settings).find((name) => !SETTINGS.includes(name as keyof Config));
  if (strange !== undefined) {
    throw new UsageError(`--config: expected settings, got ${strange}; see train --help`);
  }
  if (!Array.isArray(text) || !text.every((name) => typeof name === "string")) {
    throw new UsageError("--config: expected text to be a list of files, got something else");
  }
  return { settings, text };
}

/** The flag of a setting, of `Config` or of another command's. */
export function flagOf(setting: string): string {
  const found = Object.entries(FLAGS).find(([, flag]) => flag.setting === setting);
  return `--${found ? found[0] : setting.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The text of --help. */
export function trainHelp(): string {
  return `Usage: npm run train -- [flags]

Trains a character-level recurrent network; by default the original's run, hell → ello.
The same flags and text give the same weights, to the last bit, on every machine.

${flagLines(FLAGS)}

With --text the defaults are others:

${differences()}

Files in --out-dir: metrics.jsonl, curves.png, curves.html, model.safetensors, receipt.json and, to
resume from, training.safetensors; best.safetensors where there is a validation text.
The names of char-rnn and nanoGPT work too (--rnn_size, --seq_length, --grad_clip, --out_dir …).
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
