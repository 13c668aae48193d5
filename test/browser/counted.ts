// What the page asks its host for: the built site on a host that writes down each file, and what files weigh.
// The page has no service worker here: that one's own requests are no part of a visit.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "puppeteer-core";
import { type Host, host, ISOLATION } from "./host.ts";
import { visit } from "./open.ts";
import { shortenRaces, waitForText } from "./playground.ts";

export const DIST = join(new URL("../..", import.meta.url).pathname, "dist/");

export interface Counted extends Host {
  readonly page: Page;
  /** The files asked for since this was called last, as the build names them. */
  taken(): string[];
}

/** Opens the page, as far as it can be used: hello is being learned. */
export async function openCounted(): Promise<Counted> {
  const asked: string[] = [];
  const own = await host((path) => {
    asked.push(path.slice(1));
    return readFileSync(join(DIST, path));
  }, ISOLATION);
  const page = await (await visit("chrome")).newPage();
  await page.evaluateOnNewDocument(shortenRaces);
  await page.evaluateOnNewDocument(() => {
    Reflect.deleteProperty(Navigator.prototype, "serviceWorker");
  });
  await page.goto(own.origin);
  await waitForText(page, "epoch", /^[1-9]/);
  return { ...own, page, taken: () => asked.splice(0) };
}

/** Bytes of files, each as small as gzip makes it. */
export function weightOf(files: readonly string[]): number {
  return files.reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length,
    0,
  );
}

/** Files by what they are, in the order of the alphabet: without the folder and the hash in a name. */
export function kindsOf(files: readonly string[]): string[] {
  return files.map((file) => file.replace(/^assets\//, "").replace(/-[\w-]{8}(?=\.)/, "")).sort();
}
