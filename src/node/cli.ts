// Entry of the command line: `node build/node/cli.js train|bench [flags]`.

import { runBench } from "./bench-command.ts";
import { BENCH_HELP, parseBenchOptions } from "./bench-options.ts";
import { exitCodeOf, lineOf, UsageError } from "./errors.ts";
import { flagOf, parseTrainOptions, trainHelp } from "./options.ts";
import { Output } from "./output.ts";
import { listenToSignals } from "./signals.ts";
import { runTrain } from "./train-command.ts";

async function main([command, ...args]: readonly string[]): Promise<void> {
  const output = new Output(process.stdout);
  if (command === "train") {
    const options = await parseTrainOptions(args);
    if (options) await runTrain(options, output);
    else await output.line(trainHelp());
  } else if (command === "bench") {
    const options = parseBenchOptions(args);
    if (options) await runBench(options, output);
    else await output.line(BENCH_HELP);
  } else {
    throw new UsageError(`ello: expected the command train or bench, got ${command ?? "none"}`);
  }
}

listenToSignals();

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${lineOf(error, flagOf)}\n`);
  process.exitCode = exitCodeOf(error);
});
