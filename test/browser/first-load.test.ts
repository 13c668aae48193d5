// What a visit asks for: little until the page can be used, and each thing more when it is wanted.

import { expect, test } from "vitest";
import { kindsOf, openCounted, weightOf } from "./counted.ts";
import { press, setValue, textOf, waitForText } from "./playground.ts";

const LARGEST_LOAD = 180 * 1000; // bytes, gzipped

test("the first load is small, and more is asked for when it is wanted", async () => {
  const { page, taken, goOffline, goOnline } = await openCounted();
  const first = taken();
  const ranks = Number(await page.evaluate("navigator.hardwareConcurrency")) > 1;
  expect([...new Set(kindsOf(first))]).toEqual([
    "index.css",
    "index.html",
    "index.js",
    ...(ranks ? ["rank-worker.js"] : []),
    "release.wasm",
    "worker.js",
  ]);
  const bytes = weightOf([...new Set(first)]);
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThanOrEqual(LARGEST_LOAD);

  // Without the network: a text is said to be missing, and a team's core is done without.
  await goOffline();
  await page.$eval("input[value=story]", (radio) => (radio as HTMLElement).click());
  await waitForText(page, "status", /text: expected the page's own texts, got none/);
  expect(await textOf(page, "sentence")).toContain("learns to write “ello”");
  await page.evaluate("location.hash = 'text=brackets&threads=2&epochs=1'");
  await waitForText(page, "sentence", /brackets/);
  await waitForText(page, "isolation", /this run uses 1 thread\./);
  await waitForText(page, "epoch", /^1 of 1/);
  expect(taken()).toEqual([]);

  await goOnline();
  await page.evaluate("location.hash = 'text=words&threads=2&epochs=1'");
  await waitForText(page, "sentence", /a list of words/);
  expect(kindsOf(taken())).toEqual(["sample-texts.js", ...(ranks ? ["team.wasm"] : [])]);
  await press(page, "lesson-next");
  await waitForText(page, "lesson-title", /^One step by hand/);
  expect(kindsOf(taken())).toEqual(["lesson-view.js"]);
  await setValue(page, "race-shape", "0");
  await press(page, "race");
  await waitForText(page, "race-said", /^All but fast computed the same weights/);
  expect(kindsOf(taken())).toEqual(["f32-release.wasm", "fast.wasm"]);
});
