// Every control of the page does what it says.

import { describe, expect, test } from "vitest";
import { hello } from "../../src/data/pair.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { completeConfig } from "../../src/settings/check.ts";
import { Anatomist } from "../../src/web/training/anatomy.ts";
import { normal } from "../support.ts";
import {
  finish,
  helloSha256,
  openPlayground,
  ownBrowsers,
  press,
  setValue,
  textOf,
  toStart,
  waitForText,
} from "./playground.ts";

/** The weights of the default run after each of `steps` steps, by the reference. */
function referenceFrames(steps: number): Float64Array[] {
  const config = completeConfig();
  const data = hello();
  const engine = new ReferenceEngine({ V: 4, H: 10, T: 4, B: 1 });
  engine.initialize(config.seed, normal(0.01));
  data.load(0, engine.inputs, engine.targets);
  const frames = [engine.parameters.slice()];
  for (let step = 0; step < steps; step++) {
    engine.state.fill(0);
    engine.step(config);
    frames.push(engine.parameters.slice());
  }
  return frames;
}

describe.each(ownBrowsers())("%s", (name) => {
  test("a run of f32 ends with the bits that Node has", async () => {
    const { page, complaints } = await openPlayground(name, "#precision=f32");
    await toStart(page);
    await setValue(page, "speed", "Infinity");
    await press(page, "play");
    await waitForText(page, "status", /^Trained\./);
    expect(await textOf(page, "sentence")).toContain("10 hidden units in f32");
    expect(await textOf(page, "sha256")).toBe(await helloSha256("--precision", "f32"));
    expect(complaints).toEqual([]);
  });

  test("play, pause, step, reset and speed, by button and by key", async () => {
    const { page, complaints } = await openPlayground(name);
    await toStart(page);
    await press(page, "step");
    await waitForText(page, "status", /^Paused after 1 of 1000 steps/);
    await page.focus("body");
    await page.keyboard.press("ArrowRight");
    await waitForText(page, "status", /^Paused after 2 of 1000 steps/);
    await page.keyboard.press(" ");
    await waitForText(page, "status", /^Training/);
    expect(await textOf(page, "play")).toBe("Pause");
    await waitForText(page, "epoch", /^[1-9]\d/);
    await press(page, "play");
    await waitForText(page, "status", /^Paused after \d+/);
    await waitForText(page, "sha256", /^[0-9a-f]{64}$/);
    const [step = 0] = (await textOf(page, "status")).match(/\d+/)?.map(Number) ?? [];
    const expected = referenceFrames(step);
    const { sha256 } = await import("../../src/checkpoint/sha256.ts");
    expect(await textOf(page, "sha256")).toBe(await sha256(expected[step] as Float64Array));
    await page.keyboard.press("r");
    await waitForText(page, "status", /^Ready\. Back at the start/);
    // A slow pace takes a step a second: none is taken twice while one is looked for.
    await setValue(page, "speed", "1");
    await press(page, "play");
    await waitForText(page, "epoch", /^[1-9]\d* of 1000$/);
    await finish(page);
    expect(complaints).toEqual([]);
  });

  test("the scrubber brings back the very numbers, and the formulas hold them", async () => {
    const { page, complaints } = await openPlayground(name);
    await toStart(page);
    for (let step = 1; step <= 3; step++) await press(page, "step");
    await waitForText(page, "status", /^Paused after 3 /);
    await press(page, "play");
    await finish(page);
    const frames = referenceFrames(1000);
    const anatomist = new Anatomist(completeConfig());
    for (const step of [40, 0, 3, 999]) {
      await setValue(page, "scrubber", String(step));
      await waitForText(page, "shown-step", String(step));
      const { loss, gradNorm } = anatomist.open(step, frames[step] as Float64Array);
      const line = await textOf(page, "clipping");
      expect(Number(/loss (\S+)/.exec(line)?.[1]?.replace("−", "-"))).toBeCloseTo(loss, 3);
      expect(Number(/norm (\S+)/.exec(line)?.[1]?.replace("−", "-"))).toBeCloseTo(gradNorm, 3);
    }
    await setValue(page, "scrubber", "40");
    await waitForText(page, "shown-step", "40");
    const { parameters, gradients, hidden } = anatomist.open(40, frames[40] as Float64Array);
    const shown = (value: number) => value.toFixed(4).replace("-", "−");
    await page.focus(".tensor.Wxh .heat-map");
    await waitForText(page, "formula", /^Wxh\[0,h\] = /);
    expect(await textOf(page, "formula")).toContain(`= ${shown(parameters[0] as number)}\n`);
    expect(await textOf(page, "formula")).toMatch(new RegExp(`${shown(gradients[0] as number)}$`));
    await page.keyboard.press("ArrowDown");
    await waitForText(page, "formula", /^Wxh\[1,h\] = /);
    await page.focus(".time .heat-map");
    await waitForText(page, "formula", /^h₁\[0\] = tanh/);
    expect(await textOf(page, "formula")).toContain(`= ${shown(hidden[10] as number)}\n`);
    await page.hover(".time:nth-child(2) .bar:nth-child(3)");
    await waitForText(page, "formula", /^p₂\(l\) = exp.*\(the target\)/);
    await press(page, "follow");
    await waitForText(page, "shown-step", "1000");
    expect(complaints).toEqual([]);
  });

  test("what is asked quickly one after the other ends as it was asked last", async () => {
    const { page, complaints } = await openPlayground(name, "#text=story&epochs=50");
    await waitForText(page, "epoch", /^[1-9]/);
    const pressAll = (...ids: string[]) =>
      page.evaluate((all) => {
        for (const id of all) document.getElementById(id)?.click();
      }, ids);
    await pressAll("play", "play"); // pause, play
    await waitForText(page, "status", /^Training/);
    expect(await textOf(page, "sha256")).toMatch(/^changes at every step/);
    await pressAll("step", "play");
    await waitForText(page, "status", /^Training/);
    const step = await textOf(page, "loss");
    await waitForText(page, "loss", new RegExp(`^(?!${step}).`));
    await pressAll("play", "step", "reset");
    await waitForText(page, "status", /^Ready\. Back at the start/);
    await pressAll("reset", "play");
    await waitForText(page, "status", /^Training/);
    await waitForText(page, "epoch", /^[1-9]/);
    expect(await textOf(page, "play")).toBe("Pause");
    expect(await textOf(page, "sha256")).toMatch(/^changes at every step/);
    expect(complaints).toEqual([]);
  });

  test("undo brings back the run that a start took the place of, to the bit", async () => {
    const { page, complaints } = await openPlayground(name);
    await toStart(page);
    for (let step = 1; step <= 4; step++) {
      await press(page, "step");
      await waitForText(page, "status", new RegExp(`^Paused after ${step} `));
    }
    await waitForText(page, "sha256", /^[0-9a-f]{64}$/);
    const shown = await textOf(page, "sha256");
    await page.focus("body");
    await page.keyboard.press("r");
    await waitForText(page, "status", /^Ready\. Back at the start/);
    await press(page, "undo");
    await waitForText(
      page,
      "status",
      /^Paused after 4 of 1000 steps\. Back at the run before, after 4/,
    );
    expect(await textOf(page, "sha256")).toBe(shown);
    await page.click("input[value=story]");
    await waitForText(page, "epoch", /^[1-9]\d* of 100$/);
    await press(page, "undo");
    await waitForText(page, "status", /^Paused after 4 of 1000 steps/);
    expect(await textOf(page, "sha256")).toBe(shown);
    await press(page, "undo");
    await waitForText(page, "sentence", /a short story/);
    await waitForText(page, "status", /^Paused after [1-9]\d* of .*Back at the run before/);
    expect(complaints).toEqual([]);
  });

  test("keys: held down they act once, and work wherever nothing else wants them", async () => {
    const { page, complaints } = await openPlayground(name);
    await toStart(page);
    await page.evaluate(() => {
      for (let i = 0; i < 20; i++) {
        document.body.dispatchEvent(
          new KeyboardEvent("keydown", { key: " ", repeat: i > 0, bubbles: true }),
        );
      }
    });
    await waitForText(page, "status", /^Training/);
    await page.focus("#scrubber");
    await page.keyboard.press(" ");
    await waitForText(page, "status", /^Paused after/);
    const scrolled = await page.evaluate("scrollY");
    await page.focus(".tensor.Whh .heat-map");
    await page.keyboard.press("r");
    await waitForText(page, "status", /^Ready\. Back at the start/);
    await page.keyboard.press(" ");
    await waitForText(page, "status", /^Training/);
    expect(await page.evaluate("scrollY")).toBeGreaterThanOrEqual(scrolled as number);
    // A field keeps them, and so does a button the space bar.
    await page.focus("#prime");
    await page.keyboard.type("r ");
    expect(await page.$eval("#prime", (field) => (field as HTMLInputElement).value)).toBe("r ");
    expect(await textOf(page, "status")).toMatch(/^Training/);
    await page.focus("#play");
    await page.keyboard.press(" ");
    await waitForText(page, "status", /^Paused after/);
    expect(complaints).toEqual([]);
  });

  test("the readings are those of the network that is shown", async () => {
    const { page, complaints } = await openPlayground(name, "#learningRate=10");
    await toStart(page);
    for (const step of [1, 2, 3]) {
      await press(page, "step");
      await waitForText(page, "shown-step", String(step));
      const line = await textOf(page, "clipping");
      expect(Number(await textOf(page, "loss"))).toBeCloseTo(
        Number(/loss (\S+)/.exec(line)?.[1]),
        3,
      );
      const said = await page.$$eval(".time .predicted", (all) =>
        all.map((one) => one.textContent),
      );
      expect(await textOf(page, "predicted")).toBe(said.join(""));
    }
    await setValue(page, "scrubber", "1");
    await waitForText(page, "status", /You look back at step 1\./);
    await waitForText(page, "epoch", "1 of 1000");
    await press(page, "step");
    await waitForText(page, "epoch", "4 of 1000");
    expect(complaints).toEqual([]);
  });
});
