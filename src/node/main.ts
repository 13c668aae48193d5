// The command line as a function: train, sample, eval, inspect and bench, from the words to the exit
// code. What belongs to a process alone, its signals and its end, is in cli.ts.

import { runBench } from "./bench-command.ts";
import { BENCH_HELP, parseBenchOptions } from "./bench-options.ts";
import { exitCodeOf, lineOf, UsageError } from "./errors.ts";
import { runEval } from "./eval-command.ts";
import { runInspect } from "./inspect-command.ts";
import { flagOf, parseTrainOptions, trainHelp } from "./options.ts";
import { type ErrorStream, Output, type OutputStream } from "./output.ts";
import { runSample } from "./sample-command.ts";
import { runTrain } from "./train-command.ts";

/** Where a command prints to; a process is one. */
export interface Streams {
  readonly stdout: OutputStream;
  readonly stderr: ErrorStream;
}

type Command = (args: readonly string[], output: Output) => Promise<void>;

const COMMANDS: Readonly<Record<string, Command>> = {
  async train(args, output) {
    const options = await parseTrainOptions(args);
    if (options) await runTrain(options, output);
    else await output.line(trainHelp());
  },
  sample: runSample,
  eval: runEval,
  inspect: runInspect,
  async bench(args, output) {
    const options = parseBenchOptions(args);
    if (options) await runBench(options, output);
    else await output.line(BENCH_HELP);
  },
};

/** Runs a command. @returns its exit code; what went wrong is a line on `stderr`. */
export async function main(args: readonly string[], { stdout, stderr }: Streams): Promise<number> {
  try {
    await runCommand(args, new Output(stdout, stderr));
    return 0;
  } catch (error) {
    stderr.write(`${lineOf(error, flagOf)}\n`);
    return exitCodeOf(error);
  }
}

async function runCommand(
  [name = "none", ...args]: readonly string[],
  output: Output,
): Promise<void> {
  const names = Object.keys(COMMANDS).join(", ");
  if (name === "--help")
    return output.line(`Usage: ello COMMAND [flags], with a command of ${names}; each has --help`);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new UsageError(`ello: expected a command of ${names}, got ${name}`);
  await command(args, output);
}
