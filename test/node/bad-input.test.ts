// What a person gets for input that does not fit: one line, an exit code, nothing half-written.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadCheckpoint } from "../../src/index.ts";
import { CLI, FILES, makeFolder, type Outcome, receiptOf, run, train } from "./run.ts";

function expectOneLine(
  { code, stdout, stderr }: Outcome,
  exit: number,
  line: string | RegExp,
): void {
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr.trimEnd()).toMatch(line);
  expect(stderr).toMatch(/expected .*got /);
  expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
  expect(stdout).toBe("");
  expect(code).toBe(exit);
}

describe("usage: exit code 2", () => {
  const integer = "--hidden-size: expected an integer from 1 to 4096, got ";
  test.each<[flags: string[], line: string]>([
    [
      ["--hiden-size", "3"],
      "--hiden-size: expected a known flag, got this one; did you mean --hidden-size?",
    ],
    [["--__proto__", "3"], "--__proto__: expected a known flag"],
    [["-s", "3"], "-s: expected a known flag"],
    [["--seed"], "--seed: expected N, got nothing"],
    [["--seed", "--quiet"], "--seed: expected N, got --quiet"],
    [["--quiet=yes"], '--quiet: expected no value, got "yes"'],
    [["--hidden-size", "0"], `${integer}0`],
    [["--hidden-size", "-1"], `${integer}-1`],
    [["--hidden-size=1.5"], `${integer}1.5`],
    [["--hidden-size", "NaN"], `${integer}"NaN"`],
    [["--hidden-size", "1e9"], `${integer}1000000000`],
    [["--hidden-size", "abc"], `${integer}"abc"`],
    [["--hidden-size", ""], `${integer}""`],
    [["--hidden-size", "0x10"], `${integer}"0x10"`],
    [["--learning-rate", "NaN"], '--learning-rate: expected a finite number above 0, got "NaN"'],
    [
      ["--learning-rate", "1e999"],
      "--learning-rate: expected a finite number above 0, got Infinity",
    ],
    [["--learning-rate", "-0.1"], "--learning-rate: expected a finite number above 0, got -0.1"],
    [["--epochs", "0"], "--epochs: expected an integer from 1 to 1000000000, got 0"],
    [
      ["--clip-value", "-1"],
      "--clip-value: expected a finite number from 0 (0 clips nothing), got -1",
    ],
    [["--seed", "-1"], "--seed: expected an integer from 0 to 9007199254740991, got -1"],
    [["--engine", "gpu"], '--engine: expected wasm or reference, got "gpu"'],
    [["--log-every", "0"], '--log-every: expected an integer from 1, got "0"'],
    [["--curves", "gif"], '--curves: expected png or svg, got "gif"'],
    [["--out-dir", ""], '--out-dir: expected a path, got ""'],
    [["--input", ""], "--input: expected at least one character"],
    [["--target", ""], "--target: expected at least one character"],
    [["--input", "hello"], "--target: expected as many characters as the input, 5, got 4"],
    [
      ["--input", "aaa", "--target", "aaa"],
      "vocabulary: expected at least 2 distinct characters, got 1",
    ],
  ])("%j", async (flags, line) => {
    const cwd = makeFolder();
    expectOneLine(await train(cwd, ...flags), 2, "");
    expect((await train(cwd, ...flags)).stderr).toContain(line);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test("no command, or another", async () => {
    const cwd = makeFolder();
    expectOneLine(
      await run(process.execPath, [CLI], cwd),
      2,
      "expected a command of train, sample, eval, inspect, runs, compare, sweep, worker, plan, verify, export, bench, got none",
    );
    expectOneLine(await run(process.execPath, [CLI, "sing"], cwd), 2, "got sing");
  });
});

describe("a weights file: exit code 1", () => {
  const weights = (): Record<string, { shape: number[]; data: unknown[] }> => ({
    Wxh: { shape: [1, 4], data: [0, 0, 0, 0] },
    Whh: { shape: [1, 1], data: [0] },
    Why: { shape: [4, 1], data: [0, 0, 0, 0] },
    bh: { shape: [1], data: [0] },
    by: { shape: [4], data: [0, 0, 0, 0] },
  });
  const json = (change: (w: ReturnType<typeof weights>) => void): string => {
    const changed = weights();
    change(changed);
    return JSON.stringify(changed);
  };

  test.each<[name: string, content: string, line: RegExp]>([
    [
      "cut.json",
      JSON.stringify(weights()).slice(0, 40),
      /file: expected JSON, got text that is not/,
    ],
    [
      "nan.json",
      json((w) => (w["Whh"]!.data[0] = Number.NaN)),
      /Whh\.data\[0\]: expected a number, got null/,
    ],
    [
      "shape.json",
      json((w) => (w["Why"]!.shape = [1, 4])),
      /Why: expected shape \[4,1\], got \[1,4\]/,
    ],
    ["empty.safetensors", "", /file: expected a safetensors file, got 0 bytes/],
    [
      "text.safetensors",
      "not a model, whatever it says",
      /header: expected at most \d+ bytes, got \d+/,
    ],
  ])("%s", async (name, content, line) => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, name), content);
    const outcome = await train(cwd, "--init-from", name);
    expectOneLine(outcome, 1, line);
    expect(outcome.stderr).toContain(`--init-from ${name}: `);
    expect(readdirSync(cwd)).toEqual([name]);
  });

  test("a size that was given and is not the file's", async () => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, "size.json"), JSON.stringify(weights()));
    const outcome = await train(cwd, "--init-from", "size.json", "--hidden-size", "7");
    const line =
      /^--hidden-size: expected 1, as --init-from size.json has it, got 7; leave --hidden-size out$/;
    expectOneLine(outcome, 2, line);
    expect(readdirSync(cwd)).toEqual(["size.json"]);
  });

  test("a safetensors file cut short, with a NaN or a wrong shape", async () => {
    const cwd = makeFolder();
    await train(cwd, "--epochs", "5", "--quiet");
    const file = readFileSync(join(cwd, "out/model.safetensors"));
    const nan = Buffer.from(file);
    nan.writeDoubleLE(Number.NaN, file.length - 8);
    const shape = Buffer.from(file);
    shape.write("[4,10]", shape.indexOf("[10,4]"));
    const cases = {
      "cut.safetensors": file.subarray(0, -1),
      "nan.safetensors": nan,
      "shape.safetensors": shape,
    };
    const lines = [
      /file: expected \d+ bytes, got/,
      /fc\.bias\[3\]: expected a finite value, got NaN/,
      /expected shape/,
    ];
    for (const [i, [name, content]] of Object.entries(cases).entries()) {
      writeFileSync(join(cwd, name), content);
      expectOneLine(
        await train(cwd, "--init-from", name, "--out-dir", "other"),
        1,
        lines[i] as RegExp,
      );
    }
    expect(existsSync(join(cwd, "other"))).toBe(false);
  });

  test("one that is not there, or is a folder", async () => {
    const cwd = makeFolder();
    expectOneLine(
      await train(cwd, "--init-from", "none"),
      1,
      /--init-from: expected a readable model, got ENOENT/,
    );
    expectOneLine(
      await train(cwd, "--init-from", "."),
      1,
      /--init-from: expected a readable model, got ENOENT/,
    );
  });
});

