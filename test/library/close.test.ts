// Models that are closed, dropped, or told to stop; gradients in the open; the kinds of errors.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import * as ello from "../../src/index.ts";
import {
  ClosedError,
  ConfigError,
  createModel,
  createWasmEngine,
  DataError,
  ElloError,
  fit,
  hello,
  type Model,
  SupportError,
  sample,
  sampleBytes,
  sampleIds,
  saveCheckpoint,
  train,
  useCores,
} from "../../src/index.ts";
import { createReference } from "../../src/reference.ts";
import { allOf, coreBytes, Numbers } from "../support.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);
const TEXT = "she sells sea shells by the sea shore. ".repeat(30);
const SMALL = { hiddenSize: 12, batchSize: 4, seqLength: 20, epochs: 3 };

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  return (await allOf(pieces)).join("");
}

describe("close", () => {
  const calls: Record<string, (model: Model) => unknown> = {
    step: ({ engine, config }) => engine.step(config),
    gradientsOf: ({ engine, config }) => engine.gradientsOf(config),
    evaluate: ({ engine }) => engine.evaluate(),
    initialize: ({ engine }) => engine.initialize(1, { kind: 0, size: 1 }),
    draw: ({ engine }) => engine.draw(0, { temperature: 1, topK: 0, topP: 1 }),
    train: (model) => [...train(model, hello())],
  };

  test.each(["wasm", "reference"] as const)("then every call throws, on %s", async (engine) => {
    const model = await createModel(hello(), { engine });
    const close = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(model), Symbol.dispose);
    close?.value.call(model); // what `using` does
    for (const [name, call] of Object.entries(calls)) {
      expect(() => call(model), name).toThrow(ClosedError);
    }
    expect(() => model.engine.step(model.config)).toThrow(
      "step: expected an open model, got one that was closed; make another, or close it later",
    );
    expect(() => model.close()).not.toThrow();
    expect(model.engine.parameters.length).toBeGreaterThan(0); // what was learned can still be read
    await expect(textOf(sample(model))).rejects.toThrow(ClosedError);
    expect((await saveCheckpoint(model)).length).toBeGreaterThan(0);
  });

  test("a team that was dropped ends its threads", async () => {
    const program = `
      import { Worker } from "node:worker_threads";
      import { createWasmEngine } from "ello";
      let ended = 0;
      const { terminate } = Worker.prototype;
      Worker.prototype.terminate = function () { ended++; return terminate.call(this); };
      await (async () => void (await createWasmEngine({ V: 5, H: 6, T: 3, B: 12 }, 3)))();
      for (let i = 0; i < 200 && ended < 2; i++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        gc();
      }
      console.log(ended);`;
    const words = ["--expose-gc", "--input-type=module", "--eval", program];
    const { stdout } = await run(process.execPath, words, { cwd: ROOT });
    expect(stdout).toBe("2\n");
  });
});

describe("gradientsOf", () => {
  const shape = { V: 7, H: 9, T: 6, B: 9, cell: "lstm", layers: 2, drops: true } as const;
  const rule = { ...ello.DEFAULTS, learningRate: 0.1, clipValue: 0, dropout: 0.3 };

  test.each([0, 1, 2, 3])(
    "is a step without its update (%i threads; 0: the reference)",
    async (n) => {
      const make = async () => (n === 0 ? createReference(shape) : createWasmEngine(shape, n));
      const [own, stepped] = [await make(), await make()];
      const numbers = new Numbers(5);
      for (const engine of [own, stepped]) engine.initialize(3, { kind: 0, size: 0.3 });
      for (let step = 0; step < 5; step++) {
        numbers.tokens(own.inputs, shape.V);
        numbers.tokens(own.targets, shape.V);
        stepped.inputs.set(own.inputs);
        stepped.targets.set(own.targets);
        const before = own.parameters.slice();
        const found = own.gradientsOf(rule);
        expect(own.parameters).toEqual(before);
        expect(found).toEqual(stepped.step(rule));
        expect(own.gradients).toEqual(stepped.gradients);
        expect(own.losses).toEqual(stepped.losses);
        expect(own.state).toEqual(stepped.state);
        // Gradient descent by hand.
        for (let i = 0; i < own.parameters.length; i++) {
          own.parameters[i]! -= rule.learningRate * own.gradients[i]!;
        }
        own.updates++;
        expect(own.parameters).toEqual(stepped.parameters);
      }
      const { loss } = own.gradientsOf({ ...rule, dropout: 0 });
      const sum = [...own.losses].reduce((total, one) => total + one, 0);
      expect(sum / own.losses.length).toBeCloseTo(loss, 14);
      own.close();
      stepped.close();
    },
  );

  test("the losses are those of the reference to the bit, in f32 too", async () => {
    for (const precision of ["f64", "f32"] as const) {
      const own = { ...shape, precision };
      const [core, reference] = [await createWasmEngine(own, 2), createReference(own)];
      for (const engine of [core, reference]) {
        engine.initialize(3, { kind: 0, size: 0.3 });
        new Numbers(5).tokens(engine.inputs, 7);
        new Numbers(6).tokens(engine.targets, 7);
        engine.evaluate();
      }
      expect(core.losses).toEqual(reference.losses);
      expect(core.losses.some((loss) => loss > 0)).toBe(true);
      core.close();
    }
  });
});

