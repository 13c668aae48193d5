// What a run says at its end, and the next command, spelled as this one was called.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ngramLoss } from "../../../src/index.ts";
import type { Caller } from "../../../src/node/caller.ts";
import { closingLines, type Ending } from "../../../src/node/run/closing.ts";
import { makeFolder, receiptOf, train } from "../run.ts";

const ENDING: Ending = {
  best: { step: 1200, loss: 1.5 },
  parametersSha256: "ab12",
  outDir: "out",
  isStopped: false,
};
const NODE: Caller = {
  env: {},
  argv0: "node",
  argv: ["/usr/bin/node", "/home/me/ello/build/lib/cli.js", "train"],
  cwd: () => "/home/me/ello",
};
const nameOf = (event: string, name = "ello") => ({
  npm_config_user_agent: "npm/10.8.2 node/v20.20.2 linux x64",
  npm_lifecycle_event: event,
  npm_package_name: name,
});
const by = (env: Caller["env"]): Caller => ({ ...NODE, env });
const nextOf = (ending: Partial<Ending>, caller: Caller) =>
  closingLines({ ...ENDING, ...ending }, caller).at(-1);

test("the last lines are the best validation, the hash, the next command", () => {
  expect(closingLines(ENDING, NODE)).toEqual([
    "Best validation 1.5000 nats (2.164 bits) a character, after step 1200",
    "SHA-256 of the weights ab12",
    "Next: node build/lib/cli.js sample --model out",
  ]);
  expect(closingLines({ ...ENDING, best: null }, NODE).length).toBe(2);
});

test("a model that counting beats is told so", () => {
  const counted = { order: 5, loss: 1.25 };
  expect(closingLines({ ...ENDING, counted }, NODE)[1]).toBe(
    "Counting does better there: a 5-gram model has 1.2500 nats (1.803 bits) a character",
  );
  expect(closingLines({ ...ENDING, counted: { ...counted, loss: 1.5 } }, NODE).length).toBe(3);
  expect(closingLines({ ...ENDING, best: null, counted }, NODE).length).toBe(2);
});

test("a run compares itself with counting at its end, on what it held out", async () => {
  const cwd = makeFolder();
  const text = "she sells sea shells by the sea shore. ".repeat(30);
  writeFileSync(join(cwd, "sea.txt"), text);
  const { loss, order } = ngramLoss(text, { seqLength: 13 }).best;
  const line = `Counting does better there: a ${order}-gram model has ${loss.toFixed(4)} nats`;
  const flags = ["--hidden-size", "4", "--seq-length", "13", "--epochs", "1"];
  const { stdout } = await train(cwd, "--text", "sea.txt", ...flags);
  expect(stdout).toContain(line);
  const stopped = await train(cwd, "--text", "sea.txt", ...flags, "--max-steps", "1");
  expect(stopped.stdout).not.toContain("Counting");
});

test.each<[what: string, ending: Partial<Ending>, caller: Caller, next: string]>([
  ["npm", {}, by(nameOf("train")), "npm run sample -- --model out"],
  [
    "pnpm",
    {},
    by({ ...nameOf("train"), npm_config_user_agent: "pnpm/9.1 npm/? node/v20" }),
    "pnpm run sample --model out",
  ],
  ["another script of npm's", {}, by(nameOf("test")), "node build/lib/cli.js sample --model out"],
  [
    "another package's script",
    {},
    by(nameOf("train", "theirs")),
    "node build/lib/cli.js sample --model out",
  ],
  [
    "another folder",
    {},
    { ...NODE, cwd: () => "/home/me/texts" },
    "node ../ello/build/lib/cli.js sample --model out",
  ],
  [
    "npx",
    {},
    {
      ...by({ ...nameOf("npx", ""), npm_command: "exec" }),
      argv: ["node", "/p/node_modules/.bin/ello"],
    },
    "npx ello sample --model out",
  ],
  [
    "pnpm, of an installed package",
    {},
    by({ npm_config_user_agent: "pnpm/9.1 npm/? node/v20", npm_command: "exec" }),
    "pnpm ello sample --model out",
  ],
  [
    "a shell in a project",
    {},
    { ...NODE, argv: ["node", "/p/node_modules/.bin/ello"] },
    "npx ello sample --model out",
  ],
  ["a shell", {}, { ...NODE, argv: ["node", "/usr/bin/ello"] }, "ello sample --model out"],
  ["a stopped run", { isStopped: true }, by(nameOf("train")), "npm run train -- --resume out"],
  [
    "a folder to be quoted",
    { outDir: "it's mine" },
    by(nameOf("train")),
    "npm run sample -- --model 'it'\\''s mine'",
  ],
  ["a folder like a flag", { outDir: "-o" }, by(nameOf("train")), "npm run sample -- --model=-o"],
])("%s", (_, ending, caller, next) => {
  expect(nextOf(ending, caller)).toBe(`Next: ${next}`);
});

test("a run ends with them", async () => {
  const cwd = makeFolder();
  const { stdout } = await train(cwd, "--epochs", "3");
  const [hash, next] = stdout.trimEnd().split("\n").slice(-2);
  expect(hash).toBe(`SHA-256 of the weights ${receiptOf(`${cwd}/out`).parametersSha256.final}`);
  expect(next).toMatch(/^Next: .* sample .*--model out$/);
});