describe("surroundings: exit code 1", () => {
  test("a folder that cannot be written", async () => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, "file"), "kept");
    for (const [folder, reason] of [
      ["file", "EEXIST"],
      ["file/out", "E(NOTDIR|EXIST)"],
      ["/proc/out", "ENOENT"],
    ] as const) {
      const line = new RegExp(
        `--out-dir: expected a folder that can be written, got ${reason}.*; choose another`,
      );
      expectOneLine(await train(cwd, "--out-dir", folder), 1, line);
    }
    expect(readFileSync(join(cwd, "file"), "utf8")).toBe("kept");
  });

  test("a file of the run that is a folder: the others stay as they were", async () => {
    const cwd = makeFolder();
    await train(cwd, "--epochs", "5", "--quiet");
    rmSync(join(cwd, "out/curves.html"));
    mkdirSync(join(cwd, "out/curves.html"));
    expectOneLine(
      await train(cwd, "--resume", "out", "--epochs", "9", "--quiet"),
      1,
      /got EISDIR: curves.html is a folder for "out"; saved after 9 steps, --resume out goes on$/,
    );
    expect(readdirSync(join(cwd, "out")).sort()).toEqual(FILES);
    expect(receiptOf(join(cwd, "out")).steps).toBe(9);
  });

  test("a reader that goes: | head -1", async () => {
    const cwd = makeFolder();
    const command = `"${process.execPath}" "${CLI}" train --epochs 200000 --json | head -1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await run("bash", ["-c", command], cwd);
    const [record, code] = stdout.trimEnd().split("\n");
    expect(JSON.parse(record as string).epoch).toBe(0);
    expect(code).toBe("1");
    expect(stderr).toMatch(
      /^stdout: expected a reader until the run ends, got a closed pipe; [^\n]*; saved after \d+ steps, --resume out goes on\n$/,
    );
    const { steps } = receiptOf(join(cwd, "out"));
    const resumed = await train(cwd, "--resume", "out", "--epochs", String(steps + 1), "--quiet");
    expect(resumed).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(receiptOf(join(cwd, "out")).steps).toBe(steps + 1);
  });

  test("--learning-rate 1e308 stops before the update and keeps the last finite weights", async () => {
    const cwd = makeFolder();
    const { code, stderr } = await train(cwd, "--learning-rate", "1e308", "--quiet");
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^training diverged at epoch \d+: expected finite numbers and a loss that does not explode, got (a loss|a gradient norm|an update) that is not finite; the last good weights are kept; try a learning rate below 1e\+308\n$/,
    );
    const { parameters } = await loadCheckpoint(readFileSync(join(cwd, "out/model.safetensors")));
    expect(parameters.every(Number.isFinite)).toBe(true);
    const receipt = JSON.parse(readFileSync(join(cwd, "out/receipt.json"), "utf8"));
    expect(receipt.stopped).toBe(stderr.trimEnd());
    const { epoch, predicted } = receipt.final;
    const again = await train(cwd, "--learning-rate", "1e308", "--log-every", "1");
    expect(again.stdout).toContain(`Epoch ${epoch}: Predicted '${predicted}'`);
    expect(readFileSync(join(cwd, "out/metrics.jsonl"), "utf8")).not.toMatch(/null|NaN|Infinity/);
  });
});
