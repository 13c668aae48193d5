// The flags of `train`: one table that parses them, checks them and prints the help.

import { parseArgs } from "node:util";
import { type Config, completeConfig, DEFAULTS } from "../model/config.ts";
import { UsageError } from "./errors.ts";

interface Flag {
  /** What follows the flag in the help; absent for a switch. */
  readonly value?: string;
  readonly help: string;
  /** The setting of `Config` it gives. */
  readonly setting?: keyof Config;
  readonly standard?: string;
}

const FLAGS: Readonly<Record<string, Flag>> = {
  input: { value: "TEXT", setting: "input", help: "text the network reads" },
  target: {
    value: "TEXT",
    setting: "target",
    help: "text it learns to write, as long as the input",
  },
  "hidden-size": { value: "N", setting: "hiddenSize", help: "hidden units, 1 to 4096" },
  epochs: { value: "N", setting: "epochs", help: "passes over the text" },
  "learning-rate": { value: "X", setting: "learningRate", help: "step size of SGD" },
  "clip-value": { value: "X", setting: "clipValue", help: "bound on each gradient, 0 for none" },
  reduction: { value: "NAME", setting: "reduction", help: "gradient over time: sum or mean" },
  seed: { value: "N", setting: "seed", help: "seed of the initial weights" },
  engine: { value: "NAME", setting: "engine", help: "wasm or reference, with the same results" },
  threads: { value: "N", setting: "threads", help: "threads of wasm, 0 for as many as pay" },
  fast: { setting: "fast", help: "let wasm fuse operations: not the same bits everywhere" },
  "init-from": { value: "FILE", help: "start from a model.safetensors, or weights as JSON" },
  "out-dir": { value: "DIR", standard: "out", help: "where the files of the run go" },
  "log-every": { value: "N", standard: "100", help: "print every N epochs; with --json default 1" },
  curves: { value: "FORMAT", standard: "png", help: "picture of the curves: png or svg" },
  quiet: { help: "print nothing but errors" },
  json: { help: "print one JSON object for each record and nothing else" },
  help: { help: "print this and exit" },
};

/** What the command line asks for. */
export interface TrainOptions {
  readonly config: Config;
  /** Whether --hidden-size was given. */
  readonly fixedSize: boolean;
  readonly initFrom: string | undefined;
  readonly outDir: string;
  readonly logEvery: number;
  readonly curves: "png" | "svg";
  readonly quiet: boolean;
  readonly json: boolean;
}

/** @returns undefined for --help. @throws {UsageError} @throws {ConfigError} */
export function parseTrainOptions(args: readonly string[]): TrainOptions | undefined {
  const given = readFlags(args);
  if (given.has("help")) return undefined;
  const settings: Record<string, unknown> = {};
  for (const [name, { setting }] of Object.entries(FLAGS)) {
    const value = given.get(name);
    if (setting === undefined || value === undefined) continue;
    const kind = typeof DEFAULTS[setting];
    settings[setting] = kind === "boolean" ? true : kind === "number" ? numberOf(value) : value;
  }
  const text = (name: string) => given.get(name) ?? FLAGS[name]?.standard ?? "";
  const json = given.has("json");
  const logEvery = numberOf(given.get("log-every") ?? (json ? "1" : text("log-every")));
  if (!Number.isSafeInteger(logEvery) || Number(logEvery) < 1) {
    throw new UsageError(
      `--log-every: expected an integer from 1, got ${JSON.stringify(logEvery)}`,
    );
  }
  const curves = text("curves");
  if (curves !== "png" && curves !== "svg") {
    throw new UsageError(`--curves: expected png or svg, got ${JSON.stringify(curves)}`);
  }
  for (const name of ["out-dir", "init-from"]) {
    if (given.get(name) === "") throw new UsageError(`--${name}: expected a path, got ""`);
  }
  return {
    config: completeConfig(settings),
    fixedSize: given.has("hidden-size"),
    initFrom: given.get("init-from"),
    outDir: text("out-dir"),
    logEvery: Number(logEvery),
    curves,
    quiet: given.has("quiet"),
    json,
  };
}

/** The flag of a setting of `Config`, or the setting's own name if it has none. */
export function flagOf(setting: string): string {
  const found = Object.entries(FLAGS).find(([, flag]) => flag.setting === setting);
  return found ? `--${found[0]}` : setting;
}

/** Flags and their values; a switch has the value "". */
function readFlags(args: readonly string[]): Map<string, string> {
  const options = Object.fromEntries(
    Object.entries(FLAGS).map(([name, { value }]) => [
      name,
      { type: value ? ("string" as const) : ("boolean" as const) },
    ]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const given = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      throw new UsageError(`train: expected flags, got ${JSON.stringify(token.value)}; see --help`);
    }
    const { name, rawName, value, inlineValue } = token;
    const flag = Object.hasOwn(FLAGS, name) && rawName.startsWith("--") ? FLAGS[name] : undefined;
    if (!flag) throw new UsageError(`${rawName}: expected a known flag, got this one; see --help`);
    if (!flag.value && value !== undefined) {
      throw new UsageError(`${rawName}: expected no value, got ${JSON.stringify(value)}`);
    }
    if (flag.value && (value === undefined || (!inlineValue && value.startsWith("--")))) {
      throw new UsageError(`${rawName}: expected ${flag.value}, got ${value ?? "nothing"}`);
    }
    given.set(name, value ?? "");
  }
  return given;
}

/** The number a text spells in decimal, or the text itself for the check to refuse. */
function numberOf(text: string): number | string {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

/** The text of --help. */
export function trainHelp(): string {
  const rows = Object.entries(FLAGS).map(([name, { value, help, setting, standard }]) => {
    const shown = value && setting ? DEFAULTS[setting] : standard;
    const flag = `--${name}${value ? ` ${value}` : ""}`;
    return `  ${flag.padEnd(21)}${help}${shown === undefined ? "" : ` (${shown})`}`;
  });
  return `Usage: npm run train -- [flags]

Trains a character-level recurrent network; by default the original's run, hell → ello.
The same flags give the same weights, to the last bit, on every machine.

${rows.join("\n")}

Files in --out-dir: metrics.jsonl, curves.png, curves.html, model.safetensors, receipt.json.
With --json, silence npm's own lines too: npm run --silent train -- --json
`;
}
