// The tests that mutants of the host are put to: those of its own folders, which need no browser.

import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** They run the command line, which changes the working folder: not in a thread. */
const COMMANDS = ["test/receipt/receipt.test.ts"];
const FOLDERS = [
  "model",
  "data",
  "train",
  "checkpoint",
  "settings",
  "engine",
  "generate",
  "receipt",
  "library",
  "curves",
];

export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    include: FOLDERS.map((name) => `test/${name}/**/*.test.ts`),
    exclude: COMMANDS,
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
