// Every control of the page does what it says.

import { describe, expect, test } from "vitest";
import { hello } from "../../src/data/pair.ts";
import { completeConfig } from "../../src/model/config.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { Anatomist } from "../../src/web/training/anatomy.ts";
import { normal } from "../support.ts";
import {
  BROWSERS,
  finish,
  openPlayground,
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

describe.each(BROWSERS)("%s", (name) => {
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
    await waitForText(page, "epoch", "1 of 1000");
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

  test("settings: checked as they are typed, live or from the start, and back to the original", async () => {
    const { page, complaints } = await openPlayground(name);
    await toStart(page);
    const start = await textOf(page, "sha256");
    await setValue(page, "set-hiddenSize", "12");
    await waitForText(page, "status", /Started again: hidden units 12/);
    expect(await textOf(page, "sentence")).toContain("12 hidden units");
    expect(await page.evaluate("location.hash")).toBe("#hiddenSize=12");
    await setValue(page, "set-hiddenSize", "0");
    await waitForText(page, "error-hiddenSize", /^expected a whole number from 1 to 512, got 0$/);
    expect(await page.$eval("#set-hiddenSize", (field) => field.getAttribute("aria-invalid"))).toBe(
      "true",
    );
    await setValue(page, "set-hiddenSize", "513");
    await waitForText(page, "error-hiddenSize", /^expected a whole number from 1 to 512, got 513$/);
    expect(await textOf(page, "sentence")).toContain("12 hidden units");
    await setValue(page, "set-hiddenSize", "x");
    await waitForText(page, "error-hiddenSize", /^expected a whole number from 1 to 512, got x$/);

    await setValue(page, "set-optimizer", "adam");
    await waitForText(page, "command", "npm run train -- --hidden-size 12 --optimizer adam");
    expect(
      await page.$eval("#set-beta1", (field) => field.closest<HTMLElement>(".field")?.hidden),
    ).toBe(false);
    expect(
      await page.$eval("#set-momentum", (field) => field.closest<HTMLElement>(".field")?.hidden),
    ).toBe(true);
    await setValue(page, "set-seed", "7");
    await waitForText(page, "command", /--seed 7 /);
    await setValue(page, "set-epochs", "50");
    await waitForText(page, "epoch", /of 50$/);
    for (const [field, value] of [
      ["init", "uniform"],
      ["reduction", "mean"],
      ["beta1", "0.8"],
      ["beta2", "0.99"],
      ["epsilon", "1e-7"],
    ] as const) {
      await setValue(page, `set-${field}`, value);
      await waitForText(page, "command", new RegExp(` ${value}( |$)`));
    }
    await setValue(page, "set-input", "abcab");
    await waitForText(page, "sentence", /reads “abcab” and learns to write “bcaba”/);
    await setValue(page, "set-target", "bc");
    await waitForText(page, "error-target", /expected as many characters as are read, 5, got 2/);
    await setValue(page, "set-target", "ababa");
    await waitForText(page, "sentence", /write “ababa”/);

    await press(page, "standard");
    await waitForText(page, "command", "npm run train");
    await press(page, "reset");
    await waitForText(page, "sha256", start);
    expect(complaints).toEqual([]);
  });

  test("learning rate and clips change at once, and the page says what that means", async () => {
    const { page, complaints } = await openPlayground(name);
    await toStart(page);
    await press(page, "step");
    await waitForText(page, "status", /^Paused after 1 /);
    for (const [field, value] of [
      ["learningRate", "0.05"],
      ["clipValue", "0.01"],
      ["clipNorm", "1"],
    ] as const) {
      await setValue(page, `set-${field}`, value);
      await waitForText(page, "command", new RegExp(` ${value}( |$)`));
    }
    await waitForText(page, "clipping", /[1-9]\d* of 194 clipped by value$/);
    expect(await textOf(page, "status")).toMatch(/^Paused after 1 of 1000/);
    expect(await textOf(page, "command-note")).toMatch(/^You changed a setting on the way/);
    // The same by hand: one step at 0.1, the next at 0.05 and clipped.
    const engine = new ReferenceEngine({ V: 4, H: 10, T: 4, B: 1 });
    engine.initialize(42, normal(0.01));
    hello().load(0, engine.inputs, engine.targets);
    engine.step(completeConfig());
    engine.state.fill(0);
    engine.step(completeConfig({ learningRate: 0.05, clipValue: 0.01, clipNorm: 1 }));
    await press(page, "step");
    await waitForText(page, "status", /^Paused after 2 /);
    const { sha256 } = await import("../../src/checkpoint/sha256.ts");
    await waitForText(page, "sha256", await sha256(engine.parameters));
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

  test("another link in the address is followed; one that cannot be leads to hello", async () => {
    const { page, complaints } = await openPlayground(name, "#input=aa&target=aa");
    await waitForText(page, "status", /The link was not understood \(.+\); this is hello\.$/);
    await waitForText(page, "epoch", /^[1-9]\d* of 1000$/);
    await page.evaluate("location.hash = '#seed=5&epochs=300'");
    await waitForText(page, "epoch", /of 300$/);
    await page.evaluate("location.hash = '#seed=minus'");
    await waitForText(page, "status", /The link was not understood \(seed: .+\); this is hello\.$/);
    expect(complaints).toEqual([]);
  });
});
