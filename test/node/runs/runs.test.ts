// `ello runs` and `ello compare`: runs in folders, their curves and what they differ in.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FolderLock } from "../../../src/node/folder/folder-lock.ts";
import { curvesOf, factsOf } from "../../../src/node/runs/facts.ts";
import { lineUp } from "../../../src/node/runs/line-up.ts";
import { command, receiptOf, train } from "../run.ts";

const SMALL = ["--hidden-size", "6", "--seq-length", "8", "--batch-size", "4", "--epochs", "2"];
let cwd: string;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "ello-test-"));
  writeFileSync(join(cwd, "sea.txt"), "she sells sea shells by the sea shore. ".repeat(40));
  for (const seed of ["1", "2"]) {
    const own = ["--seed", seed, "--out-dir", `gru/${seed}`];
    await train(cwd, "--text", "sea.txt", ...SMALL, ...own, "--quiet");
  }
  const tanh = ["--cell", "rnn", "--max-steps", "30", "--out-dir", "rnn/10"];
  await train(cwd, "--text", "sea.txt", ...SMALL, ...tanh, "--quiet");
  await train(cwd, "--epochs", "30", "--out-dir", "rnn/9", "--quiet");
});
afterAll(() => rmSync(cwd, { recursive: true }));

const linesOf = (stdout: string) => stdout.trimEnd().split("\n");

describe("runs", () => {
  test("a line each, sorted as a person would, with what became of it", async () => {
    const { code, stdout, stderr } = await command(cwd, "runs");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [head, ...rows] = linesOf(stdout);
    expect(head).toMatch(/^run +text +network +steps +best validation +time +SHA-256 +state$/);
    expect(rows.map((row) => row.split(/ {2,}/)[0])).toEqual(["gru/1", "gru/2", "rnn/9", "rnn/10"]);
    const [first = ""] = rows;
    const { best, steps, parametersSha256 } = receiptOf(join(cwd, "gru/1"));
    expect(first).toContain(`GRU with 6 hidden units  ${steps} `);
    expect(first).toContain(best.loss.toFixed(4));
    expect(first).toContain(parametersSha256.final.slice(0, 12));
    expect(first).toMatch(/done$/);
    expect(rows[2]).toMatch(/hell → ello.*done$/);
    expect(rows[3]).toMatch(/stopped$/);
  });

  test("one that another process writes is running", async () => {
    const lock = new FolderLock(join(cwd, "gru/2"));
    const { stdout } = await command(cwd, "runs", "gru");
    lock.release();
    expect(linesOf(stdout).map((line) => line.split(/ {2,}/).at(-1))).toEqual([
      "state",
      "done",
      "running",
    ]);
  });

  test("as JSON, with the bits; what is no receipt of ours is said", async () => {
    cpSync(join(cwd, "gru/1"), join(cwd, "strange/1"), { recursive: true });
    writeFileSync(join(cwd, "strange/receipt.json"), "{}");
    rmSync(join(cwd, "strange/receipt.json"));
    writeFileSync(
      join(cwd, "strange/old.json"),
      JSON.stringify({ format: "ello-receipt-0", config: {} }),
    );
    const { stdout } = await command(cwd, "runs", "strange", "--json");
    rmSync(join(cwd, "strange"), { recursive: true });
    const [one, old] = linesOf(stdout).map((line) => JSON.parse(line));
    expect(one).toMatchObject({ name: "1", state: "done", config: { cell: "gru" } });
    expect(one.bits).toBeCloseTo(one.best.loss / Math.LN2, 12);
    expect(old).toMatchObject({ state: "unreadable", reason: expect.stringContaining("version") });
  });

  test("the one that is named and is none is an error", async () => {
    const { code, stdout, stderr } = await command(cwd, "runs", "sea.txt");
    const expected = "runs: sea.txt: expected a receipt of a run, got text that is not JSON\n";
    expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining(expected)]);
  });

  test("a folder without runs, and two folders", async () => {
    for (const [words, expected] of [
      [["sea.txt/x"], "runs: expected a receipt.json, or a folder"],
      [["gru", "rnn"], "runs: expected one folder, got 2"],
    ] as const) {
      const { code, stderr } = await command(cwd, "runs", ...words);
      expect([code, stderr]).toEqual([2, expect.stringContaining(expected)]);
    }
  });
});

