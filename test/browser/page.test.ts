// The built page in a real Chromium.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { expect, test } from "vitest";
import { makeFolder, train } from "../node/run.ts";
import { launchBrowser, serve } from "./open.ts";

/** A page of a fresh browser, and what its console and its network said. */
async function openPage(): Promise<{ page: Page; console: string[]; requests: string[] }> {
  const browser = await launchBrowser("chrome");
  const page = await browser.newPage();
  const messages: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => messages.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => messages.push(`error: ${error}`));
  page.on("request", (request) => requests.push(request.url()));
  page.on("requestfailed", (request) => messages.push(`failed: ${request.url()}`));
  return { page, console: messages, requests };
}

const textOf = (page: Page, id: string) =>
  page.$eval(`#${id}`, (element) => element.textContent ?? "");

test("the page learns hello in a worker and ends with the weights that Node ends with", async () => {
  const folder = makeFolder();
  await train(folder, "--quiet");
  const receipt = JSON.parse(readFileSync(join(folder, "out/receipt.json"), "utf8"));

  const { page, console, requests } = await openPage();
  const url = await serve();
  await page.goto(url);
  await page.waitForFunction("document.getElementById('sha256').textContent.length === 64");
  expect(await textOf(page, "sha256")).toBe(receipt.parametersSha256.final);
  expect(await textOf(page, "predicted")).toBe("ello");
  expect(await textOf(page, "accuracy")).toBe("100 %");
  expect(await textOf(page, "epoch")).toBe("999");
  expect(await textOf(page, "loss")).toBe(receipt.final.loss.toFixed(4));
  expect(await textOf(page, "status")).toBe("Trained.");
  // The curve is drawn: canvas pixels that are not transparent.
  const drawn = await page.$eval("#curves canvas", (element) => {
    const canvas = element as HTMLCanvasElement;
    const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
    return pixels?.some((value) => value !== 0);
  });
  expect(drawn).toBe(true);
  expect(await page.evaluate("crossOriginIsolated")).toBe(true);

  await page.click("#again");
  await page.waitForFunction("document.getElementById('sha256').textContent.length !== 64");
  await page.waitForFunction("document.getElementById('sha256').textContent.length === 64");
  expect(await textOf(page, "sha256")).toBe(receipt.parametersSha256.final);
  expect(console).toEqual([]);
  for (const request of requests)
    expect(request.startsWith(url) || request === "data:,").toBe(true);
});

test("curves.html of a run draws itself without the network", async () => {
  const folder = makeFolder();
  await train(folder, "--quiet");
  const { page, console, requests } = await openPage();
  const url = `file://${join(folder, "out/curves.html")}`;
  await page.goto(url);
  await page.waitForSelector("#curves canvas");
  expect(await textOf(page, "curves")).toMatch(/Epoch.*Loss.*Accuracy/s);
  // Values under the cursor, then zoom by dragging and back by a double click.
  const box = await (await page.$("#curves .u-over"))?.boundingBox();
  if (!box) throw new Error("no plot");
  const at = (share: number): [number, number] => [
    box.x + share * box.width,
    box.y + box.height / 2,
  ];
  const values = () =>
    page.$$eval(".u-legend .u-value", (cells) => cells.map((cell) => cell.textContent));
  await page.mouse.move(...at(0.5));
  expect((await values())[1]).toMatch(/^0\.00\d\d nats\/char$/);
  const middle = Number((await values())[0]);
  expect(Math.abs(middle - 499.5)).toBeLessThan(10);
  await page.mouse.move(...at(0.1));
  await page.mouse.down();
  await page.mouse.move(...at(0.2), { steps: 5 });
  await page.mouse.up();
  await page.mouse.move(...at(0.49));
  expect(Number((await values())[0])).toBeLessThan(210);
  await page.mouse.click(...at(0.5), { count: 2 });
  await page.mouse.move(...at(0.51));
  expect(Number((await values())[0])).toBeGreaterThan(480);
  expect(console).toEqual([]);
  expect(requests).toEqual([url]);
});
