// Flags of char-rnn and nanoGPT that ask for what is so anyway, or for what there is not: the first
// are taken, of the others one line says why not.

export interface KnownFlag {
  readonly expected: string;
  readonly accepts: (value: string) => boolean;
  /** Why nothing else will do. */
  readonly why: string;
  /** Whether the value may be left out, which is to say true. */
  readonly isSwitch?: true;
}

export type KnownFlags = Readonly<Record<string, KnownFlag>>;

/** Takes the number or the names, in any case. */
function only(why: string, ...values: readonly (string | number)[]): KnownFlag {
  return {
    expected: values.join(", ").replace(/, ([^,]*)$/, " or $1"),
    accepts: (text) =>
      values.some((value) =>
        typeof value === "number"
          ? text !== "" && Number(text) === value
          : text.toLowerCase() === value.toLowerCase(),
      ),
    why,
  };
}

const anything = { expected: "a value", accepts: () => true, why: "" };
const never = (why: string): KnownFlag => ({ expected: "no such flag", accepts: () => false, why });
const init_from = only("the model is named by --model", "resume"); // of sample
const processor = "it runs on the processor";
const singleRun = only("it logs to the run's own folder", "False");

export const KNOWN_OF_CHAR_RNN: KnownFlags = {
  init_from,
  gpuid: only(processor, -1),
  opencl: only(processor, 0),
  accurate_gpu_timing: only(processor, 0),
  train_frac: never("the text but for --val-fraction is trained on"),
  savefile: never("a run's files have fixed names; --out-dir names their folder"),
  sample: only("the likeliest is --greedy", 1),
  verbose: anything,
};

export const KNOWN_OF_NANO_GPT: KnownFlags = {
  n_head: never("a recurrent network has no attention"),
  bias: { ...only("its layers have biases", "True"), isSwitch: true },
  gradient_accumulation_steps: only("a step is one batch; see --batch-size", 1),
  lr_decay_iters: never("the cosine ends with the run, whose length is --epochs"),
  eval_iters: never("an evaluation reads the whole validation text"),
  eval_only: { ...only("that is the command eval", "False"), isSwitch: true },
  always_save_checkpoint: {
    ...only("the last weights are always kept, beside the best", "True"),
    isSwitch: true,
  },
  init_from,
  dataset: never("the text is a file, given by --text"),
  wandb_log: { ...singleRun, isSwitch: true },
  wandb_project: never(singleRun.why),
  wandb_run_name: never(singleRun.why),
  device: only(processor, "cpu"),
  dtype: only("every number is one of 64 bits", "float64"),
  compile: { ...anything, isSwitch: true },
  backend: anything,
};
