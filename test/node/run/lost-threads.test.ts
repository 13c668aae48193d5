// Commands in which a thread is lost go on with one and say so; a run that ends by an error is saved.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { availableThreads } from "../../../src/node/platform.ts";
import { WasmEngine } from "../../../src/wasm/engine.ts";
import { command, makeFolder, receiptOf } from "../run.ts";

const TEXT = "she sells sea shells by the sea shore. ".repeat(40);
const FLAGS =
  "--text t.txt --epochs 2 --hidden-size 8 --seq-length 8 --batch-size 8 --eval-every 10";
const STEP = 15; // done when something happens

let cwd: string;
beforeEach(() => {
  cwd = makeFolder();
  writeFileSync(join(cwd, "t.txt"), TEXT);
});

const run = (name: string, flags: string) => command(cwd, name, ...flags.split(" "));
const train = (outDir: string, ...flags: string[]) =>
  run("train", [FLAGS, "--out-dir", outDir, ...flags].join(" "));
const read = (outDir: string, name: string) => readFileSync(join(cwd, outDir, name), "utf8");
const receipt = (outDir: string) => receiptOf(join(cwd, outDir));

/** Lets something happen once, just before a call of an engine, counted from 0. */
function atCall(
  name: "step" | "evaluate",
  call: number,
  happens: (engine: WasmEngine) => void,
): void {
  const own: (...given: any[]) => any = WasmEngine.prototype[name];
  let calls = 0;
  const spy = vi.spyOn(WasmEngine.prototype, name).mockImplementation(function (
    this: WasmEngine,
    ...given: any[]
  ) {
    if (calls++ === call) happens(this);
    return own.apply(this, given);
  });
  onTestFinished(() => spy.mockRestore());
}

const lose = ({ core }: WasmEngine): void => core.giveUp();
const fail = (): never => {
  throw new Error("a bolt\nfrom the blue");
};

/** Expects a folder's run to be that of another one. */
function expectSame(outDir: string, other: string): void {
  expect(receipt(outDir).parametersSha256.final).toBe(receipt(other).parametersSha256.final);
  expect(read(outDir, "metrics.jsonl")).toBe(read(other, "metrics.jsonl"));
  expect(receipt(outDir).best).toEqual(receipt(other).best);
}

describe("a thread that is lost", () => {
  test.each([
    ["step", STEP, STEP, "--quiet"],
    ["step", STEP, STEP, "--json"],
    ["step", 0, 0, "--log-every=1"],
    ["evaluate", 1, 10, "--log-every=1"],
  ] as const)("in %s %i: one goes on to the same bits, %i, %s", async (name, call, step, flag) => {
    const alone = await train("alone", flag, "--threads", "1");
    atCall(name, call, lose);
    const { code, stdout, stderr } = await train("out", flag, "--threads", "2");
    expect(stderr).toBe(
      `threads: one of 2 failed or stood still after ${step} steps; saved in out; going on with one thread, to the same bits\n`,
    );
    expect(code).toBe(0);
    expect(stdout.split("\n").length).toBe(alone.stdout.split("\n").length);
    expectSame("out", "alone");
    expect(receipt("out")).toMatchObject({ threads: 1, threadsLost: { step, threads: 2 } });
    expect(receipt("alone").threadsLost).toBeUndefined();
  });

  test("is saved before anything else is done, which may fail", async () => {
    await train("whole", "--quiet");
    atCall("step", STEP, lose);
    let saved: number | undefined;
    const disband = vi.spyOn(WasmEngine.prototype, "disband").mockImplementation(async () => {
      saved = receipt("out").steps;
      fail();
    });
    onTestFinished(() => disband.mockRestore());
    const { code, stderr } = await train("out", "--quiet", "--threads", "2");
    expect(saved).toBe(STEP);
    expect(stderr).toMatch(/saved in out; going on .*\na bolt from the blue; saved after 15 steps/);
    expect(code).toBe(1);
    await run("train", "--resume out --quiet --threads 1");
    expectSame("out", "whole");
  });

  test.skipIf(availableThreads() === 1)("in bench: an error and no figures", async () => {
    atCall("step", 4, lose); // after three of one thread
    const { code, stdout, stderr } = await run("bench", "--shapes 5x8x4x8 --seconds 0.01");
    expect(stderr).toMatch(/^threads: expected each to do its part, got one that failed [^\n]+\n$/);
    expect(code).toBe(1);
    expect(stdout).not.toContain("the same bits");
  });
});

describe("a run that ends by an error", () => {
  test("is saved first, and goes on to the same bits", async () => {
    await train("whole", "--quiet");
    atCall("step", STEP, fail);
    const { code, stderr } = await train("out", "--quiet");
    expect(stderr).toBe("a bolt from the blue; saved after 15 steps, --resume out goes on\n");
    expect(code).toBe(1);
    expect(receipt("out")).toMatchObject({ steps: 15, stopped: "a bolt from the blue" });
    vi.restoreAllMocks();
    expect((await run("train", "--resume out --quiet")).code).toBe(0);
    expectSame("out", "whole");
  });

  test("but not where its weights are of no use, or none was taken", async () => {
    atCall("step", STEP, (engine) => {
      engine.parameters[0] = Number.NaN;
      fail();
    });
    const spoiled = await train("out", "--quiet");
    expect(spoiled).toEqual({ code: 1, stdout: "", stderr: "a bolt from the blue\n" });
    vi.restoreAllMocks();
    atCall("step", 0, fail);
    const none = await train("out", "--quiet");
    expect(none).toEqual({ code: 1, stdout: "", stderr: "a bolt from the blue\n" });
    expect(existsSync(join(cwd, "out", "training.safetensors"))).toBe(false);
  });
});
