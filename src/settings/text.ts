// What a run is on: a pair of texts, or a corpus and how it is read.

import type { Config } from "./config.ts";
import { type Entry, integer, MOST, needing, oneOf, share, TEXT, truth, words } from "./kinds.ts";

type Names =
  | "input"
  | "target"
  | "unit"
  | "minCount"
  | "unknown"
  | "normalizeNewlines"
  | "valFraction";

export const TEXT_SETTINGS: { readonly [Name in Names]: Entry<Config[Name]> } = {
  input: {
    ...words(),
    standard: "hell",
    onText: "",
    value: "TEXT",
    help: "text the network reads, if not on a file",
    page: { label: "It reads", hint: "letter by letter", only: "pair", first: true },
  },
  target: {
    ...words(),
    standard: "ello",
    onText: "",
    value: "TEXT",
    help: "text it learns to write, as long",
    page: { label: "It learns to write", hint: "as many characters", only: "pair", first: true },
  },
  unit: {
    ...oneOf("codepoint", "byte"),
    standard: "codepoint",
    value: "NAME",
    help: "tokens: codepoint, or byte for any file",
    ...needing([TEXT], "codepoint"),
  },
  minCount: {
    ...integer(1, MOST),
    standard: 1,
    value: "N",
    help: "rarer characters are unknown",
    ...needing([TEXT], 1),
  },
  unknown: {
    ...oneOf("error", "skip", "symbol"),
    standard: "error",
    value: "NAME",
    help: "what to do with them: error, skip, symbol",
    ...needing([TEXT], "error"),
  },
  normalizeNewlines: {
    ...truth(),
    standard: false,
    help: "turn CR LF and CR into LF",
    ...needing([TEXT], false),
  },
  valFraction: {
    ...share("below"),
    standard: 0,
    onText: 0.1,
    value: "X",
    help: "tail kept for validation",
    ...needing([TEXT], 0),
    charRnn: "val_frac",
    page: {
      label: "Kept for validation",
      hint: "share of the text, at its end",
      only: "text",
      least: 0,
      most: 0.9,
    },
  },
};
