// The flags of `train`: their table, their help, and the flag of each setting.

import { type Config, DEFAULTS, TEXT_DEFAULTS } from "../../settings/check.ts";
import { flagName, SETTINGS, TABLE } from "../../settings/table.ts";
import { isScript, usageOf } from "../caller.ts";
import { FOREIGN_FLAGS } from "../model/model-file.ts";
import { type Flag, type FlagTable, flagLines } from "./flags.ts";

/** The flag of a setting, as the table of settings has it. */
function settingFlag(setting: keyof Config): [name: string, flag: Flag] {
  const { value, help, isOfStart } = TABLE[setting];
  const flag = {
    setting,
    help,
    ...(value && { value }),
    ...(isOfStart && { without: ["init-from"] }),
  };
  return [flagName(setting), flag];
}

export const TRAIN_FLAGS: FlagTable = {
  text: { value: "FILE", many: true, help: "a file, a folder of .txt, - for stdin, or task:NAME" },
  ...Object.fromEntries(SETTINGS.map(settingFlag)),
  wide: { help: "on 256-bit vectors, checked at start; Node 24 or later", without: ["fast"] },
  "max-steps": { value: "N", help: "stop after step N of the run, to be resumed; see below" },
  "max-minutes": { value: "X", help: "stop after X minutes, to be resumed" },
  resume: { value: "DIR", help: "go on with a stopped run, to the same bits" },
  "init-from": {
    value: "PATH",
    help: "start from a run's folder, a model.safetensors, or weights as JSON",
    without: ["resume"],
  },
  "tensor-names": { ...FOREIGN_FLAGS["tensor-names"], needs: "init-from" },
  vocabulary: { ...FOREIGN_FLAGS.vocabulary, needs: "init-from" },
  config: { value: "FILE", help: "settings as JSON, or a receipt.json to repeat its run" },
  "out-dir": { value: "DIR", standard: "out", help: "where the files of the run go" },
  "checkpoint-every": { value: "N", standard: "0", help: "steps; 0 for about every minute" },
  "keep-states": { value: "N", standard: "0", help: "keep N states along the way, for verify" },
  log: { value: "TO", many: true, help: "log also to csv, tensorboard or mlflow=URL; see below" },
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
  return `--${flagName(setting)}`;
}

/** The text of --help. */
export function trainHelp(): string {
  return `Usage: ${usageOf("train")} [flags] [FILE …]

Trains a character-level recurrent network; by default the original's run, hell → ello.
The same flags and text give the same weights, to the last bit, on every machine.

${flagLines(TRAIN_FLAGS)}

A FILE without a flag is a --text. With a text the defaults are others:

${differences()}

Files in --out-dir: metrics.jsonl, curves.png, curves.html, model.safetensors, receipt.json and, to
resume from, training.safetensors; with a validation text, best.safetensors and samples.txt too.
--log csv adds metrics.csv, --log tensorboard events; --log mlflow=http://… sends settings and
numbers: finite ones, of fewer steps where the server is slower than the run. One that is away costs
a warning, never the run. Given again with --resume, all three go on.
--max-steps and --max-minutes say when to stop, never what is trained: schedule and end of the run
are those of --epochs, and --resume goes on to the same bits. Ctrl-C saves, and ends with code 130.
--wide decides no bit: its code must give stored bits at start, else training goes on at 128 bits.
--init-from sums PyTorch's two biases (of a GRU's n both are kept); PyTorch trains both, so the same
file goes another way there, with twice the step on a bias.
Flags may be spelled with _ or -; the names of char-rnn and nanoGPT work too (--rnn_size …).
${isScript() ? "With --json, silence npm's own lines too: npm run --silent train -- --json\n" : ""}`;
}

/** The settings in which a run on a text differs by default. */
function differences(): string {
  const own = SETTINGS.filter(
    (name) => TEXT_DEFAULTS[name] !== DEFAULTS[name] && name !== "input" && name !== "target",
  );
  const rows = own.map((name) => `  ${flagOf(name)} ${TEXT_DEFAULTS[name]}`);
  return rows.join("\n");
}
