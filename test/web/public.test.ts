// What goes with the built page: all that it and its manifest name is there, as large as it says.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { expect, test } from "vitest";

const DIST = new URL("../../dist/", import.meta.url);
const at = (name: string): URL => new URL(name, DIST);
const text = (name: string): string => readFileSync(at(name), "utf8");

/** Width and height of a PNG. */
function sizeOf(name: string): [number, number] {
  const bytes = readFileSync(at(name));
  expect(bytes.toString("latin1", 1, 4), name).toBe("PNG");
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

test("what the page names is there", () => {
  const page = text("index.html");
  const names = [...page.matchAll(/(?:href|src|content)="(\.?\/[^"]+)"/g)].map(([, name]) => name);
  expect(names).toEqual(
    expect.arrayContaining(
      ["icon-192.png", "manifest.webmanifest", "preview.webp", "readme.txt", "source.txt"].map(
        (name) => `./${name}`,
      ),
    ),
  );
  const [, icon = ""] = /rel="icon"[^>]* href="data:image\/svg\+xml,([^"]*)"/.exec(page) ?? [];
  expect(decodeURIComponent(icon)).toBe(text("icon.svg").trim());
  for (const name of names as string[]) expect(existsSync(at(name)), name).toBe(true);
  expect(text("readme.txt").startsWith("\ufeff# ello")).toBe(true);
  for (const file of ["assembly/backward.ts", "src/reference/cells/lstm.ts"]) {
    const source = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
    expect(text("source.txt")).toContain(`// ======== ${file}\n\n${source}`);
  }
});

test("the manifest's icons have their sizes, one is whole to its edges, and all are small", () => {
  const { icons, start_url, scope, display } = JSON.parse(text("manifest.webmanifest"));
  expect({ start_url, scope, display }).toEqual({
    start_url: "./",
    scope: "./",
    display: "standalone",
  });
  const pngs = icons.filter(({ type }: { type: string }) => type === "image/png");
  for (const { src, sizes } of pngs) expect(sizeOf(src).join("x")).toBe(sizes);
  expect(pngs.map(({ sizes }: { sizes: string }) => sizes)).toEqual([
    "192x192",
    "512x512",
    "512x512",
  ]);
  for (const { src } of icons) expect(statSync(at(src)).size, src).toBeLessThan(10_000);
});

test("the picture for other sites is a WebP of 1200 by 630, below 60 kB", () => {
  const bytes = readFileSync(at("preview.webp"));
  expect(bytes.length).toBeLessThan(60_000);
  expect(bytes.toString("latin1", 8, 16)).toBe("WEBPVP8X");
  expect([bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1]).toEqual([1200, 630]);
});

test("the service worker keeps every file of the build that the page may ask for", () => {
  const [, json = "{}"] = /const SITE = (\{[^}]*\});/.exec(text("isolation-worker.js")) ?? [];
  const { files, named } = JSON.parse(json);
  expect([...files].sort()).toEqual(
    readdirSync(at("assets/"))
      .map((name) => `assets/${name}`)
      .sort(),
  );
  const others = readdirSync(DIST).filter((name) => /\.\w+$/.test(name));
  const left = ["index.html", "isolation-worker.js", "preview.webp"];
  expect([...named].sort()).toEqual(others.filter((name) => !left.includes(name)).sort());
});
