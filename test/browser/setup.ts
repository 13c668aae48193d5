// Before any test: sees to the browsers and the Redis server, one after the other, since two installers at once
// lock each other out, and starts the keeper of what the browser tests share.

import type { TestProject } from "vitest/node";
import { findRedis } from "../node/queue/find-redis.ts";
import { findBrowser } from "./find-browser.ts";
import { startKeeper } from "./keeper.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The keeper's address. */
    keeper: string;
    /** Whether this is `npm run campaign`. */
    isCampaign: boolean;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  findBrowser("chrome");
  findBrowser("firefox");
  findRedis();
  const { address, close } = await startKeeper();
  project.provide("keeper", address);
  project.provide("isCampaign", project.vite.config.mode === "campaign");
  return close;
}