describe("compare", () => {
  test("a table of what they differ in, the best first", async () => {
    const { code, stdout } = await command(cwd, "compare", "gru", "rnn/10");
    expect(code).toBe(0);
    const [head, ...rows] = linesOf(stdout);
    expect(head).toMatch(/^run +cell +seed +steps +validation +bits +time +SHA-256 +state$/);
    const losses = rows.slice(0, 3).map((row) => Number(row.split(/ {2,}/)[4]));
    expect(losses).toEqual(losses.toSorted((a, b) => a - b));
    expect(rows.at(-1)).toBe("They differ in --cell, --seed");
  });

  test("as CSV and as JSON", async () => {
    const csv = await command(cwd, "compare", "gru", "--csv");
    const rows = linesOf(csv.stdout).map((line) => line.split(","));
    expect(rows.map((row) => row.length)).toEqual([8, 8, 8]);
    expect(rows[0]).toEqual([
      "run",
      "seed",
      "steps",
      "validation",
      "bits",
      "time",
      "SHA-256",
      "state",
    ]);
    const json = await command(cwd, "compare", "gru", "--json");
    expect(
      linesOf(json.stdout)
        .map((line) => JSON.parse(line).config.seed)
        .sort(),
    ).toEqual([1, 2]);
  });

  test("runs that are the same say so", async () => {
    cpSync(join(cwd, "gru/1"), join(cwd, "copy"), { recursive: true });
    const { stdout } = await command(cwd, "compare", "gru/1", "copy");
    expect(linesOf(stdout).at(-1)).toBe(
      "They differ in no setting; the weights are the same, to the last bit",
    );
    rmSync(join(cwd, "copy"), { recursive: true });
  });

  test("a setting that was changed on the way stands with what it began with", async () => {
    cpSync(join(cwd, "rnn/10"), join(cwd, "changed"), { recursive: true });
    await train(cwd, "--resume", "changed", "--learning-rate", "0.001", "--quiet");
    const { stdout } = await command(cwd, "compare", "changed", "rnn/10", "--csv");
    rmSync(join(cwd, "changed"), { recursive: true });
    const rows = linesOf(stdout).map((line) => line.split(","));
    expect(rows[0]?.slice(0, 2)).toEqual(["run", "learningRate"]);
    expect(
      rows
        .slice(1)
        .map(([name, rate]) => `${name} ${rate}`)
        .sort(),
    ).toEqual(["changed 0.008 → 0.001", "rnn/10 0.008"]);
  });

  test("pictures: PNG, SVG, and a page that needs nothing else", async () => {
    for (const [name, begins] of [
      ["c.png", "\x89PNG"],
      ["c.svg", "<?xml"],
      ["c.html", "<!doctype html>"],
    ] as const) {
      const { code, stdout } = await command(
        cwd,
        "compare",
        "gru",
        "--chart",
        name,
        "--x",
        "seconds",
      );
      expect([code, linesOf(stdout).at(-1)]).toEqual([0, `Wrote ${name}`]);
      expect(readFileSync(join(cwd, name)).toString("latin1").startsWith(begins)).toBe(true);
    }
    const page = readFileSync(join(cwd, "c.html"), "utf8");
    const content =
      /<script type="application\/json" id="run">(.*)<\/script>/.exec(page)?.[1] ?? "";
    expect(JSON.parse(content)).toMatchObject({
      axis: "seconds of training",
      labels: [expect.stringMatching(/^seed [12]$/), expect.stringMatching(/^seed [12]$/)],
    });
    expect(page).not.toMatch(/(src|href)="http/);
  });

  test("curves: of the log, or of a receipt alone, along steps and characters", async () => {
    const whole = await curvesOf(await factsOf(join(cwd, "gru/1/receipt.json"), cwd));
    const log = readFileSync(join(cwd, "gru/1/metrics.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const steps = log.filter(({ step, loss }) => step !== undefined && loss !== undefined);
    expect(whole.training.losses).toEqual(steps.map(({ loss }) => loss));
    const evaluated = steps.filter(({ validation }) => validation);
    expect(whole.validation.losses).toEqual(evaluated.map(({ validation }) => validation.loss));
    cpSync(join(cwd, "gru/1/receipt.json"), join(cwd, "alone.json"));
    const alone = await curvesOf(await factsOf(join(cwd, "alone.json"), cwd));
    expect(alone.validation).toEqual(whole.validation);
    const { links } = receiptOf(join(cwd, "gru/1")).chain;
    expect(alone.training.losses).toEqual(links.slice(1).map(({ loss }: any) => loss));
    const { places, lines, axis } = lineUp([whole, alone], "characters", ["a", "b"]);
    expect(axis).toBe("characters trained on");
    expect(places).toEqual(whole.validation.steps.map((step) => step * 32));
    expect(lines).toEqual([whole.validation.losses, whole.validation.losses]);
  });

  test.each([
    [["gru/1"], "compare: expected at least 2 runs, got 1"],
    [[], "compare: expected runs"],
    [["gru", "--chart", "c.gif"], "--chart: expected FILE.png, FILE.svg or FILE.html"],
    [
      ["gru", "--chart", "c.png", "--x", "days"],
      '--x: expected step, seconds, characters, got "days"',
    ],
    [["gru", "--x", "seconds"], "--x: expected --chart as well"],
    [["gru", "--json", "--csv"], "--json: expected no --csv"],
  ])("%j is refused", async (words, expected) => {
    const { code, stderr } = await command(cwd, "compare", ...words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(expected)]);
    expect(linesOf(stderr).length).toBe(1);
  });
});
