// The page without the network, on a host that sends the headers itself: a server of the test's own goes away, comes
// back with a later build, and the pages of both are whole.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { expect, test } from "vitest";
import { host, ISOLATION } from "./host.ts";
import { visit } from "./open.ts";
import { finish, helloSha256, setValue, textOf, waitForKept, waitForText } from "./playground.ts";

const DIST = join(new URL("../..", import.meta.url).pathname, "dist");
const NEWER = "A newer version of this page is there; reload to have it.";

/** The file of a later build: every name with a hash has another one, but for what stands in texts. */
function laterFile(path: string): Buffer | string {
  const later = (text: string): string =>
    text.replaceAll(/-[\w-]{8}(?=\.(js|css|wasm)\b)/g, "-later000");
  const names = /const SITE = (\{[^}]*\});/.exec(
    readFileSync(join(DIST, "isolation-worker.js"), "utf8"),
  );
  const { files } = JSON.parse(names?.[1] as string) as { files: string[] };
  const own = files.find((name) => later(name) === path);
  if (!own && files.includes(path)) throw new Error(`${path} is of the build before`);
  const file = join(DIST, own ?? path);
  return /\.(html|js|css)$/.test(path) ? later(readFileSync(file, "utf8")) : readFileSync(file);
}

/** Comes back to a page after so many hours. */
function comeBack(page: Page, hours: number): Promise<void> {
  return page.evaluate((milliseconds) => {
    const now = Date.now;
    Date.now = () => now() + milliseconds;
    document.dispatchEvent(new Event("visibilitychange"));
  }, hours * 3_600_000);
}

test.each(["chrome", "firefox"] as const)(
  "%s: loaded once, it opens without the network; a later build is said, and leaves what is open whole",
  async (name) => {
    let isLater = false;
    const { origin, goOffline, goOnline } = await host((path) => {
      const file = path.slice(1);
      return isLater ? laterFile(file) : readFileSync(join(DIST, file));
    }, ISOLATION);
    const context = await visit(name);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(`${error}`));
    await page.goto(origin);
    await waitForText(page, "epoch", /^[1-9]/);
    await page.evaluate("window.isFirst = true");
    await waitForKept(page);
    await page.waitForFunction("navigator.serviceWorker.controller !== null");
    expect(await page.evaluate("isFirst")).toBe(true); // nothing has loaded it anew
    expect(await textOf(page, "newer")).toBe("");

    await goOffline();
    await page.reload();
    expect(await page.evaluate("crossOriginIsolated")).toBe(true);
    expect(await finish(page)).toBe(await helloSha256());
    await setValue(page, "set-precision", "f32");
    await waitForText(page, "command", /--precision f32/);
    expect(await finish(page)).toBe(await helloSha256("--precision", "f32"));

    isLater = true;
    await goOnline();
    await comeBack(page, 2);
    await waitForText(page, "newer", NEWER);
    expect(await textOf(page, "status")).toContain(NEWER);
    const other = await context.newPage();
    await other.goto(origin);
    await waitForText(other, "epoch", /^[1-9]/);
    await waitForKept(other, "/", 2);
    expect(await textOf(other, "newer")).toBe("");
    const ask = `fetch(document.querySelector("script").src).then(({ ok }) => ok)`;
    expect(await page.evaluate(ask)).toBe(true); // the host has it no more
    expect(complaints).toEqual([]);
    await page.close();
    await other.reload();
    await waitForKept(other);
  },
);
