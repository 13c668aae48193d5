// What does the work. It decides no bit, but for `fast`.

import type { Config } from "./config.ts";
import { type Entry, integer, type Need, needing, needOf, oneOf, truth } from "./kinds.ts";

type Names = "engine" | "threads" | "fast";

/** The settings that decide nothing of what comes out. */
export const WITHOUT_BITS: readonly (keyof Config)[] = ["engine", "threads"];

const ROWS: Need = {
  setting: "batchSize",
  expected: "from 8",
  accepts: (value) => Number(value) >= 8,
};
const WASM = needOf("engine", "wasm");

export const MACHINE_SETTINGS: { readonly [Name in Names]: Entry<Config[Name]> } = {
  engine: {
    ...oneOf("wasm", "reference"),
    standard: "wasm",
    value: "NAME",
    help: "wasm or reference, with the same results",
  },
  threads: {
    ...integer(0, 64),
    standard: 0,
    value: "N",
    help: "0 for as many as pay",
    ...needing([WASM, ROWS], 0, 1),
    page: {
      label: "Threads",
      hint: "0 leaves a core to this page",
      only: "text",
      least: 0,
      most: 64,
    },
  },
  fast: {
    ...truth(),
    standard: false,
    help: "fuse operations: not the same bits everywhere",
    ...needing([WASM], false),
  },
};
