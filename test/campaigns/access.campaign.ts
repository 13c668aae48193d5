// axe-core in every state of the page in the dark, in Firefox, whose scheme is the whole browser's.

import { expect, test } from "vitest";
import { openPlayground } from "../browser/playground.ts";
import { lookAtEveryState, violations } from "../browser/states.ts";

test("firefox: axe-core finds nothing in any state, dark", async () => {
  const { page } = await openPlayground("firefox", "", { isDark: true });
  expect(await page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")).toBe(true);
  await lookAtEveryState(page, violations);
});
