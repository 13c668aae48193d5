// The command line as people type it who come from elsewhere, or for the first time.

import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { VERSION } from "../../src/index.ts";
import { CLI, command, makeFolder, receiptOf, run, train } from "./run.ts";
import { folderWithText, hashOf, SMALL } from "./sea.ts";

describe("a command", () => {
  test.each([["--version"], ["-v"], ["version"], ["train", "--version"]])(
    "%s %s prints the version",
    async (...args) => {
      expect(await command(makeFolder(), ...args)).toEqual({
        code: 0,
        stdout: `${VERSION}\n`,
        stderr: "",
      });
    },
  );

  test.each([["help"], ["--help"], ["-h"]])("%s names the commands", async (...args) => {
    const { code, stdout } = await command(makeFolder(), ...args);
    expect(code).toBe(0);
    for (const name of ["train", "sample", "eval", "inspect", "export", "bench"]) {
      expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"));
    }
  });

  test.each(["train", "sample", "eval", "inspect", "export", "bench"])(
    "help %s is its help",
    async (name) => {
      const { code, stdout } = await command(makeFolder(), "help", name);
      expect({ code, usage: /^Usage: (?:npx )?(ello \w+)/.exec(stdout)?.[1] }).toEqual({
        code: 0,
        usage: `ello ${name}`,
      });
      expect((await command(makeFolder(), name, "-h")).stdout).toBe(stdout);
    },
  );

  test.each([
    [["trian"], "got trian; did you mean train?"],
    [["help", "sampel"], "got sampel; did you mean sample?"],
    [["--train"], "got --train; did you mean train?"],
    [["sing"], "got sing; see ello help"],
    [[], "got none; see ello help"],
  ])("%j is answered in one line", async (args, end) => {
    expect(await command(makeFolder(), ...args)).toEqual({
      code: 2,
      stdout: "",
      stderr: `ello: expected a command of train, sample, eval, inspect, runs, compare, sweep, worker, plan, verify, export, bench, ${end}\n`,
    });
  });
});

describe("a path without a flag", () => {
  test("is a text, a model, a file to look at", async () => {
    const cwd = folderWithText();
    mkdirSync(join(cwd, "texts"));
    copyFileSync(join(cwd, "sea.txt"), join(cwd, "texts/a.txt"));
    for (const path of ["sea.txt", "texts"]) {
      await train(cwd, path, ...SMALL, "--epochs", "1", "--out-dir", `of-${path}`);
    }
    expect(hashOf(join(cwd, "of-texts"))).toBe(hashOf(join(cwd, "of-sea.txt")));
    expect(receiptOf(join(cwd, "of-texts")).text).toEqual(["texts"]);
    const byFlag = await command(cwd, "sample", "--model", "of-texts", "--length", "20");
    expect(byFlag.code).toBe(0);
    expect(await command(cwd, "sample", "of-texts", "--length", "20")).toEqual(byFlag);
    const scored = await command(cwd, "eval", "--model", "of-texts", "--text", "sea.txt");
    expect(scored.code).toBe(0);
    expect(await command(cwd, "eval", "of-texts", "sea.txt")).toEqual(scored);
    expect(await command(cwd, "eval", "sea.txt", "of-texts/best.safetensors")).toEqual(scored);
    expect((await command(cwd, "inspect", "of-texts")).stdout).toContain("6 hidden units");
  });

  test("that does not fit is refused in one line", async () => {
    const cwd = folderWithText();
    await train(cwd, "sea.txt", ...SMALL, "--epochs", "1");
    for (const [args, line] of [
      [["train", "none.txt"], "--text: expected a readable file, got ENOENT"],
      [
        ["train", "out"],
        "--text: expected a readable file, got the folder of a run, which --resume",
      ],
      [["train", ""], '--text: expected a path, got ""'],
      [["sample", "out", "out"], "--model: expected one model, got 2: out, out"],
      [["sample", "out", "--model", "out"], "--model: expected one model, got 2"],
      [["sample", "out", "--unknown", "skip"], "--unknown: expected --prime as well"],
      [["sample", "out", "--greedy", "--seed", "3"], "--seed: expected no --greedy"],
      [
        ["sample", "out", "--temperature", "0", "--top_k", "3"],
        "--top_k: expected a --temperature above 0",
      ],
    ] as const) {
      const { code, stdout, stderr } = await command(cwd, ...args);
      expect(stderr).toContain(line);
      expect({ stdout, failed: (code as number) > 0 }).toEqual({ stdout: "", failed: true });
    }
  });
});

