// `npm run train` as a person runs it: what it prints and what it leaves behind.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sha256 } from "../../../src/checkpoint/sha256.ts";
import { loadCheckpoint, VERSION } from "../../../src/index.ts";
import { DEFAULTS } from "../../../src/settings/check.ts";
import { fixture, relativeError } from "../../support.ts";
import { FILES, makeFolder, receiptOf, train } from "../run.ts";

const recordsOf = (jsonl: string) =>
  jsonl
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("the default run", () => {
  test("prints the original's lines, then where the files went and how fast it was", async () => {
    const cwd = makeFolder();
    const { code, stdout, stderr } = await train(cwd);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    const epochs = lines.slice(0, -4).map((line) => {
      expect(line).toMatch(
        /^Epoch \d+: Predicted '[helo]{4}', Loss: \d\.\d{4}, Accuracy: \d+\.00%$/,
      );
      return Number(/\d+/.exec(line)?.[0]);
    });
    expect(epochs).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 999]);
    expect(lines.at(-5)).toMatch(
      /^Epoch 999: Predicted 'ello', Loss: 0\.000\d, Accuracy: 100\.00%$/,
    );
    expect(lines.at(-4)).toBe(
      "Wrote out/metrics.jsonl, out/curves.png, out/curves.html, out/training.safetensors, out/model.safetensors, out/receipt.json",
    );
    expect(lines.at(-3)).toMatch(
      /^1000 epochs in \d+\.\d{3} s, [\d,]+ characters\/s \(wasm engine, 1 thread\)$/,
    );
    expect(readdirSync(join(cwd, "out")).sort()).toEqual(FILES);
  });

  test("leaves metrics, model and receipt that agree with each other", async () => {
    const cwd = makeFolder();
    await train(cwd, "--out-dir", "a/b", "--quiet");
    const out = join(cwd, "a/b");
    const metrics = recordsOf(readFileSync(join(out, "metrics.jsonl"), "utf8"));
    expect(metrics.length).toBe(1000);
    metrics.forEach((metric, epoch) => {
      expect(Object.keys(metric)).toEqual(["epoch", "loss", "accuracy", "gradNorm"]);
      expect(metric.epoch).toBe(epoch);
    });
    const receipt = receiptOf(out);
    const checkpoint = await loadCheckpoint(readFileSync(join(out, "model.safetensors")));
    const release = readFileSync(new URL("../../../build/core/release.wasm", import.meta.url));
    expect(receipt).toEqual({
      format: "ello-receipt-1",
      version: VERSION,
      bits: 1,
      config: checkpoint.config,
      unit: "codepoint",
      vocabulary: ["h", "e", "l", "o"],
      vocabularySha256: await sha256(new TextEncoder().encode('codepoint\n["h","e","l","o"]')),
      textBytes: 9,
      textSha256: await sha256(new TextEncoder().encode("hell\nello")),
      parametersSha256: {
        initial: expect.stringMatching(/^[0-9a-f]{64}$/),
        final: await sha256(checkpoint.parameters),
      },
      steps: 1000,
      best: null,
      final: { epoch: 999, loss: metrics[999].loss, accuracy: 1, predicted: "ello" },
      engine: "wasm",
      threads: 1,
      vectorBits: 128,
      cores: { release: await sha256(new Uint8Array(release)) },
      seconds: expect.any(Number),
      charsPerSecond: expect.any(Number),
      chain: { every: 20, links: expect.any(Array), changes: [] },
    });
    const png = readFileSync(join(out, "curves.png"));
    expect(png.subarray(1, 4).toString()).toBe("PNG");
  });

  test("ends with the weights it always ended with, on either engine", async () => {
    const cwd = makeFolder();
    const hashes: string[] = [];
    for (const engine of ["wasm", "reference"]) {
      await train(cwd, "--engine", engine, "--out-dir", engine, "--quiet");
      hashes.push(receiptOf(join(cwd, engine)).parametersSha256.final);
    }
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).toMatchInlineSnapshot(
      `"0a186c9af5d5bb622a3f33be6d8209b60a72392d26e3941264e1a9cba3e24c38"`,
    );
  });
});

