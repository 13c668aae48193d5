// A setting as a link and as a command: both ways, and what is refused.

import { describe, expect, test } from "vitest";
import {
  changed,
  configOf,
  fromHash,
  HELLO,
  nodeCommand,
  type Setting,
  settingOf,
  textNames,
  toHash,
} from "../../src/web/setting.ts";
import { SAMPLES } from "../../src/web/texts.ts";
import { Numbers } from "../support.ts";
import { readRandomHashes } from "./random-hashes.ts";

const RECALL = SAMPLES.find(({ name }) => name === "recall");
const own = { name: "my text.txt", bytes: new Blob(["abc"]) };

describe("a link", () => {
  test.each<[string, Setting]>([
    ["", HELLO],
    [
      "input=a+b%26&target=b%26%23a&seed=3",
      { changes: { input: "a b&", target: "b&#a", seed: 3 } },
    ],
    ["text=recall", { text: RECALL, changes: {} }],
    [
      "text=recall&cell=rnn&hiddenSize=256",
      { text: RECALL, changes: { cell: "rnn", hiddenSize: 256 } },
    ],
    ["text=words&learningRate=0.00002", { text: SAMPLES[1], changes: { learningRate: 0.00002 } }],
  ])("%s", (hash, setting) => {
    expect(toHash(setting)).toBe(hash);
    expect(fromHash(`#${hash}`)).toEqual({
      setting: { text: setting.text, changes: setting.changes },
      needsOwn: false,
    });
  });

  test("of a text of one's own holds the settings only", () => {
    const hash = toHash({ text: own, changes: { hiddenSize: 8 } });
    expect(hash).toBe("text=own&hiddenSize=8");
    expect(fromHash(hash)).toEqual({ setting: { changes: { hiddenSize: 8 } }, needsOwn: true });
  });

  test.each([
    ["nothing=1", /nothing: expected a setting/],
    [
      "text=novel",
      /text: expected source, words, story, copy, brackets, recall, counting, got "novel"/,
    ],
    ["hiddenSize=0", /hiddenSize/],
    ["hiddenSize=99999", /hiddenSize: expected a whole number from 1 to 512, got 99999/],
    ["hiddenSize=many", /hiddenSize: expected a whole number from 1 to 512, got many/],
    ["learningRate=", /learningRate: expected a number from 0.000001 to 10, got nothing/],
    ["input=aa&target=aa", /input: expected at least 2 different characters/],
    ["input=a%0Ab&target=b%0Aa", /input: expected text on one line, got a control character/],
    ["input=abc&target=ab", /target: expected as many characters as are read, 3, got 2/],
    ["text=own&hiddenSize=99999", /hiddenSize: expected a whole number from 1 to 512/],
    ["outDir=x", /outDir/],
    ["optimizer=adam&momentum=0.5", /^momentum: expected optimizer sgd, without which/],
    ["text=words&alpha=0.5", /^alpha: expected optimizer rmsprop, without which/],
    ["text=own&threads=2&batchSize=4", /^threads: expected batchSize from 8, without which/],
  ])("%s is refused", (hash, message) => {
    expect(() => fromHash(hash)).toThrow(message);
  });

  test.each(["seed=", "text=", "hiddenSize=x", ""])("%s… is quoted in 80 characters", (start) => {
    const long = `${start}${"9".repeat(100_000)}${start ? "" : "=1"}`;
    expect(() => fromHash(long)).toThrow(/^.{60,170}$/);
  });

  test("of a saved run leaves out what has no effect", () => {
    expect(fromHash("optimizer=adam&momentum=0.5&seed=3", true).setting.changes).toEqual({
      optimizer: "adam",
      seed: 3,
    });
    expect(fromHash("text=own&threads=2&batchSize=4", true)).toEqual({
      setting: { changes: { batchSize: 4 } },
      needsOwn: true,
    });
  });
});

test("a setting holds what differs from the defaults of its kind", () => {
  expect(settingOf(undefined, configOf(HELLO)).changes).toEqual({});
  const text = SAMPLES[0];
  expect(settingOf(text, { ...configOf({ text, changes: {} }), seed: 1 }).changes).toEqual({
    seed: 1,
  });
});

test("a change takes with it what it leaves without effect, so that the command is one that Node takes", () => {
  const before = settingOf(undefined, { ...configOf(HELLO), momentum: 0.5, seed: 7 });
  const after = changed(before, { optimizer: "adam", beta1: 0.8 });
  expect(after.changes).toEqual({ optimizer: "adam", beta1: 0.8, seed: 7 });
  expect(nodeCommand(after)).toBe("npm run train -- --seed 7 --optimizer adam --beta1 0.8");
  expect(changed(after, { optimizer: "sgd" }).changes).toEqual({ seed: 7 });
});

test("the command says it as a shell takes it", () => {
  expect(nodeCommand(HELLO)).toBe("npm run train");
  expect(nodeCommand({ changes: { input: "it's", target: "t'si", learningRate: 0.5 } })).toBe(
    "npm run train -- --input 'it'\\''s' --target 't'\\''si' --learning-rate 0.5",
  );
  expect(nodeCommand({ changes: { input: "-a", target: "a-" } })).toBe(
    "npm run train -- --input=-a --target a-",
  );
  expect(nodeCommand({ text: own, changes: {} })).toBe("npm run train -- --text 'my text.txt'");
  expect(nodeCommand({ text: SAMPLES[1], changes: {} })).toBe(
    "npm run train -- --text src/web/samples/words.txt",
  );
});

test("of a task, the command has what differs from Node's defaults, and a file never passes for one", () => {
  const { setting } = fromHash("text=recall&cell=rnn&hiddenSize=256&epochs=7");
  expect(nodeCommand(setting)).toBe(
    "npm run train -- --text task:recall --cell rnn --seq-length 40 --batch-size 8 --learning-rate 0.005",
  );
  expect(configOf(setting)).toMatchObject({
    hiddenSize: 256,
    seqLength: 40,
    batchSize: 8,
    epochs: 7,
  });
  const file = { text: { ...own, name: "task:recall" }, changes: {} };
  expect(nodeCommand(file)).toBe("npm run train -- --text ./task:recall");
  expect(textNames(file)).toEqual(["./task:recall"]);
});

test("300 random addresses are understood, or refused in a line", () => {
  expect(readRandomHashes(new Numbers(2), 300)).toBeGreaterThan(20);
});
