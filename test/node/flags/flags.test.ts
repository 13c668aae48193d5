// The words of a command line as flags: every spelling, old names, what is known and what is not.

import { describe, expect, test } from "vitest";
import {
  expectFlagEffects,
  type FlagTable,
  readFlags,
  spellingOf,
} from "../../../src/node/flags/flags.ts";
import { TRAIN_FLAGS } from "../../../src/node/flags/train-flags.ts";

const read = (...args: string[]) => readFlags("train", TRAIN_FLAGS, args);
const flagsOf = (...args: string[]) => Object.fromEntries(read(...args).flags);

describe("spellings", () => {
  const names = ["--hidden-size", "--hidden_size", "-hidden-size", "-hidden_size"];
  test.each([...names, "--rnn_size", "--rnn-size", "-rnn_size", "--n_embd"])("%s", (name) => {
    expect(flagsOf(name, "8")).toEqual({ "hidden-size": ["8"] });
    expect(flagsOf(`${name}=8`)).toEqual({ "hidden-size": ["8"] });
  });

  test.each(Object.keys(TRAIN_FLAGS).filter((name) => name !== "decay-rate"))(
    "--%s with _ and with -",
    (name) => {
      const value = TRAIN_FLAGS[name]?.value ? ["3"] : [];
      // One of them, nanoGPT's weight_decay, chooses its optimizer as well.
      expect(flagsOf(`--${name.replaceAll("-", "_")}`, ...value)).toMatchObject({
        [name]: [value[0] ?? ""],
      });
      expect(flagsOf(`-${name}`, ...value)).toEqual({ [name]: [value[0] ?? ""] });
    },
  );

  test("values that begin with a dash, that are empty or hold =", () => {
    expect(flagsOf("--learning-rate", "-0.1")).toEqual({ "learning-rate": ["-0.1"] });
    expect(flagsOf("--input=-a", "--target", "=", "--text=")).toEqual({
      input: ["-a"],
      target: ["="],
      text: [""],
    });
    expect(flagsOf("--text", "-", "--text", "a=b")).toEqual({ text: ["-", "a=b"] });
    expect(() => read("--seed", "-quiet")).toThrow("--seed: expected N, got -quiet");
  });

  test("paths, also behind --", () => {
    expect(read("a.txt", "--quiet", "b.txt", "-", "--", "--c").files).toEqual([
      "a.txt",
      "b.txt",
      "-",
      "--c",
    ]);
  });

  test("-h is --help", () => expect(flagsOf("-h")).toEqual({ help: [""] }));
});

describe("names of char-rnn and nanoGPT", () => {
  test("choose the schedule that they imply, and say so", () => {
    const decay = read("--learning_rate_decay", "0.5", "-learning_rate_decay_after", "1");
    expect(Object.fromEntries(decay.flags)).toEqual({
      "decay-rate": ["0.5"],
      "decay-after": ["1"],
      schedule: ["step"],
    });
    expect(decay.notes).toEqual(["--learning_rate_decay chooses --schedule step."]);
    expect(flagsOf("--min_lr=1e-4")["schedule"]).toEqual(["cosine"]);
    expect(flagsOf("--decay_lr=True")).toEqual({ schedule: ["cosine"] });
    expect(flagsOf("--decay_lr=False", "--min_lr=1e-4")["schedule"]).toEqual(["constant"]);
  });

  test("grad_clip is a value of char-rnn's, and a norm beside names of nanoGPT", () => {
    const cases: [string[], string, string][] = [
      [["--grad_clip", "1"], "clip-value", "--grad_clip is taken as char-rnn's: --clip-value 1."],
      [
        ["--grad_clip", "1", "--rnn_size", "8"],
        "clip-value",
        "--grad_clip is taken as char-rnn's: --clip-value 1.",
      ],
      [
        ["--grad_clip=1", "--block_size=8"],
        "clip-norm",
        "--grad_clip is taken as nanoGPT's: --clip-norm 1.",
      ],
      [
        ["--device=cpu", "--grad_clip=1"],
        "clip-norm",
        "--grad_clip is taken as nanoGPT's: --clip-norm 1.",
      ],
    ];
    for (const [args, flag, note] of cases) {
      const { flags, notes } = read(...args);
      expect(flags.get(flag)).toEqual(["1"]);
      expect(notes).toEqual([note]);
    }
  });

  test("char-rnn's own lines, as they stand in its README", () => {
    expect(flagsOf("-data_dir", "data/some_folder", "-gpuid", "-1")).toEqual({
      text: ["data/some_folder"],
    });
    expect(
      flagsOf(
        ...["-data_dir", "data/tinyshakespeare/", "-rnn_size", "512", "-num_layers", "2"],
        ...["-dropout", "0.5"],
      ),
    ).toEqual({
      ...{ text: ["data/tinyshakespeare/"], "hidden-size": ["512"] },
      ...{ layers: ["2"], dropout: ["0.5"], cell: ["lstm"] }, // its default
    });
    expect(read("-num_layers", "2").notes).toEqual(["-num_layers chooses --cell lstm."]);
    expect(flagsOf("-num_layers", "2", "-model", "rnn")["cell"]).toEqual(["rnn"]);
    expect(flagsOf("--weight_decay=1e-1", "--n_layer=2")).toEqual({
      ...{ "weight-decay": ["1e-1"], layers: ["2"], optimizer: ["adamw"] },
    });
    expect(flagsOf("-model", "LSTM", "-seq_length", "50", "-batch_size", "50")).toEqual({
      ...{ cell: ["lstm"], "seq-length": ["50"], "batch-size": ["50"] },
    });
    expect(flagsOf("--model_type=gru", "--n_layer=3")).toEqual({ cell: ["gru"], layers: ["3"] });
    expect(() => read("-data_dir", "x", "-train_frac", "0.95")).toThrow(
      "the text but for --val-fraction is trained on",
    );
  });

  test("decay_rate is char-rnn's, of RMSprop; --decay-rate is the schedule's", () => {
    expect(flagsOf("--decay_rate", "0.9")).toEqual({ alpha: ["0.9"] });
    expect(flagsOf("--decay-rate", "0.9")).toEqual({ "decay-rate": ["0.9"] });
    expect(spellingOf(read("--decay_rate", "0.9"), "alpha")).toBe("--decay_rate (--alpha)");
  });

  test("start and out_dir as the command has them", () => {
    const table: FlagTable = { model: { value: "X", help: "" }, prime: { value: "X", help: "" } };
    const { flags } = readFlags("sample", table, ["--out_dir=o", "--start=FILE:p.txt"]);
    expect(Object.fromEntries(flags)).toEqual({ model: ["o"], prime: ["@p.txt"] });
  });
});

