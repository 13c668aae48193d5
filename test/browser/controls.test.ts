// Every control of the page does what it says.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hello } from "../../src/data/pair.ts";
import { completeConfig } from "../../src/model/config.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { Anatomist } from "../../src/web/training/anatomy.ts";
import { CLI, makeFolder, receiptOf, run, train } from "../node/run.ts";
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

    await setValue(page, "set-optimizer", "sgd");
    await setValue(page, "set-momentum", "0.5");
    await waitForText(page, "command", / --momentum 0\.5/);
    await setValue(page, "set-optimizer", "rmsprop");
    await setValue(page, "set-alpha", "0.95");
    await waitForText(page, "command", / --alpha 0\.95/);

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

  test("settings changed one right after the other are all there, also while a run is being started", async () => {
    const { page, complaints } = await openPlayground(name, "#text=story&epochs=60");
    await waitForText(page, "epoch", /^[1-9]/);
    await page.evaluate(() => {
      for (const [field, value] of [
        ["hiddenSize", "32"],
        ["seed", "7"],
        ["learningRate", "0.004"],
        ["batchSize", "4"],
        ["clipNorm", "1"],
      ]) {
        const input = document.getElementById(`set-${field}`) as HTMLInputElement;
        input.value = value as string;
        input.dispatchEvent(new Event("input", { bubbles: true }));
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
    const flags =
      "--epochs 60 --hidden-size 32 --seed 7 --learning-rate 0.004 --batch-size 4 --clip-norm 1";
    await page.waitForFunction(
      (wanted) => {
        const shown = document.getElementById("command")?.textContent?.split(" --") ?? [];
        return wanted.split("--").every((flag) => !flag || shown.includes(flag.trim()));
      },
      {},
      flags,
    );
    await waitForText(page, "sentence", /with 32 hidden units/);
    expect(await page.$eval("#set-hiddenSize", (field) => (field as HTMLInputElement).value)).toBe(
      "32",
    );
    const shown = await finish(page);
    const folder = makeFolder();
    const { code } = await run(
      process.execPath,
      [
        ...[CLI, "train", "--quiet", "--out-dir", folder, "--text", "src/web/samples/story.txt"],
        ...flags.split(" "),
      ],
      new URL("../..", import.meta.url).pathname,
    );
    expect(code).toBe(0);
    expect(await textOf(page, "command-note")).toMatch(
      /^You changed a setting on the way|^It ends with the same/,
    );
    // The last changes came before the first step, or after it: only then are the weights others.
    if (/^It ends/.test(await textOf(page, "command-note"))) {
      expect(shown).toBe(receiptOf(folder).parametersSha256.final);
    }
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

  test("more epochs train on; Again starts over", async () => {
    const { page, complaints } = await openPlayground(name, "#epochs=50");
    await setValue(page, "speed", "500");
    await waitForText(page, "status", /^Trained\./);
    await setValue(page, "set-epochs", "1000");
    await waitForText(page, "status", /^Paused after 50 of 1000/);
    expect(await textOf(page, "command-note")).toMatch(/^It ends with the SHA-256/);
    await setValue(page, "speed", "60");
    await press(page, "play");
    const end = await finish(page);
    const folder = makeFolder();
    await train(folder, "--quiet");
    expect(end).toBe(receiptOf(join(folder, "out")).parametersSha256.final);
    expect(await textOf(page, "play")).toBe("Again");
    await press(page, "play");
    await waitForText(page, "status", /^Training|^Trained/);
    await finish(page);
    await setValue(page, "set-epochs", "20");
    await waitForText(
      page,
      "status",
      /^Ready\. Started again: it has trained for more than 20 epochs/,
    );
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
