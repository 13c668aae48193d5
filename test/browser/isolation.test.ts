// The service worker on a plain host: what it answers for, and the pages beside it that it leaves alone.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { host } from "./host.ts";
import { visit } from "./open.ts";
import { waitForKept, waitForText } from "./playground.ts";

const DIST = join(new URL("../..", import.meta.url).pathname, "dist");
const site = (path: string): string => readFileSync(join(DIST, path), "utf8");
const ENTRY = /assets\/index-[\w-]+\.js/.exec(site("index.html"))?.[0] as string;
const WORKER = /assets\/worker-[\w-]+\.js/.exec(site("isolation-worker.js"))?.[0] as string;
const ISOLATED = /^This page is isolated/;
const NAMES = [
  "Cross-Origin-Opener-Policy",
  "Cross-Origin-Embedder-Policy",
  "Content-Security-Policy",
];

/** Someone else's page, which our policy would keep from running its script. */
const OTHER = "<!doctype html><link rel=icon href=data:,><script>document.title = 'ran'</script>";
/** And one in a worker, which asks `eval`. */
const OTHER_WORKER = "postMessage(eval('6 * 7'))";

/** Runs in a page: which of the headers an answer has, or that there is none. */
async function headersOf(url: string, names: string[], method: string): Promise<unknown> {
  try {
    const { headers } = await fetch(url, { method });
    return names.filter((name) => headers.has(name)).length;
  } catch {
    return "none";
  }
}

/** Runs in a page: what a worker of it says first. */
function firstWord(url: string): Promise<unknown> {
  return new Promise((resolve) => {
    const worker = new Worker(url);
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve(message || "refused");
  });
}

test.each([
  ["chrome", "/"],
  ["chrome", "/some/where/"],
  ["firefox", "/"],
] as const)("%s: with the page at %s, others beside it stay as they are", async (name, folder) => {
  const others: Readonly<Record<string, string>> = {
    [`${folder}other.html`]: OTHER,
    [`${folder}below/index.html`]: OTHER,
    [`${folder}below/worker.js`]: OTHER_WORKER,
    [`${folder}assets/worker.js`]: OTHER_WORKER,
  };
  const { origin, goOffline, goOnline } = await host(
    (path) => others[path] ?? readFileSync(join(DIST, path.slice(folder.length))),
  );
  const elsewhere = await host(() => "elsewhere", { "Access-Control-Allow-Origin": "*" });
  const context = await visit(name);
  const own = await context.newPage();
  await own.goto(origin + folder);
  await waitForText(own, "isolation", ISOLATED);

  const page = await context.newPage();
  for (const path of ["other.html", "below/"]) {
    const url = origin + folder + path;
    await page.goto(url);
    expect(await page.evaluate("navigator.serviceWorker.controller?.state")).toBe("activated");
    expect(await page.title()).toBe("ran");
    expect(await page.evaluate("crossOriginIsolated")).toBe(false);
    expect(await page.evaluate(headersOf, url, NAMES, "GET")).toBe(0);
  }
  for (const path of ["below/worker.js", "assets/worker.js"]) {
    expect(await page.evaluate(firstWord, origin + folder + path), path).toBe(42);
  }

  const headers = (path: string, method = "GET") =>
    page.evaluate(headersOf, new URL(path, origin + folder).href, NAMES, method);
  for (const path of ["", "?a=b", "index.html", ENTRY, WORKER]) {
    expect(await headers(path), path).toBe(NAMES.length);
  }
  expect(await headers("", "POST")).toBe(0);
  expect(await headers("not-there.js")).toBe(0);
  expect(await headers(`${elsewhere.origin}${folder}index.html`)).toBe(0);
  const opaque = `fetch("${elsewhere.origin}/", { mode: "no-cors" }).then(({ type }) => type)`;
  expect(await page.evaluate(opaque)).toBe("opaque");

  await waitForKept(page, folder);
  await goOffline();
  for (const path of ["index.html", ENTRY, WORKER]) {
    expect(await headers(path), path).toBe(NAMES.length);
  }
  for (const path of ["other.html", "below/", "below/worker.js", "assets/worker.js"]) {
    expect(await headers(path), path).toBe("none");
  }
  await page.goto(origin + folder);
  await waitForText(page, "isolation", ISOLATED);
  await goOnline();
  await page.goto(origin + folder);
  await waitForText(page, "isolation", ISOLATED);
});

test.each(["chrome", "firefox"] as const)(
  "%s: a later build of the page is isolated anew; another page in its place stays as it is",
  async (name) => {
    const renamed = [ENTRY, WORKER].map(
      (file) => [file, file.replace(/-[\w-]+/, "-later")] as const,
    );
    const later = (text: string): string =>
      renamed.reduce((all, [file, name]) => all.replaceAll(file.slice(7), name.slice(7)), text);
    let build = 1;
    const { origin } = await host((path) => {
      if (build === 3) return OTHER;
      const file = path.slice(1);
      const isMade = /\.(html|js)$/.test(path);
      if (build === 1 || !isMade) return readFileSync(join(DIST, file));
      return later(site(renamed.find(([, name]) => name === file)?.[0] ?? file));
    });
    const page = await (await visit(name)).newPage();
    await page.goto(origin);
    await waitForText(page, "isolation", ISOLATED);

    build = 2;
    await page.goto(origin);
    await waitForText(page, "isolation", ISOLATED);
    await waitForText(page, "epoch", /^[1-9]/);
    const scripts = await page.$$eval("script", (all) => all.map(({ src }) => src));
    expect(scripts).toEqual([`${origin}/${later(ENTRY)}`]);

    build = 3;
    await page.goto(origin);
    expect(await page.title()).toBe("ran");
    expect(await page.evaluate("crossOriginIsolated")).toBe(false);
  },
);
