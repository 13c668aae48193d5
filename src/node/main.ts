// The command line as a function: train, sample, eval, inspect and the others, from the words to the exit
// code. What belongs to a process alone, its signals and its end, is in cli.ts.

import { VERSION } from "../version.ts";
import { runBench } from "./bench/command.ts";
import { benchHelp, parseBenchOptions } from "./bench/options.ts";
import { usageOf } from "./caller.ts";
import { exitCodeOf, lineOf, UsageError } from "./errors.ts";
import { nearestOf } from "./flags/nearest.ts";
import { parseTrainOptions } from "./flags/options.ts";
import { flagOf, trainHelp } from "./flags/train-flags.ts";
import { runEval } from "./model/eval.ts";
import { runExport } from "./model/export.ts";
import { runInspect } from "./model/inspect.ts";
import { runSample } from "./model/sample.ts";
import { type ErrorStream, Output, type OutputStream } from "./output.ts";
import { runWorker } from "./queue/worker.ts";
import { runTrain } from "./run/command.ts";
import { runCompare } from "./runs/compare.ts";
import { runRuns } from "./runs/list.ts";
import { runSweep } from "./sweep/command.ts";
import { runPlan } from "./sweep/plan-command.ts";
import { runVerify } from "./verify/command.ts";

/** Where a command prints to; a process is one. */
export interface Streams {
  readonly stdout: OutputStream;
  readonly stderr: ErrorStream;
}

/** Runs with the words behind its name. @returns its exit code, if that is not 0. */
type Command = (args: readonly string[], output: Output) => Promise<number> | Promise<void>;

const COMMANDS: Readonly<Record<string, Command>> = {
  async train(args, output) {
    const options = await parseTrainOptions(args);
    if (options) return runTrain(options, output);
    await output.line(trainHelp());
    return 0;
  },
  sample: runSample,
  eval: runEval,
  inspect: runInspect,
  runs: runRuns,
  compare: runCompare,
  sweep: runSweep,
  worker: runWorker,
  plan: runPlan,
  verify: runVerify,
  export: runExport,
  async bench(args, output) {
    const options = parseBenchOptions(args);
    if (options) await runBench(options, output);
    else await output.line(benchHelp());
  },
};

const NAMES = Object.keys(COMMANDS);

const help = (): string => `Usage: ello COMMAND [flags]

  train      trains a network on a pair of texts, or on files
  sample     writes text with a trained model
  eval       prints how well a model predicts a text
  inspect    prints what is in a file of a model or a run
  runs       lists the runs in a folder
  compare    puts runs side by side: a table, a picture
  sweep      trains a network for each of many settings, and says which is best
  worker     makes the runs of sweeps that are put on a queue
  plan       says what a run or a sweep takes, before it is made
  verify     replays the run of a receipt, and says whether it comes to the same
  export     writes a trained model as ONNX
  bench      times the core against the plain TypeScript reference
  help       prints this, or the help of a command: ello help train
  version    prints the version

Called here as: ${usageOf("COMMAND")}
`;

/** Runs a command. @returns its exit code; what went wrong is a line on `stderr`. */
export async function main(args: readonly string[], { stdout, stderr }: Streams): Promise<number> {
  try {
    const output = new Output(stdout, stderr);
    const [command, rest] = commandIn(args);
    return (await command(rest, output)) ?? 0;
  } catch (error) {
    stderr.write(`${lineOf(error, flagOf)}\n`);
    return exitCodeOf(error);
  }
}

/** The command of a line, and the words for it. @throws {UsageError} */
function commandIn([name, ...args]: readonly string[]): [Command, readonly string[]] {
  const isVersion = (word = ""): boolean => /^(-v|-V|--version)$/.test(word);
  if (name === "version" || isVersion(name) || (args.length === 1 && isVersion(args[0]))) {
    return [(_, output) => output.line(VERSION), []];
  }
  if (/^(-h|--help|help)$/.test(name ?? "")) {
    const [about] = args;
    if (about === undefined) return [(_, output) => output.line(help()), []];
    return [commandOf(about), ["--help"]];
  }
  return [commandOf(name), args];
}

/** @throws {UsageError} for a name that no command has. */
function commandOf(name: string | undefined): Command {
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) return command;
  const nearest = name === undefined ? undefined : nearestOf(name.replace(/^-+/, ""), NAMES);
  const hint = nearest ? `did you mean ${nearest}?` : "see ello help";
  throw new UsageError(
    `ello: expected a command of ${NAMES.join(", ")}, got ${name ?? "none"}; ${hint}`,
  );
}
