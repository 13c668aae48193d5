// Entry of the command line: `node build/node/cli.js train|sample|eval|inspect|bench [flags]`.

import { main } from "./main.ts";
import { listenToSignals } from "./signals.ts";

listenToSignals();
process.exitCode = await main(process.argv.slice(2), process);
