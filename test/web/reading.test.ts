// What the worker answers about a text: the window, its numbers, and how far back a loss reaches.

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { MakeEngine } from "../../src/model/create.ts";
import { createReference } from "../../src/reference.ts";
import { completeConfig } from "../../src/settings/check.ts";
import { Trace } from "../../src/trace/trace.ts";
import { partsAt } from "../../src/web/training/parts.ts";
import { type LookJob, TOP } from "../../src/web/training/protocol.ts";
import { Reading } from "../../src/web/training/reading.ts";
import { Run } from "../../src/web/training/run.ts";

const story = readFileSync(new URL("../../src/web/samples/story.txt", import.meta.url), "utf8");
const makeEngine: MakeEngine = async (_config, shape, moments) => createReference(shape, moments);
const NOTHING = { reading: () => {}, makeRoom: () => {} };
const JOB: LookJob = { source: "validation", from: 0, length: 40, typed: "", place: undefined };

function startOf(settings: Parameters<typeof completeConfig>[0], text?: string): Promise<Run> {
  const config = completeConfig(settings);
  return Run.start({ config, ...(text && { text: new Blob([text]) }) }, makeEngine, NOTHING);
}

describe("of a text", () => {
  const SETTINGS = {
    ...({ input: "", target: "", cell: "lstm", hiddenSize: 6, layers: 2 } as const),
    ...{ seqLength: 10, batchSize: 4, valFraction: 0.1 },
  };
  let run: Run;
  const reading = new Reading();
  const tail = Math.floor(story.length * SETTINGS.valFraction);
  const border = story.length - tail;

  beforeAll(async () => {
    run = await startOf(SETTINGS, story);
    for (let step = 0; step < 20; step++) run.next();
  });

  test("the window is where it was asked for, in the part that was asked for", () => {
    const shown = (job: Partial<LookJob>) => {
      const { characters, from, total } = reading.look(run, { ...JOB, ...job });
      return [characters.join(""), from, total];
    };
    expect(shown({})).toEqual([story.slice(border, border + 40), 0, tail]);
    expect(shown({ from: 7 })).toEqual([story.slice(border + 7, border + 47), 7, tail]);
    expect(shown({ from: 1e9 })).toEqual([story.slice(-40), tail - 40, tail]);
    const training = { source: "training", from: 100 } as const;
    expect(shown(training)).toEqual([story.slice(100, 140), 100, border]);
  });

  test("its numbers are the trace's, each character's loss that of the place before", () => {
    const look = reading.look(run, { ...JOB, from: 5, place: 1e9 });
    const { engine, vocabulary } = run.model;
    const { V, H } = engine.shape;
    const tokens = vocabulary.encode(look.characters.join(""));
    const trace = new Trace(engine.shape, engine.parameters, tokens);
    expect(look.losses[0]).toBeNaN();
    for (let i = 1; i < tokens.length; i++) {
      expect(look.losses[i]).toBe(trace.losses[i - 1]);
      expect(look.expected[i]).toBe(trace.probabilities[(i - 1) * V + (tokens[i] as number)]);
    }
    for (let i = 0; i < tokens.length; i++) {
      const own = [...trace.probabilities.subarray(i * V, (i + 1) * V)];
      const top = [...look.topProbabilities.subarray(i * TOP, (i + 1) * TOP)];
      expect(top).toEqual(own.toSorted((a, b) => b - a).slice(0, TOP));
      expect(top).toEqual([...look.topIds.subarray(i * TOP, (i + 1) * TOP)].map((id) => own[id]));
      for (let unit = 0; unit < 2 * H; unit++) {
        const hidden = trace.hidden(Math.floor(unit / H));
        expect(look.states[unit * tokens.length + i]).toBe(hidden[i * H + (unit % H)]);
      }
    }
    const last = tokens.length - 1;
    const reached = {
      place: last,
      inputs: trace.reach(last - 1).inputs,
      parts: partsAt(trace, last),
    };
    expect(look.reached).toEqual(reached);
    const { parts } = reached;
    expect(parts.map(({ name }) => name[0])).toEqual(["h", "c", "i", "f", "g", "o"]);
    // The parts are those of the cell: c' = f·c + i·g, h = o·tanh c.
    const before = partsAt(trace, last - 1)[1]?.values as Float64Array;
    const [h, c, i, f, g, o] = parts.map(({ values }) => values) as Float64Array[];
    for (let k = 0; k < 2 * H; k++) {
      const at = (values?: Float64Array): number => values?.[k] as number;
      expect(at(c)).toBeCloseTo(at(f) * at(before) + at(i) * at(g), 12);
      expect(at(h)).toBeCloseTo(at(o) * Math.tanh(at(c)), 12);
    }
  });

  test("one more place is of the reading that is there, or of none", () => {
    const look = reading.look(run, JOB);
    expect(reading.reach({ number: look.number, place: 0 })?.inputs).toEqual(new Float64Array());
    expect(reading.reach({ number: look.number, place: 9 })?.inputs.length).toBe(9);
    reading.look(run, JOB);
    expect(reading.reach({ number: look.number, place: 9 })).toBeUndefined();
  });

  test("units are found on together behind the window, in the text that is there", async () => {
    const look = reading.look(run, JOB);
    const { H } = run.model.engine.shape;
    const row = (unit: number) => [...look.states.subarray(unit * 40, (unit + 1) * 40)];
    const held = [1, H + 2].map((unit) => ({ unit, sign: Math.sign(row(unit)[3] as number) }));
    const largest = held.map(({ unit }) => Math.max(...row(unit).map(Math.abs)));
    const makeOne = async (shape: Parameters<typeof createReference>[0]) => createReference(shape);
    const found = await reading.search({ number: look.number, held }, makeOne);
    expect(found?.read).toBe(tail - 40);
    // The same by reading all of it at once.
    const { engine, vocabulary } = run.model;
    const text = story.slice(border);
    const trace = new Trace(engine.shape, engine.parameters, vocabulary.encode(text));
    const isOn = (place: number): boolean =>
      held.every(({ unit, sign }, i) => {
        const hidden = trace.hidden(Math.floor(unit / H));
        return sign * (hidden[place * H + (unit % H)] as number) > 0.5 * (largest[i] as number);
      });
    const places = Array.from(text, (_, place) => place).filter(
      (place) => place >= 40 && isOn(place),
    );
    const starts = places.filter((place) => place === 40 || !isOn(place - 1));
    expect(starts.length).toBeGreaterThan(1);
    expect(found?.count).toBe(starts.length);
    expect(found?.places.map(({ from }) => from)).toEqual(starts.slice(0, 8));
    for (const { from, before, text: own, after } of found?.places ?? []) {
      const around = text.slice(Math.max(40, from - 10), from + own.length + 10);
      expect(before + own + after).toBe(around);
    }
    reading.look(run, JOB);
    expect(await reading.search({ number: look.number, held }, makeOne)).toBeUndefined();
  });

  test("what is typed is read as far as it is known", () => {
    const typed = { ...JOB, source: "typed" } as const;
    const look = reading.look(run, { ...typed, typed: "theß lamßpé" });
    expect(look.characters.join("")).toBe("the lamp");
    expect(look.unknown).toEqual(["ß", "é"]);
    expect(reading.look(run, { ...typed, typed: "", place: 3 }).reached).toBeUndefined();
  });
});

test("a GRU's parts are h, r, z, n: h' = (1 − z)·n + z·h", async () => {
  const run = await startOf({ cell: "gru", hiddenSize: 5 });
  const { engine } = run.model;
  const trace = new Trace(engine.shape, engine.parameters, [0, 1, 2, 2]);
  const [before] = partsAt(trace, 2);
  const parts = partsAt(trace, 3);
  expect(parts.map(({ name }) => name[0])).toEqual(["h", "r", "z", "n"]);
  const [h, , z, n] = parts.map(({ values }) => values) as Float64Array[];
  for (let k = 0; k < 5; k++) {
    const at = (values?: Float64Array): number => values?.[k] as number;
    expect(at(h)).toBeCloseTo((1 - at(z)) * at(n) + at(z) * at(before?.values), 12);
  }
});

test("of a pair, its input and what comes last; where the target is not what comes next, its input", async () => {
  const reading = new Reading();
  const read = async (input: string, target: string): Promise<string> =>
    reading.look(await startOf({ input, target }), JOB).characters.join("");
  expect(await read("hell", "ello")).toBe("hello");
  expect(await read("abc", "cba")).toBe("abc");
});
