// The engines' promises on every Node that the package supports; fetches them from npm.

import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { run } from "../node/run.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TESTS = ["test/assembly", "test/wasm", "test/train", "test/node/run/train.test.ts"];

test.each(["20", "22", "24"])(
  "Node %s",
  async (version) => {
    const vitest = `node node_modules/vitest/vitest.mjs run ${TESTS.join(" ")}`;
    const command = ["-y", "-p", `node@${version}`, "-c", `node --version && ${vitest}`];
    const { code, stdout } = await run("npx", command, ROOT);
    console.log(`${stdout.split("\n")[0]}: ${stdout.trimEnd().split("\n").at(-1)}`);
    expect({ code, stdout: code === 0 ? "" : stdout }).toEqual({ code: 0, stdout: "" });
  },
  3_600_000,
);
