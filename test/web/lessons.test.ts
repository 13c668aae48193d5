// Every lesson: its runs are links that the page knows, its words are few, its questions have an answer that
// the numbers of the run give, and its texts say what these are.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { PairDataset } from "../../src/data/pair.ts";
import { modelFor } from "../../src/model/create.ts";
import { createReference } from "../../src/reference.ts";
import { Trainer } from "../../src/train/trainer.ts";
import type { LessonStep } from "../../src/web/lessons/lesson.ts";
import { LESSONS } from "../../src/web/lessons/lessons.ts";
import { configOf, fromHash, toHash } from "../../src/web/setting.ts";
import { Anatomist, type Anatomy } from "../../src/web/training/anatomy.ts";

const STEPS = LESSONS.flatMap(({ name, steps }) =>
  steps.map((step, place) => ({ name: `${name} ${place + 1}`, step })),
);
const MANY = 20; // parts to choose from, at most

/** The step of a pair of texts that a lesson shows. */
async function shownAt({ run, after }: LessonStep): Promise<Anatomy> {
  const { setting } = fromHash(run);
  const config = configOf(setting);
  const dataset = new PairDataset(config.input, config.target);
  const model = await modelFor(dataset, setting.changes, (_config, shape, moments) =>
    createReference(shape, moments),
  );
  const records = new Trainer(model, dataset).run();
  for (let step = 0; step < after; step++) records.next();
  return new Anatomist(config).open(after, Float64Array.from(model.engine.parameters));
}

describe.each(STEPS)("$name", ({ step }) => {
  test("its run is a link as the page writes it", () => {
    expect(toHash(fromHash(step.run).setting)).toBe(step.run);
  });

  test("it says one thing in three sentences at most, and asks one", () => {
    expect(step.says.split(/(?<=[.:!?]) (?=[A-Z])/).length).toBeLessThanOrEqual(4);
    expect(step.says.split(/(?<=[.!?]) (?=[A-Z])/).length).toBeLessThanOrEqual(3);
    expect(step.says.length).toBeLessThan(330);
    expect(step.asks).not.toBe("");
  });

  test("its question has a right answer, and wrong ones", async () => {
    const { answer } = step;
    if (!("among" in answer)) {
      const values = Array.from({ length: 41 }, (_, i) => i / 20);
      const right = values.filter((value) => answer.accepts(value));
      expect(right.length).toBeGreaterThan(0);
      expect(right.length).toBeLessThan(values.length / 2);
      return;
    }
    const anatomy = Number.isFinite(step.after) ? await shownAt(step) : undefined;
    const count = answer.among === "#network .time" ? (anatomy?.shape.T ?? 0) : MANY;
    const right = answer.right(anatomy, count);
    expect(right.length).toBeGreaterThan(0);
    expect(right.length).toBeLessThan(Math.max(2, count / 2));
    for (const place of right) expect(place).toBeLessThan(count);
  });
});

test("names are unlike each other, and what a link takes", () => {
  const names = LESSONS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
});

test("the page lists them", () => {
  const page = readFileSync(new URL("../../index.html", import.meta.url), "utf8");
  for (const [place, { name, title }] of LESSONS.entries()) {
    expect(page).toContain(`<option value="${name}">${place + 1}. ${title}</option>`);
  }
});

test("the teacher's sheet has every step's link and question, and no other", () => {
  const sheet = readFileSync(new URL("../../docs/teaching.md", import.meta.url), "utf8");
  const rows = [...sheet.matchAll(/^\| `#(lesson=[^`]+)` \| (.+?) \| (.+?) \|$/gm)];
  const links = LESSONS.flatMap(({ name, steps }) =>
    steps.map((_, place) => `lesson=${name}&step=${place + 1}`),
  );
  expect(rows.map(([, link]) => link)).toEqual(links);
  for (const [, link] of sheet.matchAll(/(lesson=[a-z-]+&step=\d+)/g)) {
    expect(links).toContain(link);
  }
});

test("what the texts say of the numbers is so", async () => {
  const step = (name: string): LessonStep => STEPS.find((one) => one.name === name)?.step as never;
  const wrong = await shownAt(step("by-hand 3"));
  const isWrong = Array.from(wrong.predictions, (id, t) => id !== wrong.targets[t]);
  expect(isWrong).toEqual([false, false, false, true]); // at the second l
  const memory = await shownAt(step("memory 1"));
  expect([...memory.predictions]).toEqual([...memory.targets]);
  const small = await shownAt(step("vanishing 2"));
  expect(small.radius?.toFixed(2)).toBe("0.03");
  expect(small.lastNorms[0]).toBeLessThan(2e-18);
  const { lastNorms: grown } = await shownAt(step("exploding 1"));
  expect((grown[0] as number) / (grown.at(-1) as number)).toBeGreaterThan(10);
  const clipped = await shownAt(step("exploding 3"));
  expect(clipped.normFactor).toBeLessThan(0.9);
  const { lastCellNorms: kept, passing } = await shownAt(step("gates 2"));
  const sizes = kept.map((norm) => norm / (kept.at(-1) as number));
  expect(sizes.every((size) => size > 0.9 && size < 1.1)).toBe(true); // level
  expect(passing[3]).toBeGreaterThan(0.95);
});
