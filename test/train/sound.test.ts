// Whether a run that an error has ended can be gone on with.

import { expect, test } from "vitest";
import { createModel, hello, Trainer, weightsOf } from "../../src/index.ts";
import { recordsOf } from "../support.ts";

async function trainerAfter(steps: number): Promise<Trainer> {
  const settings = { onDivergence: "rollback", optimizer: "adam" } as const;
  const trainer = new Trainer(await createModel(hello(), settings), hello());
  for (const { step } of recordsOf(trainer)) if (step + 1 === steps) break;
  return trainer;
}

test("after a step, and where a step could not be taken: yes", async () => {
  const trainer = await trainerAfter(5);
  expect(trainer.isSound).toBe(true);
  trainer.model.engine.step = () => {
    throw new Error("no step");
  };
  expect(() => [...trainer.run()]).toThrow("no step");
  expect(trainer.isSound).toBe(true);
});

test("with a number that is not finite: no", async () => {
  for (const array of ["parameters", "firstMoment", "secondMoment", "state"] as const) {
    const trainer = await trainerAfter(5);
    trainer.model.engine[array][1] = Number.POSITIVE_INFINITY;
    expect(trainer.isSound).toBe(false);
  }
});

test("where an error came between a step and its counting: no", async () => {
  const trainer = await trainerAfter(5);
  const { progress, arrays } = trainer.state;
  trainer.state = { progress, arrays: { ...arrays, "good.firstMoment": new Float64Array(1000) } };
  expect(trainer.isSound).toBe(true);
  weightsOf(trainer.model.engine).by[0] = 1000; // the run goes back, and its good state does not fit
  expect(() => [...trainer.run()]).toThrow(RangeError);
  expect(trainer.isSound).toBe(false);
});
