// The examples that are pages, bundled by Vite with the package and used in a browser.

import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../node/run.ts";
import { type Packed, packInto, ROOT } from "../package/packed.ts";
import { host } from "./host.ts";
import { visit } from "./open.ts";
import { waitForText } from "./playground.ts";

const PAGES = ["suggest", "worker", "keep"];

let packed: Packed;

beforeAll(async () => {
  packed = await packInto({ "package.json": `{ "type": "module" }` });
  const vite = join(ROOT, "node_modules/vite/bin/vite.js");
  for (const name of PAGES) {
    const folder = join(packed.app, name);
    cpSync(join(ROOT, "examples", name), folder, { recursive: true });
    const built = await run(process.execPath, [vite, "build", "--base", "./", folder], packed.app);
    expect(built, built.stderr).toMatchObject({ code: 0 });
  }
});
afterAll(() => packed.remove());

async function open(name: string): Promise<Page> {
  const page = await (await visit("chrome")).newPage();
  const { origin } = await host((path) => readFileSync(join(packed.app, name, "dist", path)));
  await page.goto(origin);
  return page;
}

test("suggest: what is likely next, as one types", async () => {
  const page = await open("suggest");
  await page.waitForSelector("body[data-ready]");
  await page.focus("#text");
  await page.keyboard.press("End");
  await page.keyboard.type("ells se");
  await waitForText(page, "next", /^a, \d\d %/);
  await page.$eval("#text", (field) => {
    (field as HTMLInputElement).value = "";
    field.dispatchEvent(new Event("input"));
  });
  await waitForText(page, "next", /^$/);
});

test("worker: progress, then a text; or what there is when it is stopped", async () => {
  const page = await open("worker");
  await waitForText(page, "loss", /^\d\.\d{3} nats$/);
  await page.click("#stop");
  await waitForText(page, "written", /^[a-z. ]{60}$/); // after a few steps it knows letters, not words
  expect(await page.$eval("#progress", (bar) => (bar as HTMLProgressElement).value)).toBe(1);
});

test("keep: trained once, opened the next time, the same to the bit", async () => {
  const page = await open("keep");
  await waitForText(page, "said", /^trained: perplexity /);
  const first = await page.$eval("#said", (said) => said.textContent);
  await page.reload();
  await waitForText(page, "said", /^opened: perplexity /);
  expect(await page.$eval("#said", (said) => said.textContent)).toBe(
    first?.replace("trained", "opened"),
  );
});