describe("where a run begins", () => {
  test("--init-from takes the folder of a run, the weights that sample takes", async () => {
    const cwd = folderWithText();
    await train(cwd, "sea.txt", ...SMALL, "--epochs", "2");
    const go = ["sea.txt", ...SMALL, "--epochs", "1"];
    await train(cwd, ...go, "--init-from", "out", "--out-dir", "a");
    await train(cwd, ...go, "--init-from", "out/best.safetensors", "--out-dir", "b");
    expect(hashOf(join(cwd, "a"))).toBe(hashOf(join(cwd, "b")));
  });

  test("--init_from=scratch and resume are nanoGPT's", async () => {
    const cwd = folderWithText();
    const run = ["sea.txt", ...SMALL, "--schedule", "constant", "--seed", "3"];
    await train(cwd, ...run, "--epochs", "2", "--init_from=scratch");
    await train(cwd, "--init_from=resume", "--epochs", "3", "--quiet");
    expect(receiptOf(join(cwd, "out")).resumed).toMatchObject({ changed: { epochs: 3 } });
    await train(cwd, "--init_from", "resume", "--out_dir=out", "--epochs", "4", "--quiet");
    await train(cwd, ...run, "--epochs", "4", "--out-dir", "whole");
    expect(hashOf(join(cwd, "out"))).toBe(hashOf(join(cwd, "whole")));
    expect((await command(cwd, "sample", "--init_from=resume", "--out_dir=out")).code).toBe(0);
  });

  test("--resume takes the run's training.safetensors for its folder, and no other file", async () => {
    const cwd = folderWithText();
    await train(cwd, "sea.txt", ...SMALL, "--epochs", "1");
    const { code } = await train(
      cwd,
      "--resume",
      "out/training.safetensors",
      "--epochs",
      "2",
      "--quiet",
    );
    expect(code).toBe(0);
    expect(receiptOf(join(cwd, "out")).resumed).toMatchObject({ changed: { epochs: 2 } });
    const other = await train(cwd, "--resume", "out/model.safetensors");
    expect(other).toEqual({
      code: 2,
      stdout: "",
      stderr:
        '--resume: expected the folder of a run, or the training.safetensors in it, got the file "out/model.safetensors"; give "out" if that is the run\'s folder\n',
    });
  });

  test("a text from standard input is asked for again", async () => {
    const cwd = folderWithText();
    const flags = [...SMALL, "--epochs", "1"].join(" ");
    await run("bash", ["-c", `"${process.execPath}" "${CLI}" train - ${flags} < sea.txt`], cwd);
    for (const [flag, path] of [
      ["--resume", "out"],
      ["--config", "out/receipt.json"],
    ] as const) {
      expect(await train(cwd, flag, path)).toEqual({
        code: 2,
        stdout: "",
        stderr: `${flag}: expected a text that can be read again, got the run's own, which came from standard input; give the same text with --text FILE, or again with --text -\n`,
      });
    }
    const { code } = await train(cwd, "--resume", "out", "--text", "sea.txt", "--quiet");
    expect(code).toBe(0);
  });
});

test("inspect says what a receipt says", async () => {
  const cwd = folderWithText();
  await train(cwd, "sea.txt", ...SMALL, "--epochs", "1", "--max-steps", "4");
  const { code, stdout } = await command(cwd, "inspect", "out/receipt.json");
  expect(code).toBe(0);
  expect(stdout).toContain("a receipt: the record of a run of 4 steps\n");
  expect(stdout).toContain(`SHA-256 of the parameters ${hashOf(join(cwd, "out"))}\n`);
  expect(stdout).toContain("  text: sea.txt\n");
  expect(stdout).toContain("  stopped: --max-steps 4\n");
  expect(stdout).toContain(
    "  settings other than the defaults: --hidden-size 6 --seq-length 13 --batch-size 4 --epochs 1\n",
  );
  for (const [content, line] of [
    ["[1]", /^inspect x\.json: expected a safetensors file or a receipt\.json, got other JSON/],
    ['{"a": 1}\n{"b": 2}', /got text that begins like JSON and is not$/],
    ['{"config": {}, "parametersSha256": {"final": "\\u001b[2J"}}', undefined],
  ] as const) {
    writeFileSync(join(cwd, "x.json"), content);
    const outcome = await command(cwd, "inspect", "x.json");
    if (line) expect(outcome.stderr.trimEnd()).toMatch(line);
    else expect(outcome.stdout).not.toContain("\u001b");
  }
});
