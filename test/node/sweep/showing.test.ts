// What a sweep shows: on a terminal one table that is drawn anew, the forecast before, and the picture of it all.

import { spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parallelSvg } from "../../../src/node/pictures/parallel.ts";
import { outcomeOf } from "../../../src/node/sweep/children.ts";
import { command, makeFolder, train } from "../run.ts";
import { onTerminal } from "../terminal.ts";

const WORDS = readFileSync(new URL("../../../src/web/samples/words.txt", import.meta.url));

/** What stands on a terminal after these characters: lines, and how wide the widest ever was. */
function screenOf(text: string): { lines: string[]; widest: number } {
  const lines = [""];
  let [row, widest] = [0, 0];
  for (const [part] of text.matchAll(/\u001b\[(\d*)([AJK])|\r|\n|[^\u001b\r\n]+/g)) {
    const [, count = "", kind] = /^\u001b\[(\d*)([AJK])$/.exec(part) ?? [];
    if (kind === "A") row -= Number(count);
    else if (kind === "K") lines[row] = "";
    else if (kind === "J") lines.splice(row, Number.POSITIVE_INFINITY, "");
    else if (part === "\n") lines[++row] ??= "";
    else if (part !== "\r") {
      lines[row] += part;
      widest = Math.max(widest, [...(lines[row] as string)].length);
    }
  }
  return { lines, widest };
}

test("on a terminal the table is drawn in its place, within the width, and stands once at the end", async () => {
  const folder = join(makeFolder(), "sweep");
  const args = ["--grid", "hiddenSize=4,6 seed=1..2", "--epochs", "20", "--out-dir", folder];
  const { code, text, stderr } = await onTerminal(60, "sweep", ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(text).toMatch(/\u001b\[\dA\u001b\[J/); // it was drawn anew
  expect(text).toMatch(/\d of 4 done, \d running/);
  const { lines } = screenOf(text);
  expect(lines.filter((line) => line.startsWith("hiddenSize  seed  steps")).length).toBe(1);
  expect(lines.filter((line) => /^[46] {10}/.test(line)).length).toBe(4 + 2); // and the seeds folded
  expect(lines.join("\n")).not.toContain("running");
  // While it is drawn no line is wider than the terminal: it would break, and not be found again.
  const drawn = text.slice(0, text.lastIndexOf("\u001b[J"));
  const status = drawn.slice(drawn.indexOf("\u001b[K") + 3);
  expect(screenOf(status).widest).toBeLessThan(60);
});

describe("plan", () => {
  const folderOf = () => {
    const folder = makeFolder();
    writeFileSync(join(folder, "words.txt"), WORDS.subarray(0, 8000));
    return folder;
  };
  const own = ["--text", "words.txt", "--seq-length", "10", "--batch-size", "4", "--epochs", "2"];

  test("tells of each run of a sweep what it takes, and of all together", async () => {
    const folder = folderOf();
    const axes = "hiddenSize=8,16 cell=rnn,lstm seed=1..2";
    const { code, stdout } = await command(folder, "plan", "--grid", axes, ...own, "--json");
    expect(code).toBe(0);
    const rows = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rows.length).toBe(8);
    for (const row of rows) {
      for (const name of ["seconds", "perStep", "charsPerSecond", "memory", "disk"]) {
        expect(row[name], name).toBeGreaterThan(0);
      }
      expect(row.charsPerSecond).toBeCloseTo(40 / row.perStep, 6);
    }
    const { stdout: shown } = await command(folder, "plan", "--grid", axes, ...own, "--jobs", "2");
    expect(shown).toMatch(/^8 runs, 2 at once: \d+ s \(one after the other \d+ s\)$/m);
    expect(shown).toMatch(
      /^At most \d+ MiB of memory at once, [\d.]+ MiB of disk; at this pace [\d,]+ runs a day$/m,
    );
    // Nothing is made.
    expect(readdirSync(folder)).toEqual(["words.txt"]);
  });

  test("of one run has its steps, its parameters, and the disk that it then takes within a fifth", async () => {
    const folder = folderOf();
    for (const more of [
      ["--hidden-size", "64"],
      ["--hidden-size", "48", "--cell", "rnn", "--optimizer", "sgd"],
    ]) {
      const { stdout } = await command(folder, "plan", ...own, ...more, "--json");
      const { steps, parameters, disk } = JSON.parse(stdout);
      await train(folder, "--quiet", ...own, ...more);
      const out = join(folder, "out");
      const receipt = JSON.parse(readFileSync(join(out, "receipt.json"), "utf8"));
      expect(steps).toBe(receipt.steps);
      const taken = readdirSync(out).reduce((sum, name) => sum + statSync(join(out, name)).size, 0);
      expect(Math.abs(disk / taken - 1)).toBeLessThan(0.2);
      const { stdout: said } = await command(folder, "inspect", "out");
      expect(said.replaceAll(",", "")).toContain(`${parameters} parameters`);
    }
  });

  test("says what cannot be", async () => {
    const folder = folderOf();
    writeFileSync(join(folder, "data.json"), WORDS.subarray(0, 8000)); // a text, whatever its name
    const named = await command(folder, "plan", "--text", "data.json", ...own.slice(2));
    expect([named.code, named.stdout]).toEqual([0, expect.stringMatching(/^One run: /m)]);
    for (const flag of ["--samples", "--halving"]) {
      const alone = await command(folder, "plan", ...own, flag, "3");
      expect(alone.code).toBe(2);
      expect(alone.stderr).toContain(
        `${flag}: expected --grid or a file of a sweep as well, got neither`,
      );
    }
    const fromStdin = await command(folder, "plan", "--text", "-");
    expect(fromStdin.code).toBe(2);
    expect(fromStdin.stderr).toMatch(
      /^--text: expected files or folders, which every run can read/,
    );
    const { code, stderr } = await command(folder, "plan", "--text", "none.txt");
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^--text: expected a readable file, got ENOENT/),
    ]);
    const { stdout } = await command(
      folder,
      "plan",
      ...own,
      "--grid",
      "minCount=1,500 hiddenSize=8",
    );
    expect(stdout).toMatch(
      /^minCount=500,hiddenSize=8,[0-9a-f]{8} cannot be made: --text: expected characters/m,
    );
  });
});

test("parallel coordinates: a line for each run, the best last and on top, its ends where its values stand", () => {
  const svg = parallelSvg(
    ["cell", "hiddenSize"],
    [
      { name: "a", values: ["gru", 64], loss: 1 },
      { name: "b<", values: ["rnn", 32], loss: 2 },
      { name: "c", values: ["gru", 32], loss: 3 },
    ],
  );
  const lines = [...svg.matchAll(/class="run (shade\d)" points="([^"]+)"><title>([^<]+)</g)];
  expect(lines.map(([, , , title]) => title)).toEqual(["c: 3.0000", "b&lt;: 2.0000", "a: 1.0000"]);
  const pointsOf = (at: number) =>
    `${lines[at]?.[2]}`.split(" ").map((point) => Number(point.split(",")[1]));
  const [best, middle, worst] = [pointsOf(2), pointsOf(1), pointsOf(0)];
  const [bottom, top] = [320, 46];
  expect(best).toEqual([bottom, top, top]); // gru below rnn, 64 above 32, the lowest loss on top
  expect(middle).toEqual([top, bottom, (top + bottom) / 2]);
  expect(worst).toEqual([bottom, bottom, bottom]);
  expect(lines[2]?.[1]).toBe("shade0");
  expect(svg).not.toContain("b<");
});

describe("how a child ended", () => {
  const childOf = (script: string) =>
    spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "pipe"] });

  test.each<[script: string, expected: object]>([
    ["", { kind: "ended" }],
    ["process.exit(143)", { kind: "interrupted" }],
    ["process.exit(3)", { kind: "failed", reason: "ended with code 3" }],
    [
      "console.error('first'); console.error('model: too large'); process.exit(1)",
      { kind: "failed", reason: "model: too large" },
    ],
    [
      "process.kill(process.pid, 'SIGKILL')",
      { kind: "failed", reason: "ended by SIGKILL, as where memory runs out" },
    ],
  ])("%s", async (script, expected) => {
    expect(await outcomeOf(childOf(script), () => {})).toEqual(expected);
  });

  test("hears records, and passes over what is none", async () => {
    const heard: object[] = [];
    const lines = [
      "{",
      '"x"',
      '{"step":0,"loss":null}',
      '{"step":4,"loss":2,"validation":{"loss":3}}',
      '{"step":5,"loss":1}',
    ];
    const script = lines.map((line) => `console.log(${JSON.stringify(line)})`).join(";");
    await outcomeOf(childOf(script), (progress) => heard.push(progress));
    expect(heard).toEqual([
      { step: 1, loss: Number.NaN, validation: undefined },
      { step: 5, loss: 2, validation: 3 },
      { step: 6, loss: 1, validation: 3 },
    ]);
  });
});
