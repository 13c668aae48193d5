// What comes from outside: long values, texts that are read from the right, characters that show nothing,
// links to a text that only their maker has; and places where the page cannot run.

import { pathToFileURL } from "node:url";
import type { Page } from "puppeteer-core";
import { describe, expect, test } from "vitest";
import { serve, visit } from "./open.ts";
import {
  finish,
  openPlayground,
  ownBrowsers,
  press,
  setValue,
  textOf,
  toStart,
  waitForSaved,
  waitForText,
} from "./playground.ts";

const DIST = new URL("../../dist/", import.meta.url).pathname;
const hashOf = (changes: Record<string, string>): string => `#${new URLSearchParams(changes)}`;

/** The left edges of the first characters of an element's text, as they are drawn. */
function leftEdges(page: Page, selector: string, count: number): Promise<number[]> {
  return page.$eval(
    selector,
    (element, wanted) => {
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      const edges: number[] = [];
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        for (let at = 0; at < (node.textContent ?? "").length && edges.length < wanted; at++) {
          const range = document.createRange();
          range.setStart(node, at);
          range.setEnd(node, at + 1);
          edges.push(range.getBoundingClientRect().left);
        }
      }
      return edges;
    },
    count,
  );
}

describe.each(ownBrowsers())("%s", (name) => {
  test("values and texts of 100,000 characters leave the page as it is", async () => {
    const { page, url, complaints } = await openPlayground(name);
    await toStart(page);
    const heightOf = () =>
      page.evaluate("document.documentElement.scrollHeight") as Promise<number>;
    const usual = await heightOf();
    const long = (of: string) => of.repeat(100_000);
    for (const changes of [
      ...["seed", "init"].map((field) => ({ [field]: long("9") })),
      { [long("9")]: "1" },
    ]) {
      await page.goto("about:blank");
      await page.goto(url + hashOf(changes));
      await waitForText(
        page,
        "status",
        /The link was not understood \(.{50,400}\); this is hello\.$/,
      );
      const [quoted] = /9{20,}…9{20,}/.exec(await textOf(page, "status")) ?? [""];
      expect(quoted.length).toBeGreaterThan(40);
      expect(quoted.length).toBeLessThanOrEqual(80);
      expect((await heightOf()) - usual).toBeLessThan(300);
    }
    await page.goto("about:blank");
    await page.goto(url + hashOf({ input: "a".repeat(5e4), target: "b".repeat(5e4), epochs: "1" }));
    await waitForText(page, "sentence", /reads “a{48}…a{31}” and learns to write “b{48}…b{31}”/);
    expect(await heightOf()).toBeLessThan(usual + 300);
    const wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    expect(await page.evaluate(wider)).toBeLessThanOrEqual(0);
    await setValue(page, "set-seed", `${long("0")}7`);
    await waitForText(page, "status", /Started again: seed 0{48}…0{30}7\.$/);
    expect(complaints).toEqual([]);
  });

  test("Hebrew is read from the right, and the lines it stands in from the left", async () => {
    const pair = { input: "שלום עולם", target: "לום עולםש", hiddenSize: "8", epochs: "3000" };
    const { page, complaints } = await openPlayground(name, hashOf(pair));
    await finish(page);
    await waitForText(
      page,
      "sentence",
      "A recurrent network with 8 hidden units reads “\u2068שלום עולם\u2069” and learns to write “\u2068לום עולםש\u2069”: at every letter it guesses the next one.",
    );
    const [first = 0, second = 0] = await leftEdges(page, "#predicted", 2);
    expect(first).toBeGreaterThan(second);
    await setValue(page, "prime", "שלום עולם");
    await press(page, "write");
    await page.waitForFunction(() => document.querySelectorAll("#written span").length > 20);
    const box = await page.$eval("#written", (written) => {
      const { right } = written.getBoundingClientRect();
      return right - Number.parseFloat(getComputedStyle(written).paddingRight);
    });
    const [start = 0, next = 0] = await leftEdges(page, "#written", 2);
    expect(start).toBeGreaterThan(next);
    expect(box - start).toBeLessThan(30); // the line begins at the right
    for (const id of ["set-input", "set-target", "prime"]) {
      const direction = await page.$eval(`#${id}`, (field) => getComputedStyle(field).direction);
      expect(direction, id).toBe("rtl");
    }
    await page.focus(".tensor.Why .heat-map");
    await waitForText(page, "formula", /^Why\[\u2068ש\u2069,0\] = /);
    const edges = await leftEdges(page, "#formula", "Why[ש,0]".length + 2);
    expect(edges).toEqual(edges.toSorted((a, b) => a - b));
    expect(complaints).toEqual([]);
  });

  test("a character without a picture has a label that fits", async () => {
    const { page, complaints } = await openPlayground(
      name,
      hashOf({ input: "a\u200db\u00a0\u0301", target: "\u200db\u00a0\u0301a", hiddenSize: "6" }),
    );
    await toStart(page);
    const labels = await page.$$eval(".time:first-child .bar .token", (all) =>
      all.map((one) => one.textContent),
    );
    expect(labels).toEqual(["a", "U+200D", "b", "U+00A0", "◌\u0301"]);
    for (const width of [1440, 390]) {
      await page.setViewport({ width, height: 800 });
      const crossed = await page.$$eval(".bar", (bars) =>
        bars.filter((bar) => {
          const [token, fill] = [...bar.children];
          const range = document.createRange();
          range.selectNodeContents(token as Element);
          const { right } = range.getBoundingClientRect();
          return right > (fill as HTMLElement).offsetLeft + bar.getBoundingClientRect().left + 1;
        }),
      );
      expect(crossed.length, `${width} px`).toBe(0);
    }
    expect(complaints).toEqual([]);
  });

  test("rows are one over all columns, however their labels wrap", async () => {
    const pair = { input: "abcdefghijkl", target: "bcdefghijkla", hiddenSize: "16", epochs: "300" };
    const { page } = await openPlayground(name, hashOf(pair));
    await finish(page);
    for (const width of [1440, 1200, 820, 390]) {
      await page.setViewport({ width, height: 800 });
      const rows = await page.$$eval(".time", (columns) =>
        columns.map((column) =>
          [...column.children].map((row) => Math.round(row.getBoundingClientRect().bottom)),
        ),
      );
      expect(rows.length).toBe(12);
      expect(new Set(rows.map(String)).size, `${width} px`).toBe(1);
    }
  });

  test("a link to a text of its maker's own is waited for, over Reset and a file that is no text", async () => {
    const hash = "#text=own&hiddenSize=8&seqLength=10&batchSize=2&epochs=30";
    const { page, url, complaints } = await openPlayground(name, hash);
    await waitForText(page, "status", /The link is to a text of its maker's own: bring one/);
    await toStart(page);
    const waits = async (): Promise<void> => {
      await waitForText(page, "own-name", /^This link was made with a text/);
      expect(await page.evaluate("location.hash")).toBe(hash);
      expect(await page.$eval("#own-text", (box) => (box as HTMLElement).hidden)).toBe(false);
    };
    await waits();
    await setValue(page, "pasted", "a");
    await press(page, "train-pasted");
    await waitForText(page, "own-error", /^text\.txt: .*at least 2 distinct characters/);
    await waits();
    await setValue(
      page,
      "pasted",
      "one two three four five, once I caught a fish alive. ".repeat(9),
    );
    await press(page, "train-pasted");
    await waitForText(page, "own-name", "Training on text.txt.");
    expect(await textOf(page, "command")).toMatch(/--hidden-size 8 .*--epochs 30/);
    // Each line of the panel is its own.
    const tops = await page.$$eval("#own-text > :not([hidden])", (all) =>
      all.map((one) => one.getBoundingClientRect().top),
    );
    expect(new Set(tops).size).toBe(tops.length);
    await page.goto("about:blank");
    await page.goto(url + hash);
    await waitForText(page, "own-name", /^This link/);
    await page.click("input[value=hello]"); // who does not want to is not asked any more
    await page.waitForFunction(() => location.hash === "");
    expect(complaints).toEqual([]);
  });

  test("an offer stands above the views, and nothing moves as it comes", async () => {
    const { page } = await openPlayground(name);
    await toStart(page);
    await press(page, "step");
    await waitForSaved(page, 1);
    await page.reload();
    await waitForText(page, "offer-text", /saved after 1 step\./);
    for (const [width, height] of [
      [1440, 900],
      [390, 844],
    ] as const) {
      await page.setViewport({ width, height });
      const covered = await page.evaluate(() => {
        const { top, bottom } = (
          document.getElementById("offer") as HTMLElement
        ).getBoundingClientRect();
        return [...document.querySelectorAll(".panel, .toolbar")].filter((one) => {
          const box = one.getBoundingClientRect();
          return box.top < bottom && box.bottom > top;
        }).length;
      });
      expect(covered, `${width} px`).toBe(0);
    }
  });

  test("without WebAssembly it says so, and offers nothing to press", async () => {
    const { page, complaints } = await openPlayground(name, "", {
      before: () => {
        Reflect.deleteProperty(globalThis, "WebAssembly");
      },
    });
    await waitForText(page, "status", /^This page needs WebAssembly.*Lockdown Mode/);
    expect(await textOf(page, "status")).not.toMatch(/[Rr]eload|Loading/);
    for (const id of ["play", "step", "reset"]) {
      expect(await page.$eval(`#${id}`, (button) => (button as HTMLButtonElement).disabled)).toBe(
        true,
      );
    }
    expect(complaints).toEqual([]);
  });
});

describe("where its script cannot run, the page says what it needs", () => {
  const saysWhat = (): boolean => {
    const needs = document.getElementById("needs");
    return (
      needs !== null &&
      getComputedStyle(needs).visibility === "visible" &&
      /server/.test(needs.innerText)
    );
  };

  test("opened as a file, in its own style", async () => {
    const page = await (await visit("chrome")).newPage();
    await page.goto(pathToFileURL(`${DIST}index.html`).href);
    await page.waitForFunction(saysWhat);
    const isHidden = (selector: string) =>
      page.$eval(selector, (one) => getComputedStyle(one).visibility === "hidden");
    for (const selector of [".layout", "#undo", "#status"]) {
      expect(await isHidden(selector), selector).toBe(true);
    }
  });

  test("without JavaScript", async () => {
    const page = await (await visit("chrome")).newPage();
    await page.setJavaScriptEnabled(false);
    await page.goto(await serve());
    // A page without scripts has no frames to wait for.
    await expect.poll(() => page.evaluate(saysWhat), { timeout: 600_000 }).toBe(true);
  });

  test.each([
    ["that loads it not at all", false, "#needs", /needs a browser .*server/s],
    [
      "that loads it",
      true,
      "#status",
      /^This page starts workers, which .* sandboxed frame may not/,
    ],
  ])("in a sandboxed frame %s", async (_how, isShared, selector, text) => {
    const url = await serve({ isPlain: true, isShared });
    const page = await (await visit("chrome")).newPage();
    await page.goto(`${url}isolation-worker.js`);
    await page.evaluate((address) => {
      const frame = document.createElement("iframe");
      frame.setAttribute("sandbox", "allow-scripts");
      frame.src = address;
      document.body.replaceChildren(frame); // a frame out of sight draws nothing
    }, url);
    const frame = await page.waitForFrame((one) => one.url() === url);
    await frame.waitForFunction(
      (own, source) => new RegExp(source, "s").test(document.querySelector(own)?.textContent ?? ""),
      {},
      selector,
      text.source,
    );
  });
});

test("Undo is not there while the page loads", async () => {
  let release = (): void => {};
  const workerWaits = new Promise<void>((resolve) => void (release = resolve));
  const { page } = await openPlayground("chrome", "", { workerWaits });
  const visibility = () => page.$eval("#undo", (button) => getComputedStyle(button).visibility);
  expect(await visibility()).toBe("hidden");
  release();
  await toStart(page);
  expect(await visibility()).toBe("visible");
});
