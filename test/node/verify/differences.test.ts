// `ello verify` where receipt and run differ: the link that holds the first difference is found, and what cannot be
// verified is told apart from what differs.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { loadTraining, saveTraining } from "../../../src/checkpoint/training.ts";
import { createModel, PairDataset } from "../../../src/index.ts";
import { receiptOf, train } from "../run.ts";
import { change, FILE, folder, SMALL, sharedFolder, TEXT, verify } from "./runs.ts";

describe("one bit of a weight turned at step 4321 of 10,000, the run gone on from there", () => {
  const cwd = sharedFolder();

  beforeAll(async () => {
    const flags = ["--epochs", "10000", "--keep-states", "9", "--quiet"];
    await train(cwd, ...flags, "--max-steps", "4321");
    const path = join(cwd, "out", FILE);
    const stopped = await loadTraining(new Uint8Array(readFileSync(path)));
    const { parameters } = stopped.state.arrays;
    const bytes = new Uint8Array((parameters as Float64Array).buffer, parameters?.byteOffset);
    bytes[80] = (bytes[80] as number) ^ 1; // the last bit of the tenth weight
    const model = await createModel(new PairDataset("hell", "ello"), stopped.config);
    writeFileSync(path, await saveTraining(model, stopped));
    await train(cwd, "--resume", "out", "--keep-states", "9", "--quiet");
  });

  test("the link that holds it is named", async () => {
    const { code, stdout } = await verify(cwd);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /Different: link 23 of 51, after step 4400: (loss|SHA-256 of the link): receipt \S+, replay \S+; the 22 before are equal/,
    );
  });

  test("its part suffices, and the parts beside it are equal", async () => {
    const within = await verify(cwd, "--steps", "4200..4500");
    expect(within.code).toBe(1);
    expect(within.stdout).toMatch(
      /Replayed 600 steps.*\n.*steps 4000 to 4600: link 23 of 51, after/,
    );
    for (const steps of ["3000..4000", "6000..7000", "9990..10000", "0..100"]) {
      const { code, stdout } = await verify(cwd, "--steps", steps);
      expect(code, stdout).toBe(0);
    }
  });

  test("drawn parts: some are equal, all find it", async () => {
    const some = await verify(cwd, "--spot", "3", "--json");
    const { parts } = JSON.parse(some.stdout);
    expect(parts.length).toBeLessThanOrEqual(3);
    const all = await verify(cwd, "--spot", "10");
    expect(all.code).toBe(1);
    expect(all.stdout).toContain("link 23 of 51");
  });

  test("a kept state that was changed is found at its own link", async () => {
    const path = join(cwd, "out/states/step-6000.safetensors");
    const kept = readFileSync(path);
    const stopped = await loadTraining(new Uint8Array(kept));
    (stopped.state.arrays["state"] as Float64Array)[0] = 0.5;
    const model = await createModel(new PairDataset("hell", "ello"), stopped.config);
    writeFileSync(path, await saveTraining(model, stopped));
    const { code, stdout } = await verify(cwd, "--steps", "6000..6200");
    writeFileSync(path, kept);
    expect([code, stdout]).toEqual([1, expect.stringContaining("link 31 of 51, after step 6000")]);
  });
});

