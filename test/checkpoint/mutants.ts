// Small checkpoints and changes to them that keep their checksums true.

import { expect } from "vitest";
import { loadCheckpoint, saveCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { CheckpointError } from "../../src/checkpoint/error.ts";
import { sha256 } from "../../src/checkpoint/sha256.ts";
import { loadTraining, saveTraining } from "../../src/checkpoint/training.ts";
import { createModel, PairDataset, Trainer } from "../../src/index.ts";
import { Numbers } from "../support.ts";
import { type Header, headerOf } from "./headers.ts";

/** What a file was read as: its numbers, apart from its words. */
export interface Read {
  readonly numbers: unknown;
}

/** Reads a model's file or a stopped run's, as its format says. */
export async function readAny(file: Uint8Array): Promise<Read> {
  const isTraining = new TextDecoder().decode(file).includes("ello-training-1");
  if (isTraining) {
    const { state, history } = await loadTraining(file);
    return { numbers: [state.arrays, history] };
  }
  const { parameters, V, H } = await loadCheckpoint(file);
  return { numbers: [parameters, V, H] };
}

/** A model's file and a stopped run's, as small as they come. */
export async function smallFiles(): Promise<Uint8Array<ArrayBuffer>[]> {
  const dataset = new PairDataset("ab", "ba");
  const settings = { hiddenSize: 1, engine: "reference" as const, epochs: 2 };
  const model = await createModel(dataset, settings);
  const trainer = new Trainer(model, dataset);
  for (const _ of trainer.run());
  const sha256 = "0".repeat(64);
  const links = [{ step: 0, loss: null, sha256 }];
  const changes = [{ step: 1, links: 1, before: { learningRate: 0.2 } }];
  const chain = { every: 10, links, here: { step: 2, loss: 0.5, sha256 }, changes };
  const run = { state: trainer.state, textSha256: "x", history: {}, logs: {}, chain };
  return [await saveCheckpoint(model), await saveTraining(model, run)];
}

function close(json: string, data: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(json);
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
}

/** The checksums that a file with this header and data should have, where they can be computed. */
async function repair(header: Header, data: Uint8Array): Promise<void> {
  const metadata = header["__metadata__"];
  if (typeof metadata !== "object" || metadata === null) return;
  const bytesOf = (entry: any) => {
    const [begin, end] = entry?.data_offsets ?? [];
    return data.slice(begin, end);
  };
  const tensors = Object.entries(header).filter(([name]) => name !== "__metadata__");
  if (metadata.tensorsSha256 !== undefined) {
    const placed = tensors.sort(([, a], [, b]) => a?.data_offsets?.[0] - b?.data_offsets?.[0]);
    let hashes = "";
    for (const [name, entry] of placed) hashes += `${name} ${await sha256(bytesOf(entry))}\n`;
    metadata.tensorsSha256 = await sha256(new TextEncoder().encode(hashes));
  } else if (metadata.parametersSha256 !== undefined) {
    const names = [
      "rnn.weight_ih_l0",
      "rnn.weight_hh_l0",
      "fc.weight",
      "rnn.bias_ih_l0",
      "fc.bias",
    ];
    const parts = names.flatMap((name) => [...bytesOf(header[name])]);
    metadata.parametersSha256 = await sha256(Uint8Array.from(parts));
  }
}

// Names that mean something to JavaScript, to terminals, to PyTorch's people.
const NAMES = [
  ...["__proto__", "constructor", "history.__proto__", "history.x", "Wxh", "fc.bias"],
  ...["module.fc.bias", "rnn.weight_hh_l0_reverse", "x\u001b[2J\r\u2028\u202e\ud800", "", "a.b.c"],
];

const VALUES: unknown[] = [
  ...[null, true, -1, 0, 1, 2, 1.5, 2 ** 31, 2 ** 53, 1e308, "", "F32", "F64", "x", "\ud800"],
  ...["\u001b]0;x\u0007", "x".repeat(5000), JSON.parse("[".repeat(99) + "]".repeat(99)), "ello-2"],
  ...[[], {}, [0], [1, 1], [2 ** 40, 2 ** 40], ["a"], { a: 1 }, "null", "[]", "{}", '["a","b"]'],
];

/** Changes a random field, somewhere in a value. */
function changeField(value: any, numbers: Numbers): void {
  const keys = Object.keys(value);
  if (keys.length === 0) return;
  const key = numbers.pick(keys);
  const child = value[key];
  if (typeof child === "object" && child !== null && numbers.integer(0, 2) > 0) {
    changeField(child, numbers);
    return;
  }
  const action = numbers.integer(0, 5);
  if (action === 0) delete value[key];
  else if (action === 1) value[`${key}x`] = child;
  else if (action === 5) {
    delete value[key];
    const open = { enumerable: true, writable: true, configurable: true };
    Object.defineProperty(value, numbers.pick(NAMES), { value: child, ...open });
  } else if (action === 2 && typeof child === "number") value[key] = child + numbers.integer(-9, 9);
  else if (action === 3 && typeof child === "string") value[key] = insideOf(child, numbers);
  else value[key] = structuredClone(numbers.pick(VALUES));
}

/** A string with one thing changed; JSON inside is changed as JSON. */
function insideOf(text: string, numbers: Numbers): string {
  try {
    const inner = { inner: JSON.parse(text) };
    changeField(inner, numbers);
    return JSON.stringify(inner.inner) ?? "";
  } catch {
    const at = numbers.integer(0, text.length);
    return text.slice(0, at) + numbers.pick(["", "0", '"', "é"]) + text.slice(at + 1);
  }
}

/** What a message may be: short, and without anything that a terminal would obey. */
const SHOWN = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]{1,950}$/u;

/** Reads `count` mutants; each must be refused with a typed error or give what stands in it. */
export async function mutate(count: number, seed: number): Promise<number> {
  const numbers = new Numbers(seed);
  const files = await smallFiles();
  let read = 0;
  for (let i = 0; i < count; i++) {
    const { header, data } = headerOf(numbers.pick(files));
    const changed = data.slice();
    for (let n = numbers.integer(0, 2); n > 0; n--) {
      changed[numbers.integer(0, changed.length - 1)] = numbers.integer(0, 255);
    }
    for (let n = numbers.integer(0, 2); n > 0; n--) changeField(header, numbers);
    try {
      await repair(header, changed);
    } catch {
      // What is broken so far that it has no checksum is read with the old one.
    }
    let json = JSON.stringify(header);
    if (numbers.integer(0, 19) === 0) json = json.replace("{", '{"fc.bias":{},');
    try {
      const { numbers: got } = await readAny(close(json, changed));
      expect(JSON.stringify(got)).not.toMatch(/null/); // no NaN, no Infinity
      read++;
    } catch (error) {
      expect(error, json).toBeInstanceOf(CheckpointError);
      expect((error as Error).message).toMatch(SHOWN);
    }
  }
  expect(read).toBeGreaterThan(count / 50);
  expect(read).toBeLessThan(count);
  return read;
}
