// The page against addresses of random parts; ten thousand in each browser are in a campaign.

import { describe, test } from "vitest";
import { BROWSERS } from "./playground.ts";
import { followAddresses } from "./random-addresses.ts";

describe.each(BROWSERS)("%s", (name) => {
  test("a frame for each of a hundred: a line each, and the right bits in between", async () => {
    await followAddresses(name, 100, 5);
  });
});
