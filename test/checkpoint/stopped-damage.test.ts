// A stopped run's file that was damaged or made up, its hash right: refused in one line by the first field
// that is wrong.

import { beforeAll, describe, expect, test } from "vitest";
import { CheckpointError } from "../../src/checkpoint/error.ts";
import { loadTraining, saveTraining } from "../../src/checkpoint/training.ts";
import type { Model } from "../../src/index.ts";
import { withMetadata } from "./headers.ts";
import {
  arraysOf,
  CHAIN,
  HISTORY,
  PROGRESS,
  pendingWith,
  RECORD,
  runOf,
  stoppedFile,
  stoppedModel,
} from "./stopped.ts";

let model: Model;
let file: Uint8Array;
beforeAll(async () => {
  model = await stoppedModel();
  file = await stoppedFile(model);
});

/** That the file is refused with exactly this text. */
async function expectRefused(bytes: Uint8Array, message: string): Promise<void> {
  const error = await loadTraining(bytes).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CheckpointError);
  expect((error as Error).message).toBe(message);
}

describe("where it stands", () => {
  type Case = [name: string, value: unknown, expected: string];
  const each = (name: string, expected: string, values: readonly unknown[]): Case[] =>
    values.map((value) => [name, value, expected]);
  const good = PROGRESS.good!;
  const backs = [null, 0, {}, { from: -1, reason: "x" }, { from: 1 }, { from: 1, reason: ["x"] }];
  const cases = [
    ...["step", "updates", "rollbacks", "misses"].flatMap((name) =>
      each(name, "an integer from 0", [-1, 0.5, "1", null]),
    ),
    ...each("rateScale", "a number above 0, at most 1", [0, -0.5, 1.0000001, "1", null]),
    ...each("best", "null or { step, loss }", [
      ...[{ step: -1, loss: 1 }, { step: 1 }, { loss: 1 }, { step: 1, loss: "1" }],
      ...[{ step: 1, loss: null }, 5, false],
    ]),
    ...each("recent", "null or a number", ["1", true, {}]),
    ...each("good", "null or { step, updates, recent, misses }", [
      ...[{}, 0, true, "x", { ...good, step: -1 }, { ...good, updates: null }],
      ...[
        { ...good, misses: -1 },
        { ...good, recent: "0" },
      ],
      { step: good.step, updates: good.updates },
    ]),
    ...each("pending", "null or a step's record", [
      ...[{}, 1, "x", { ...RECORD, step: -1 }, { ...RECORD, epoch: 0.5 }],
      ...["loss", "accuracy", "gradNorm", "learningRate", "charsPerSecond"].flatMap((name) => [
        { ...RECORD, [name]: null },
        { ...RECORD, [name]: "1" },
      ]),
      { ...RECORD, validation: { loss: 1, accuracy: 1, best: true } },
      ...backs.map((rolledBack) => ({ ...RECORD, rolledBack })),
      ...["x".repeat(201), "a\tb"].map((reason) => pendingWith(reason)),
    ]),
  ];

  test.each(cases)("%s: %j", async (name, value, expected) => {
    const changed = await stoppedFile(model, { progress: { [name]: value } });
    const error = await loadTraining(changed).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CheckpointError);
    const { message } = error as Error;
    const start = `__metadata__.progress.${name}: expected ${expected}, got `;
    expect(message.slice(0, start.length)).toBe(start);
    const json = JSON.stringify(value);
    if (json.length <= 80) expect(message.slice(start.length)).toBe(json);
  });

  test("a field that is not there, or no fields at all", async () => {
    const { misses: _, ...rest } = PROGRESS;
    const refused = (progress: unknown) =>
      withMetadata(file, { progress: JSON.stringify(progress) });
    await expectRefused(
      refused(rest),
      "__metadata__.progress.misses: expected an integer from 0, got nothing",
    );
    const { best: _best, ...bestless } = PROGRESS;
    await expectRefused(
      refused(bestless),
      "__metadata__.progress.best: expected null or { step, loss }, got nothing",
    );
    const { good: _good, ...goodless } = PROGRESS;
    await expectRefused(
      refused(goodless),
      "__metadata__.progress.good: expected null or { step, updates, recent, misses }, got nothing",
    );
    for (const nothing of [null, 7, []]) {
      await expectRefused(
        refused(nothing),
        "__metadata__.progress.step: expected an integer from 0, got nothing",
      );
    }
    await expectRefused(
      withMetadata(file, { progress: undefined }),
      "__metadata__.progress: expected JSON, got text that is not JSON",
    );
  });
});

