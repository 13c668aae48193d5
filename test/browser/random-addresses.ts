// Addresses of random parts one after the other in a page, with messages that nobody in it sent: each ends
// in a line, and what is asked for in between has the right bits.

import type { Page } from "puppeteer-core";
import { expect } from "vitest";
import { Numbers } from "../support.ts";
import { randomHash } from "../web/random-hashes.ts";
import type { BrowserName } from "./find-browser.ts";
import { helloSha256, openPlayground, setValue, waitForText } from "./playground.ts";

const AT_ONCE = 50;

/** Goes to each address for a frame, and gives the page a message as another origin's would come. */
function follow(page: Page, hashes: readonly string[]): Promise<void> {
  return page.evaluate(async (all) => {
    for (const [i, hash] of all.entries()) {
      location.hash = hash;
      const data = { kind: "failed", name: "replay", reason: hash, number: i };
      dispatchEvent(new MessageEvent("message", { data, origin: "https://elsewhere.example" }));
      await new Promise((next) => requestAnimationFrame(next));
    }
  }, hashes);
}

/** So many addresses; after each few the page trains hello as its address says. */
export async function followAddresses(
  name: BrowserName,
  count: number,
  seed: number,
): Promise<void> {
  const numbers = new Numbers(seed);
  const { page, complaints } = await openPlayground(name);
  await waitForText(page, "epoch", /^[1-9]/);
  await setValue(page, "speed", "Infinity");
  for (let done = 0; done < count; done += AT_ONCE) {
    const hashes = Array.from({ length: AT_ONCE }, () => randomHash(numbers));
    await follow(page, hashes);
    const own = `#seed=${done + 1}&epochs=2`;
    await page.evaluate((hash) => {
      location.hash = hash;
    }, own);
    await waitForText(page, "sha256", await helloSha256("--seed", `${done + 1}`, "--epochs", "2"));
    expect(complaints, hashes.join(" ")).toEqual([]);
  }
}
