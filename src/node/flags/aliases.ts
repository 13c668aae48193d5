// Names that people know from char-rnn and nanoGPT, and the flags they stand for here. Of a name that
// both have, nanoGPT's meaning is taken where the line has names that only nanoGPT has.

import { flagName, SETTINGS, TABLE } from "../../settings/table.ts";

export interface Alias {
  /** The flags it stands for: of each command, the first that it has. */
  readonly flags: readonly string[];
  /** A flag that it chooses as well, unless that was given. */
  readonly chooses?: readonly [flag: string, value: string];
  /** Its values as ours. */
  readonly convert?: (value: string) => string;
  /** Whether the name could mean something else, so that the meaning taken is to be said. */
  readonly isAmbiguous?: true;
}

export type Aliases = Readonly<Record<string, Alias>>;

const to = (...flags: string[]): Alias => ({ flags });
const shortened = { lr: to("learning-rate"), h: to("help") };

const cell: Alias = { ...to("cell"), convert: (value) => value.toLowerCase() };

/** The names of settings in another program, as the table of settings has them. */
function namesIn(program: "charRnn" | "nanoGpt"): Aliases {
  const named = SETTINGS.flatMap((setting) => {
    const name = TABLE[setting][program];
    return name === undefined ? [] : [[name, to(flagName(setting))] as const];
  });
  return Object.fromEntries(named);
}

export const CHAR_RNN: Aliases = {
  ...namesIn("charRnn"),
  data_dir: to("text"),
  model: cell,
  num_layers: { ...to("layers"), chooses: ["cell", "lstm"] }, // its default
  model_type: cell,
  grad_clip: { ...to("clip-value"), isAmbiguous: true },
  learning_rate_decay: { ...to("decay-rate"), chooses: ["schedule", "step"] },
  learning_rate_decay_after: { ...to("decay-after"), chooses: ["schedule", "step"] },
  decay_rate: { ...to("alpha"), isAmbiguous: true }, // beside our own --decay-rate
  print_every: to("log-every"),
  checkpoint_dir: to("out-dir"),
  primetext: to("prime"),
  ...shortened,
};

export const NANO_GPT: Aliases = {
  ...namesIn("nanoGpt"),
  out_dir: to("out-dir", "model"),
  max_iters: to("max-steps"),
  grad_clip: { ...to("clip-norm"), isAmbiguous: true },
  log_interval: to("log-every"),
  weight_decay: { ...to("weight-decay"), chooses: ["optimizer", "adamw"] },
  min_lr: { ...to("min-learning-rate"), chooses: ["schedule", "cosine"] },
  decay_lr: {
    ...to("schedule"),
    convert: (value) => ({ true: "cosine", false: "constant" })[value.toLowerCase()] ?? value,
  },
  start: {
    ...to("prime"),
    convert: (value) => (value.startsWith("FILE:") ? `@${value.slice("FILE:".length)}` : value),
  },
  num_samples: to("count"),
  max_new_tokens: to("length"),
  ...shortened,
};
