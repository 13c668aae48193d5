// The texts of tasks: always the same, each line a problem of its kind, and every answer decided by what stands
// as far before it as is said.

import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readTexts } from "../../src/node/model/text-files.ts";
import { TEXT_DEFAULTS } from "../../src/settings/check.ts";
import { distancesIn, TASK_NAMES, taskNamed, taskText } from "../../src/tasks/tasks.ts";
import { SAMPLES } from "../../src/web/texts.ts";

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", "<": ">" };

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Whether a line is a problem of brackets: balanced, and nothing opened behind its bar. */
function isNested(line: string): boolean {
  const [before = "", after = "", ...more] = line.split("|");
  const open: string[] = [];
  for (const one of before + after) {
    if (one in CLOSING) open.push(CLOSING[one] as string);
    else if (open.pop() !== one) return false;
  }
  return more.length === 0 && open.length === 0 && ![...after].some((one) => one in CLOSING);
}

const IS_PROBLEM: Readonly<Record<string, (line: string) => boolean>> = {
  copy: (line) => /^([a-d]{1,5})\.{0,20}\|\1$/.test(line),
  brackets: isNested,
  recall: (line) => /^([A-F])[w-z]{5,30}\?\1$/.test(line),
  counting: (line) => /^a{1,16}b{1,16}$/.test(line) && 2 * line.indexOf("b") === line.length,
};

test.each([
  ["copy", "ca3e0de14b0b6ebc0bc01fd99486e72520926af914f2c78982ff6c15bb969b20"],
  ["brackets", "61918bcf92377994a663dd913f94d93cf9c42fcc7f6191d49bb343c49d2b9de6"],
  ["recall", "bd54e5f875135e65060ae53a0e40c0b7e2c1968e1cc935f748fe98f573fe1d9f"],
  ["counting", "dede5e9391f2f63dfd5d974914d54a1169a0525cafaeb96f6740bf731249ee12"],
])("%s: a text that is always the same, of problems of its kind", (name, hash) => {
  const text = taskText(name);
  expect(sha256(text)).toBe(hash);
  const lines = text.slice(0, -1).split("\n");
  expect(text.at(-1)).toBe("\n");
  expect(lines.length).toBeGreaterThan(2000);
  expect(lines.filter((line) => !IS_PROBLEM[name]?.(line))).toEqual([]);
});

test.each(TASK_NAMES)(
  "%s: what is called an answer is certain, and decided where it is said",
  (name) => {
    const text = taskText(name);
    const distances = distancesIn(name, text);
    const decided = new Map<string, string>();
    let answers = 0;
    let begin = 0;
    for (let at = 0; at < text.length; at++) {
      const distance = distances[at] as number;
      const character = text[at] as string;
      if (distance > 0) {
        answers++;
        // All that was seen of the line before says what comes.
        const before = text.slice(begin, at);
        expect(decided.get(before) ?? character).toBe(character);
        decided.set(before, character);
        expect(distance).toBeLessThanOrEqual(before.length);
        const source = text[at - distance] as string;
        if (name === "counting") expect([character, distance]).toEqual(["\n", before.length]);
        else expect(name === "brackets" ? CLOSING[source] : source).toBe(character);
      }
      if (character === "\n") begin = at + 1;
    }
    expect(answers).toBeGreaterThan(2000);
    expect(Math.max(...distances)).toBeGreaterThanOrEqual(20);
  },
);

test.each(TASK_NAMES)("%s: Node and the page have the same text", async (name) => {
  const { sha256: inNode, corpus } = await readTexts([`task:${name}`], TEXT_DEFAULTS);
  const sample = SAMPLES.find((one) => one.name === name);
  expect(sample?.paths).toEqual([`task:${name}`]);
  const text = (await sample?.text()) ?? "";
  expect(inNode).toBe(sha256(text));
  expect(corpus.tokens.length).toBe(text.length);
});

test("a task that there is not is said, and a file of such a name has its path before it", async () => {
  expect(taskNamed("story.txt")).toBeUndefined();
  await expect(readTexts(["task:recal"], TEXT_DEFAULTS)).rejects.toThrow(
    /expected task:copy, task:brackets, task:recall, task:counting, got "task:recal"/,
  );
  const path = join(mkdtempSync(join(tmpdir(), "task-")), "task:recall");
  writeFileSync(path, "abab");
  expect((await readTexts([path], TEXT_DEFAULTS)).bytes).toBe(4);
});
