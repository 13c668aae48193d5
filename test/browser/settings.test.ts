// Every setting of the page does what it says, at once or from the start; links that hold them.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hello } from "../../src/data/pair.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { completeConfig } from "../../src/settings/check.ts";
import { CLI, makeFolder, receiptOf, run, train } from "../node/run.ts";
import { normal } from "../support.ts";
import {
  finish,
  openPlayground,
  ownBrowsers,
  press,
  setValue,
  textOf,
  toStart,
  waitForText,
} from "./playground.ts";

describe.each(ownBrowsers())("%s", (name) => {
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

  test("cells with gates, layers and dropout: the command's weights, and no numbers of its inside", async () => {
    const { page, complaints } = await openPlayground(
      name,
      "#cell=gru&layers=2&dropout=0.1&epochs=60",
    );
    await waitForText(
      page,
      "sentence",
      /^A recurrent network of 2 GRU layers of 10 hidden units reads/,
    );
    expect(await page.$eval("#not-shown", (note) => note.checkVisibility())).toBe(true);
    expect(await textOf(page, "command")).toContain("--cell gru --layers 2 --dropout 0.1");
    const sha256 = await finish(page);
    const folder = makeFolder();
    const flags = ["--cell", "gru", "--layers", "2", "--dropout", "0.1", "--epochs", "60"];
    await train(folder, ...flags, "--quiet");
    expect(sha256).toBe(receiptOf(join(folder, "out")).parametersSha256.final);
    await waitForText(page, "written-when", /^after 60 steps$/);
    await setValue(page, "unit", "13");
    expect(
      await page.$eval("#unit", (one) => (one as HTMLSelectElement).selectedOptions[0]?.text),
    ).toBe("layer 1, unit 3");
    expect(await page.$eval("#written", (text) => text.classList.contains("coloured"))).toBe(true);
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

  test("more epochs bend a cosine, so that no command gives the same weights", async () => {
    const link = "#text=words&hiddenSize=8&seqLength=20&batchSize=8&epochs=2";
    const { page, complaints } = await openPlayground(name, link);
    await finish(page);
    expect(await textOf(page, "command-note")).toMatch(/^It ends with the same SHA-256/);
    await setValue(page, "set-epochs", "3");
    await waitForText(page, "status", /^Paused after/);
    await waitForText(page, "command-note", /^You changed a setting on the way/);
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
