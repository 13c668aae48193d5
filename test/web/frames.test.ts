// The frames that a visitor can go back to, the records on their way to the page, the speed it shows.

import { describe, expect, test } from "vitest";
import { parameterCount } from "../../src/engine/shape.ts";
import type { StepRecord } from "../../src/model/record.ts";
import { Speed } from "../../src/web/speed.ts";
import { Frames, isShownWhole, strideAt } from "../../src/web/training/frames.ts";
import { packRecords, unpackRecords } from "../../src/web/training/records.ts";

const SHAPE = { V: 4, H: 10 };
const ROOM = 16 * 2 ** 20; // bytes, the most that frames may take

const frameOf = (step: number): Float64Array => Float64Array.of(step);

describe("frames", () => {
  test("every step at first, then every 2nd, 4th … so that they fit, first and last always there", () => {
    const frames = new Frames(SHAPE);
    const size = 8 * parameterCount(SHAPE);
    const steps = Math.floor((3.5 * ROOM) / size);
    for (let step = 0; step <= steps; step++) {
      frames.add(step, frameOf(step));
      if (frames.count * size > ROOM + size) throw new Error(`step ${step}: too many frames`);
    }
    const stride = strideAt(steps, SHAPE);
    expect(stride).toBe(4);
    expect(frames.count).toBeGreaterThan(ROOM / size / 2);
    expect(frames.at(0).step).toBe(0);
    expect(frames.last).toBe(steps);
    for (let place = 0; place < frames.count; place++) {
      const { step, parameters } = frames.at(place);
      expect(parameters[0]).toBe(step);
      if (place < frames.count - 1) expect(step % stride).toBe(0);
    }
  });

  test("the frame of a step is the last at or before it", () => {
    const frames = new Frames(SHAPE);
    for (const step of [0, 1, 2, 3, 4, 5]) frames.add(step, frameOf(step));
    expect([0, 3, 5, 99].map((step) => frames.at(frames.placeOf(step)).step)).toEqual([0, 3, 5, 5]);
    expect(() => frames.at(6)).toThrow("frame: expected 0 to 5, got 6");
  });

  test("a run that went back puts its frames in place of those it left", () => {
    const frames = new Frames(SHAPE);
    for (const step of [0, 1, 2, 3]) frames.add(step, frameOf(step));
    frames.add(2, Float64Array.of(-2));
    expect([frames.count, frames.last, frames.at(2).parameters[0]]).toEqual([3, 2, -2]);
  });

  test("a run that goes on is known by its weights", () => {
    const frames = new Frames(SHAPE);
    for (const step of [0, 1, 2]) frames.add(step, frameOf(step));
    expect(frames.has(2, frameOf(2))).toBe(true);
    expect(frames.has(1, frameOf(1))).toBe(true);
    expect(frames.has(2, frameOf(3))).toBe(false);
    expect(frames.has(3, frameOf(3))).toBe(false);
    expect(frames.has(0, frameOf(0))).toBe(false);
  });

  test("what is shown whole", () => {
    expect(isShownWhole({ V: 4, H: 32, T: 12, B: 1 })).toBe(true);
    for (const other of [{ H: 33 }, { V: 25 }, { T: 13 }, { B: 2 }]) {
      expect(isShownWhole({ V: 4, H: 32, T: 12, B: 1, ...other })).toBe(false);
    }
  });
});

test("records are the same on both sides, but for the speed", () => {
  const plain: StepRecord = {
    step: 7,
    epoch: 3,
    loss: 0.1,
    accuracy: 0.5,
    gradNorm: 2,
    learningRate: 0.01,
    charsPerSecond: 0,
  };
  const records: StepRecord[] = [
    plain,
    { ...plain, step: 8, loss: Number.NaN, validation: { loss: 1.5, accuracy: 0.25 } },
    { ...plain, step: 2, rolledBack: { from: 9, reason: "the loss is not finite" } },
  ] as StepRecord[];
  expect(unpackRecords(packRecords(records))).toEqual(records);
  expect(unpackRecords(packRecords([{ ...plain, charsPerSecond: 5 }]))).toEqual([plain]);
  expect(unpackRecords(packRecords([]))).toEqual([]);
});

test("speed is that of the last second, and unknown before a quarter of one", () => {
  const speed = new Speed();
  expect([speed.at(0, 0), speed.at(200, 12)]).toEqual([0, 0]);
  expect(speed.at(500, 30)).toBe(60);
  for (let time = 600; time <= 3000; time += 100) speed.at(time, 30 + (time - 500));
  expect(speed.at(3100, 2630)).toBe(1000);
});
