// Entry of the command line: `node build/node/cli.js train [flags]`.

import { exitCodeOf, lineOf, UsageError } from "./errors.ts";
import { flagOf, parseTrainOptions, trainHelp } from "./options.ts";
import { Output } from "./output.ts";
import { runTrain } from "./train-command.ts";

const INTERRUPTED: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143 };

async function main([command, ...args]: readonly string[]): Promise<void> {
  if (command !== "train") {
    throw new UsageError(`ello: expected the command train, got ${command ?? "none"}`);
  }
  const options = parseTrainOptions(args);
  if (options) await runTrain(options, new Output(process.stdout));
  else process.stdout.write(trainHelp());
}

// Leaving by exit() lets the run remove what it has not finished writing.
for (const [signal, code] of Object.entries(INTERRUPTED)) {
  process.once(signal, () => process.exit(code));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${lineOf(error, flagOf)}\n`);
  process.exitCode = exitCodeOf(error);
});
