// Entry of the command line: `node build/node/cli.js train|sample|eval|inspect|bench [flags]`.

import { runBench } from "./bench-command.ts";
import { BENCH_HELP, parseBenchOptions } from "./bench-options.ts";
import { exitCodeOf, lineOf, UsageError } from "./errors.ts";
import { runEval } from "./eval-command.ts";
import { runInspect } from "./inspect-command.ts";
import { flagOf, parseTrainOptions, trainHelp } from "./options.ts";
import { Output } from "./output.ts";
import { runSample } from "./sample-command.ts";
import { listenToSignals } from "./signals.ts";
import { runTrain } from "./train-command.ts";

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

async function main([name = "none", ...args]: readonly string[]): Promise<void> {
  const output = new Output(process.stdout);
  const names = Object.keys(COMMANDS).join(", ");
  if (name === "--help")
    return output.line(`Usage: ello COMMAND [flags], with a command of ${names}; each has --help`);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new UsageError(`ello: expected a command of ${names}, got ${name}`);
  await command(args, output);
}

listenToSignals();

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${lineOf(error, flagOf)}\n`);
  process.exitCode = exitCodeOf(error);
});
