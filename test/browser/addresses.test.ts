// The page against addresses of random parts; ten thousand in each browser are in a campaign.

import { test } from "vitest";
import { followAddresses } from "./random-addresses.ts";

test("a frame for each of a hundred: a line each, and the right bits in between", async () => {
  await followAddresses("chrome", 100, 5);
});
