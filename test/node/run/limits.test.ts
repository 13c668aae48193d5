// --max-steps and --max-minutes: when a run stops, never what it trains.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeFolder, receiptOf, train } from "../run.ts";
import { folderWithText, hashOf, SMALL } from "../sea.ts";

describe("a limit", () => {
  const ALL = ["sea.txt", ...SMALL, "--epochs", "3", "--schedule", "cosine", "--eval-every", "7"];

  test.each([
    ["--max-steps", "7"],
    ["--max-steps", "29"],
    ["--max-minutes", "1e-9"],
  ])(
    "%s %s stops the run, which goes on to the bits of one that was not stopped",
    async (flag, value) => {
      const cwd = folderWithText();
      await train(cwd, ...ALL, "--out-dir", "whole");
      const { code } = await train(cwd, ...ALL, flag, value);
      const stopped = receiptOf(join(cwd, "out"));
      expect({ code, stopped: stopped.stopped }).toEqual({ code: 0, stopped: `${flag} ${value}` });
      expect(stopped.steps).toBeLessThan(60);
      if (flag === "--max-steps") expect(stopped.steps).toBe(Number(value));
      await train(cwd, "--resume", "out", "--quiet");
      expect(receiptOf(join(cwd, "out"))).not.toHaveProperty("stopped");
      expect(hashOf(join(cwd, "out"))).toBe(hashOf(join(cwd, "whole")));
      const metrics = (folder: string) => readFileSync(join(cwd, folder, "metrics.jsonl"), "utf8");
      expect(metrics("out")).toBe(metrics("whole"));
    },
  );

  test("counts the steps of the whole run", async () => {
    const cwd = folderWithText();
    await train(cwd, ...ALL, "--max-steps", "20");
    for (const [limit, steps] of [
      ["20", 20],
      ["5", 20],
      ["31", 31],
      ["60", 60],
    ] as const) {
      const { stderr } = await train(cwd, "--resume", "out", "--quiet", "--max-steps", limit);
      expect(stderr).toBe("");
      expect(receiptOf(join(cwd, "out")).steps).toBe(steps);
    }
    expect(receiptOf(join(cwd, "out"))).not.toHaveProperty("stopped");
  });

  test("beyond the end is said, one that is none is refused", async () => {
    const cwd = makeFolder();
    const { stdout } = await train(cwd, "--epochs", "5", "--max-steps", "9");
    expect(stdout).toMatch(
      /^--max-steps 9 is beyond the run's 5 steps; more --epochs make it longer\.\n/,
    );
    expect((await train(cwd, "--max-steps", "0")).stderr).toBe(
      '--max-steps: expected an integer from 1, got "0"\n',
    );
    for (const value of ["0", "-1", "soon"]) {
      expect((await train(cwd, "--max-minutes", value)).stderr).toBe(
        `--max-minutes: expected a number above 0, got "${value}"\n`,
      );
    }
  });
});