describe("a receipt that says something else is different", () => {
  const cwd = sharedFolder();
  beforeAll(async () => {
    await train(cwd, ...SMALL, "--epochs", "1", "--quiet");
  });
  const zeros = "0".repeat(64);
  const edits: [string, (receipt: any) => void, RegExp][] = [
    [
      "a seed",
      (receipt) => (receipt.config.seed = 7),
      /after step 0: SHA-256 of the first parameters: receipt/,
    ],
    [
      "a rate",
      (receipt) => (receipt.config.learningRate *= 2),
      /link 2 of \d+, after step 20: loss: receipt/,
    ],
    [
      "a loss",
      ({ chain }) => (chain.links[2].loss += 1e-15),
      /link 3 of \d+, after step 40: loss: receipt/,
    ],
    [
      "a validation",
      ({ chain }) => (chain.links.at(-1).validation = 1),
      /validation loss: receipt 1, replay/,
    ],
    [
      "a hash",
      ({ chain }) => (chain.links[1].sha256 = zeros),
      /link 2 of \d+, .*receipt 0{64}, replay/,
    ],
    [
      "a link left out",
      ({ chain }) => chain.links.splice(1, 1),
      /link 2 of \d+, after step 40: SHA-256/,
    ],
    [
      "the weights",
      (receipt) => (receipt.parametersSha256.final = zeros),
      /SHA-256 of the parameters/,
    ],
    ["the best", (receipt) => (receipt.best.loss = 0.5), /after step 65: best: receipt {/],
    ["the end", (receipt) => (receipt.final.accuracy = 1), /after step 65: final: receipt {/],
    ["a letter", (receipt) => (receipt.vocabulary[3] = "q"), /after step 0: vocabulary/],
    [
      "more steps",
      (receipt) => {
        receipt.steps = 80;
        receipt.chain.links.push({ step: 80, loss: 1, sha256: zeros });
      },
      /link \d+ of \d+, after step 80: end of the run: receipt later, replay after step 65/,
    ],
  ];

  test.each(edits)("%s", async (_, edit, expected) => {
    const { code, stdout, stderr } = await verify(cwd, change(cwd, "out/receipt.json", edit));
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toMatch(expected);
  });
});

describe("cannot be verified", () => {
  const cwd = sharedFolder();
  beforeAll(async () => {
    writeFileSync(join(cwd, "other.txt"), `${TEXT}!`);
    await train(cwd, ...SMALL, "--epochs", "1", "--quiet");
    writeFileSync(join(cwd, "not.json"), `{ "a": 1 }`);
  });
  const edit = (change: (receipt: any) => void) => change;
  const cases: [string, string[], RegExp, ((receipt: any) => void)?][] = [
    [
      "another text",
      ["--text", "other.txt"],
      /text: expected that of the run, SHA-256 [0-9a-f]{64}, got one of/,
    ],
    [
      "no text",
      [],
      /expected a readable file, got ENOENT.*gone\.txt"; give it with --text FILE/,
      edit((one) => (one.text = ["gone.txt"])),
    ],
    [
      "another arithmetic",
      [],
      /expected bits 1, which release .* got bits 2; .*npx ello@9\.1\.0 verify/,
      edit((one) => Object.assign(one, { bits: 2, version: "9.1.0" })),
    ],
    [
      "another format",
      [],
      /expected ello-receipt-1, .*got "ello-receipt-2"/,
      edit((one) => (one.format = "ello-receipt-2")),
    ],
    ["no chain", [], /chain: expected one, got none/, edit((one) => delete one.chain)],
    [
      "a setting unheard of",
      [],
      /config: expected settings of this release, got "depth"/,
      edit((one) => (one.config.depth = 2)),
    ],
    [
      "steps beyond",
      ["--steps", "90..95"],
      /--steps: expected steps of the run's 65, got 90\.\.95/,
    ],
    ["no states", ["--spot", "2"], /--spot: expected states beside the receipt/],
  ];

  test.each(cases)("%s", async (_, flags, expected, change_) => {
    const path = change_ ? change(cwd, "out/receipt.json", change_) : "out";
    const { code, stdout, stderr } = await verify(cwd, path, ...flags);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(expected);
    expect(stderr.trim().split("\n").length).toBe(1);
  });

  test("other files, and runs with --fast", async () => {
    expect((await verify(cwd, "not.json")).stderr).toContain(
      "expected a receipt of a run, got something else",
    );
    expect((await verify(cwd, "gone.json")).stderr).toContain("ENOENT");
    const fast = change(cwd, "out/receipt.json", ({ config }) => (config.fast = true));
    const { code, stderr } = await verify(cwd, fast);
    expect(code).toBe(2);
    expect(stderr).toContain("whose bits are those of its machine");
  });

  test("flags that do not fit", async () => {
    for (const [words, expected] of [
      [["--steps", "5..1"], '--steps: expected A..B, such as 400..600, got "5..1"'],
      [["--steps", "1..5", "--spot", "1"], "--steps: expected no --spot beside it"],
      [["--vocabulary", "v.json"], "--vocabulary: expected --init-from as well"],
      [["--engine", "gpu"], "--engine: expected wasm or reference"],
      [["--engine", "reference", "--threads", "2"], "--threads: expected --engine wasm"],
      [["a", "b"], "verify: expected one receipt or folder, got 2"],
    ] as const) {
      const { code, stderr } = await verify(cwd, ...words);
      expect([code, stderr]).toEqual([2, expect.stringContaining(expected)]);
    }
  });
});

test("a folder of receipts: a row each, and the worst decides the code", async () => {
  const cwd = folder();
  for (const seed of ["1", "2"]) {
    const own = ["--seed", seed, "--epochs", "50", "--keep-states", "2"];
    await train(cwd, ...own, "--out-dir", `class/${seed}`, "--quiet");
  }
  const spots = await verify(cwd, "class/1", "--spot", "3");
  expect(spots.code, spots.stdout).toBe(0);
  expect(spots.stdout).toMatch(/^Equal: the 4 links of these parts, of 4$/m);
  const parts = await verify(cwd, "class", "--spot", "3");
  expect(parts.code).toBe(0);
  expect(parts.stdout).toMatch(/^1\/receipt\.json\s+equal\s+4 links, 50 steps/m); // where two join, one
  const equal = await verify(cwd, "class");
  expect(equal.code, equal.stdout).toBe(0);
  expect(equal.stdout).toContain("2 receipts: 2 equal, 0 different, 0 cannot be verified");
  const receipt = receiptOf(join(cwd, "class/1"));
  const put = (name: string, value: unknown) =>
    writeFileSync(join(cwd, "class", name), JSON.stringify(value));
  put("old.json", { ...receipt, bits: 0 });
  put("package.json", { name: "no receipt" });
  expect((await verify(cwd, "class")).code).toBe(2);
  put("anna.json", { ...receipt, config: { ...receipt.config, seed: 3 } });
  const { code, stdout } = await verify(cwd, "class");
  expect(code).toBe(1);
  expect(stdout).toMatch(/^1\/receipt\.json\s+equal\s+\d+ links, 50 steps/m);
  expect(stdout).toMatch(/^anna\.json\s+different\s+after step 0: SHA-256 of the first/m);
  expect(stdout).toMatch(/^old\.json\s+cannot\s+expected bits 1/m);
  expect(stdout).toContain("4 receipts: 2 equal, 1 different, 1 cannot be verified");
  const json = (await verify(cwd, "class", "--json")).stdout.trim().split("\n");
  expect(json.map((line) => JSON.parse(line).result).sort()).toEqual([
    "cannot",
    "different",
    "equal",
    "equal",
  ]);
});
