#!/usr/bin/env node
// Entry of the command line: `ello train|sample|eval|inspect|export|bench [flags]`.

import { listenToSignals } from "./signals.ts";

const args = process.argv.slice(2);
listenToSignals(args[0] ?? "ello");
// Loading takes most of the start: a signal during it is heard already.
const { main } = await import("./main.ts");
process.exitCode = await main(args, process);
