// What the page says where it cannot run.

import { afterEach, expect, test, vi } from "vitest";
import { unmetNeed, whyNotLoaded } from "../../src/web/needs.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("nothing where nothing is missing", () => {
  vi.stubGlobal("self", { origin: "https://example.org" });
  expect(unmetNeed()).toBeUndefined();
});

test("without an origin, and without WebAssembly, a reload is not advised", () => {
  vi.stubGlobal("self", { origin: "null" });
  expect(unmetNeed()).toMatch(/a file or in a sandboxed frame .*from a server/);
  vi.stubGlobal("self", { origin: "https://example.org" });
  vi.stubGlobal("WebAssembly", undefined);
  expect(unmetNeed()).toMatch(/needs WebAssembly.*Lockdown Mode/);
  expect(unmetNeed()).not.toMatch(/[Rr]eload/);
});

test("a reload is advised where the core did not come, not where it cannot be compiled", () => {
  expect(whyNotLoaded(new TypeError(), "Failed to fetch")).toBe(
    "Failed to fetch. Reload the page to try again.",
  );
  const why = whyNotLoaded(new WebAssembly.CompileError(), "invalid opcode");
  expect(why).toMatch(/cannot run the core \(invalid opcode\)/);
  expect(why).not.toMatch(/[Rr]eload/);
});