describe("known flags", () => {
  test.each([
    ["--gpuid", "-1"],
    ["-gpuid", "-1"],
    ["--opencl", "0"],
    ["--device=cpu"],
    ["--dtype", "float64"],
    ["--compile"],
    ["--compile=False"],
    ["--compile", "False"],
    ["--backend=gloo"],
    ["--gradient_accumulation_steps=1"],
    ["--eval_only=False"],
    ["--bias=True"],
  ])("%s %s is taken", (...args) => {
    const { flags, files } = read(...args, "text.txt");
    expect({ flags: flags.size, files }).toEqual({ flags: 0, files: ["text.txt"] });
  });

  test.each([
    [["-gpuid", "0"], "-gpuid: expected -1, got 0; it runs on the processor"],
    [["--device", "cuda"], "--device: expected cpu, got cuda; it runs on the processor"],
    [
      ["--dtype=bfloat16"],
      "--dtype: expected float64, got bfloat16; every number is one of 64 bits",
    ],
    [
      ["--n_head=4"],
      "--n_head: expected no such flag, got 4; a recurrent network has no attention",
    ],
    [["-gpuid"], "-gpuid: expected -1, got nothing; it runs on the processor"],
    [["--lr_decay_iters=9"], "the cosine ends with the run, whose length is --epochs"],
  ])("%j says why not", (args, message) => {
    expect(() => read(...args)).toThrow(message);
  });
});

test("a mistyped flag is told the nearest", () => {
  expect(() => read("--rnn_sizes", "8")).toThrow(
    "--rnn_sizes: expected a known flag, got this one",
  );
  expect(() => read("--hiden_size", "8")).toThrow("did you mean --hidden-size?");
  expect(() => read("--zzz")).toThrow("see train --help");
});

test("a flag without effect beside others is refused", () => {
  const effects = (...args: string[]) => expectFlagEffects(TRAIN_FLAGS, read(...args).spelled);
  for (const [args, message] of [
    [
      ["--quiet", "--log-every", "5"],
      "--log-every: expected no --quiet, beside which it has no effect, got both; leave one out",
    ],
    [["--json", "--quiet"], "--quiet: expected no --json"],
    [["--init-from", "a", "--forget-bias", "1"], "--forget-bias: expected no --init-from"],
    [["--init_from", "a", "--init", "uniform"], "--init: expected no --init_from"],
    [["--resume", "a", "--init-from", "b"], "--init-from: expected no --resume"],
  ] as const) {
    expect(() => effects(...args)).toThrow(message);
  }
  expect(() => effects("--json", "--log-every", "5")).not.toThrow();
  // It decides what dropout drops.
  expect(() => effects("--init-from", "a", "--seed", "5")).not.toThrow();
  const table: FlagTable = { a: { help: "", needs: "b" }, b: { help: "" } };
  expect(() => expectFlagEffects(table, new Map([["a", "-a"]]))).toThrow(
    "-a: expected --b as well, without which it has no effect, got none; give it, or leave -a out",
  );
});
