// The curves that a run in Node leaves as a file: they draw themselves in a browser, without the network.

import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder, train } from "../node/run.ts";
import { visit } from "./open.ts";

test("curves.html of a run: values under the cursor, zoom and back", async () => {
  const folder = makeFolder();
  await train(folder, "--quiet");
  const page = await (await visit("chrome")).newPage();
  const messages: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => messages.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => messages.push(`error: ${error}`));
  page.on("request", (request) => requests.push(request.url()));
  const url = `file://${join(folder, "out/curves.html")}`;
  await page.goto(url);
  await page.waitForSelector("#curves canvas");
  expect(await page.$eval("#curves", ({ textContent }) => textContent)).toMatch(
    /Epoch.*Loss.*Accuracy/s,
  );
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
  expect(Math.abs(Number((await values())[0]) - 499.5)).toBeLessThan(10);
  await page.mouse.move(...at(0.1));
  await page.mouse.down();
  await page.mouse.move(...at(0.2), { steps: 5 });
  await page.mouse.up();
  await page.mouse.move(...at(0.49));
  expect(Number((await values())[0])).toBeLessThan(210);
  await page.mouse.click(...at(0.5), { count: 2 });
  await page.mouse.move(...at(0.51));
  expect(Number((await values())[0])).toBeGreaterThan(480);
  expect(messages).toEqual([]);
  expect(requests).toEqual([url]);
});