describe("sample", () => {
  test("gives way: a timer runs while it writes, and the text is the same", async () => {
    const model = await fit(TEXT, SMALL);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const text = await textOf(sample(model, { length: 20_000, prime: TEXT.repeat(10) }));
    clearInterval(timer);
    expect(text.length).toBe(20_000);
    expect(turns).toBeGreaterThan(3);
    const ids = await allOf(sampleIds(model, { length: 50, prime: "sea" }));
    expect(model.vocabulary.decode(ids)).toBe(
      await textOf(sample(model, { length: 50, prime: "sea" })),
    );
    const core = await coreBytes("release");
    expect(await textOf(sample(model, { length: 50, prime: "sea", core }))).toBe(
      model.vocabulary.decode(ids),
    );
  });

  test("a model that trains meanwhile is written with as it was at the call", async () => {
    const model = await createModel(hello());
    const expected = await textOf(sample(model, { length: 40 }));
    const writing = sample(model, { length: 40 });
    for (const _ of train(model, hello()));
    expect(await textOf(writing)).toBe(expected);
    expect(await textOf(sample(model, { length: 40 }))).not.toBe(expected);
  });

  test("a signal ends it, and misspelt options are refused", async () => {
    const model = await createModel(hello());
    const controller = new AbortController();
    let pieces = 0;
    for await (const _ of sample(model, { length: 1000, signal: controller.signal })) {
      if (++pieces === 3) controller.abort();
    }
    expect(pieces).toBe(3);
    const stop = "h".repeat(2000); // of which much may be held back
    const held = new AbortController();
    const sure = { length: 1000, temperature: 0, stop, signal: held.signal };
    const whole = await textOf(sample(model, { ...sure, signal: undefined }));
    held.abort();
    expect(whole.startsWith(await textOf(sample(model, sure)))).toBe(true);
    const none = await allOf(sampleBytes(model, { signal: AbortSignal.abort() }));
    expect(none).toEqual([]);
    await expect(textOf(sample(model, { temprature: 1 } as never))).rejects.toThrow(
      "temprature: expected one of prime, length, temperature",
    );
    await expect(textOf(sample(model, { prime: [9] }))).rejects.toThrow("got 9 at position 0");
    await expect(textOf(sample(model, { topP: 2 }))).rejects.toThrow(ConfigError);
  });
});

test("cores of one's own are taken, until others are", async () => {
  const shape = { V: 4, H: 3, T: 2, B: 1 };
  const bytes = await coreBytes("release");
  const module = await WebAssembly.compile(bytes);
  for (const release of [module, bytes, bytes.buffer]) {
    useCores({ release });
    (await createWasmEngine(shape)).close();
  }
  useCores({ release: await coreBytes("f32-release") });
  await expect(createWasmEngine(shape)).rejects.toThrow("core: expected one whose numbers have 64");
  await expect(fit(TEXT, SMALL)).rejects.toThrow(DataError);
  useCores({ release: pathToFileURL(join(ROOT, "build/core/release.wasm")) });
  (await createWasmEngine(shape)).close();
  useCores({ release: pathToFileURL(join(ROOT, "nowhere.wasm")) });
  const making = createWasmEngine(shape);
  await expect(making).rejects.toThrow(/^core: expected the compiled core release at /);
  await expect(making).rejects.toThrow(SupportError);
  expect(() => useCores({ release: "x.wasm" as never })).toThrow("release: expected a module, b");
  expect(() => useCores({ relase: bytes } as never)).toThrow("relase: expected one of release, ");
  useCores({});
  (await createWasmEngine(shape)).close();
});

test("every error of the library is an ElloError, and a RangeError", () => {
  const kinds = Object.entries(ello).filter(([name]) => /Error$/.test(name));
  expect(kinds.length).toBe(12);
  for (const [name, kind] of kinds) {
    const isOurs = kind === ElloError || (kind as typeof Error).prototype instanceof ElloError;
    expect(isOurs, name).toBe(true);
    expect((kind as typeof Error).prototype, name).toBeInstanceOf(RangeError);
  }
});