describe("its arrays", () => {
  const names = () => Object.keys(arraysOf(model)).join(", ");

  test.each(["parameters", "secondMoment", "state", "good.firstMoment", "best.parameters"])(
    "%s missing or of another length",
    async (name) => {
      const array = arraysOf(model)[name]!;
      const { length } = array;
      await expectRefused(
        await stoppedFile(model, { arrays: { [name]: undefined } }),
        `${name}: expected ${length} values, got none`,
      );
      await expectRefused(
        await stoppedFile(model, { arrays: { [name]: array.slice(1) } }),
        `${name}: expected ${length} values, got ${length - 1}`,
      );
    },
  );

  test("one that such a run does not have", async () => {
    const extra = Float64Array.of(1);
    await expectRefused(
      await stoppedFile(model, { arrays: { thirdMoment: extra } }),
      `thirdMoment: expected only ${names()}, got another`,
    );
    await expectRefused(
      await stoppedFile(model, { progress: { good: null, best: null } }),
      "good.parameters: expected only parameters, firstMoment, secondMoment, state, got another",
    );
  });

  test("in another precision than the model's; a history is always F64", async () => {
    const { parameters } = arraysOf(model);
    await expectRefused(
      await stoppedFile(model, { arrays: { parameters: Float32Array.from(parameters!) } }),
      "parameters.dtype: expected F64, got F32",
    );
    const single = await stoppedModel({ precision: "f32" });
    await expectRefused(
      await stoppedFile(single, { arrays: { state: Float64Array.of(0, 0) } }),
      "state.dtype: expected F32, got F64",
    );
    const history = { loss: Float32Array.from(HISTORY.loss) as Float32Array | Float64Array };
    await expectRefused(
      await saveTraining(model, runOf(model, { history: history as typeof HISTORY })),
      "history.loss.dtype: expected F64, got F32",
    );
  });

  test("a mean of squares below 0, or an h that no tanh gives, also of the last good state", async () => {
    for (const name of ["secondMoment", "good.secondMoment"]) {
      const squares = arraysOf(model)[name]!;
      squares[5] = -1;
      await expectRefused(
        await stoppedFile(model, { arrays: { [name]: squares } }),
        `${name}[5]: expected 0 or more, got -1`,
      );
    }
    const lstm = await stoppedModel({ cell: "lstm", layers: 2 }); // [layer][h, c][2 units]
    for (const name of ["state", "good.state"]) {
      for (const at of [0, 1, 4, 5]) {
        const state = Float64Array.of(0, 0, 7, 7, 0, 0, 7, 7);
        state[at] = 1.5;
        await expectRefused(
          await stoppedFile(lstm, { arrays: { [name]: state } }),
          `${name}[${at}]: expected -1 to 1, got 1.5`,
        );
      }
    }
    const deep = await stoppedModel({ layers: 2 });
    await expectRefused(
      await stoppedFile(deep, { arrays: { state: Float64Array.of(0, 0, 0, -2) } }),
      "state[3]: expected -1 to 1, got -2",
    );
  });
});

describe("its words", () => {
  const hash = "0".repeat(64);
  const marks = [
    ...["5", '"x"', "null", "true", '{"a":null}', '{"a":5}', '{"a":{}}', '{"a":{"bytes":-1}}'],
    ...['{"a":{"bytes":"1"}}', '{"a":{"bytes":1,"sha256":"x"}}', '{"a":{"bytes":1,"sha256":null}}'],
    ...[`{"a":{"sha256":"${hash}"}}`, `{"a":{"bytes":1},"b":{"bytes":0.5,"sha256":"${hash}"}}`],
  ];
  test.each(marks)("logs of %s", async (logs) => {
    await expectRefused(
      withMetadata(file, { logs }),
      "__metadata__.logs: expected lengths and hashes by name, got something else",
    );
  });

  test.each([
    ["every", { every: 0 }, "every: expected an integer above 0, got 0"],
    ["links", { links: {} }, "links: expected a list of links, got {}"],
    [
      "a link",
      { links: [{ step: 1 }] },
      'links[0]: expected { step, loss, sha256 }, got {"step":1}',
    ],
    ["here", { here: 5 }, "here: expected { step, loss, sha256 }, got 5"],
    ["a change", { changes: [7] }, "changes[0]: expected { step, links, before }, got 7"],
    ["the weights' file", { initFrom: 1 }, "initFrom: expected the name of a file, got 1"],
  ])("a chain by its field: %s", async (_name, change, message) => {
    const chain = JSON.stringify({ ...CHAIN, ...change });
    await expectRefused(withMetadata(file, { chain }), `__metadata__.chain.${message}`);
  });

  test("a chain that is no JSON", async () => {
    await expectRefused(
      withMetadata(file, { chain: "" }),
      "__metadata__.chain: expected JSON, got text that is not JSON",
    );
  });

  test("another format, or none", async () => {
    await expectRefused(
      withMetadata(file, { format: "ello-1" }),
      '__metadata__.format: expected ello-training-1, got "ello-1"',
    );
    await expectRefused(
      withMetadata(file, { format: undefined }),
      "__metadata__.format: expected ello-training-1, got none",
    );
  });
});