describe("flags", () => {
  test("--json prints one object for each record and nothing else", async () => {
    const cwd = makeFolder();
    const all = await train(cwd, "--json", "--epochs", "30");
    expect(all.stderr).toBe("");
    const records = recordsOf(all.stdout);
    expect(records.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(Object.keys(records[0])).toEqual([
      "step",
      "epoch",
      "loss",
      "accuracy",
      "gradNorm",
      "learningRate",
      "charsPerSecond",
    ]);
    const some = await train(cwd, "--json", "--epochs", "30", "--log-every", "10");
    expect(recordsOf(some.stdout).map(({ epoch }) => epoch)).toEqual([0, 10, 20, 29]);
  });

  test("--quiet prints nothing, --log-every as often as it says, =value works", async () => {
    const cwd = makeFolder();
    expect(await train(cwd, "--quiet", "--epochs=3")).toEqual({ code: 0, stdout: "", stderr: "" });
    const { stdout } = await train(cwd, "--epochs=5", "--log-every=2");
    expect(stdout.match(/^Epoch \d+/gm)).toEqual(["Epoch 0", "Epoch 2", "Epoch 4"]);
  });

  test("every setting reaches the receipt", async () => {
    const cwd = makeFolder();
    await train(
      cwd,
      "--input",
      "abc",
      "--target",
      "bcd",
      "--hidden-size",
      "7",
      "--epochs",
      "9",
      "--learning-rate",
      "2e-1",
      "--clip-value",
      "0",
      "--seed",
      "5",
      "--reduction",
      "mean",
      "--quiet",
    );
    expect(receiptOf(join(cwd, "out")).config).toEqual({
      ...DEFAULTS,
      input: "abc",
      target: "bcd",
      seqLength: 3,
      hiddenSize: 7,
      epochs: 9,
      learningRate: 0.2,
      clipValue: 0,
      reduction: "mean",
      seed: 5,
    });
  });

  test("--input and --target take any pair of equally long texts, shown without control codes", async () => {
    const cwd = makeFolder();
    const { code, stdout } = await train(
      cwd,
      "--input=a😀é\u0007",
      "--target=😀é\u0007\u001b",
      "--epochs=600",
    );
    expect(code).toBe(0);
    expect(stdout).toContain("Predicted '😀é\\u0007\\u001b', Loss: 0.");
    expect(stdout).not.toMatch(/[\u0007\u001b]/);
  });

  test("--curves svg writes an SVG instead of the PNG", async () => {
    const cwd = makeFolder();
    await train(cwd, "--curves", "svg", "--epochs", "10", "--quiet");
    expect(readdirSync(join(cwd, "out")).sort()).toEqual([
      ...FILES.slice(0, 1),
      "curves.svg",
      ...FILES.slice(2),
    ]);
  });

  test("--help names every flag with its default", async () => {
    const { code, stdout } = await train(makeFolder(), "--help");
    expect(code).toBe(0);
    for (const flag of [
      "input TEXT",
      "hidden-size N",
      "epochs N",
      "learning-rate X",
      "clip-value X",
      "seed N",
      "engine NAME",
      "log-every N",
      "out-dir DIR",
      "init-from PATH",
      "quiet",
      "json",
    ]) {
      expect(stdout).toMatch(new RegExp(`^  --${flag} +\\w`, "m"));
    }
    expect(stdout).toContain("(0.1)");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });
});

describe("--init-from", () => {
  test("the fixture's JSON repeats the original's run", async () => {
    const cwd = makeFolder();
    const { initial, losses } = await fixture<{ initial: object; losses: number[] }>(
      "tinyrnn-hello.json",
    );
    const { writeFileSync } = await import("node:fs");
    writeFileSync(join(cwd, "initial.json"), JSON.stringify(initial));
    const { stdout } = await train(cwd, "--init-from", "initial.json", "--json");
    const ours = recordsOf(stdout).map(({ loss }) => loss);
    expect(relativeError(ours, losses)).toBeLessThan(1e-12);
  });

  test("a model goes on where it was: 400 epochs and 600 are 1000", async () => {
    const cwd = makeFolder();
    await train(cwd, "--epochs", "400", "--hidden-size", "12", "--out-dir", "a", "--quiet");
    await train(
      cwd,
      "--epochs",
      "600",
      "--init-from",
      "a/model.safetensors",
      "--out-dir",
      "b",
      "--quiet",
    );
    await train(cwd, "--epochs", "1000", "--hidden-size", "12", "--out-dir", "c", "--quiet");
    expect(receiptOf(join(cwd, "b")).config.hiddenSize).toBe(12);
    expect(receiptOf(join(cwd, "b")).parametersSha256.final).toBe(
      receiptOf(join(cwd, "c")).parametersSha256.final,
    );
  });
});
