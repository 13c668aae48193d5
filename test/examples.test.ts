// The programs of examples/, as a reader runs them, and the guide that shows them. Those that are pages run
// in browser/examples.test.ts.

import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../src/checkpoint/safetensors.ts";
import * as ello from "../src/index.ts";
import { fit, loadCheckpoint, saveCheckpoint } from "../src/index.ts";
import { makeFolder, run } from "./node/run.ts";

const ROOT = new URL("..", import.meta.url).pathname;
const example = (name: string): string => join(ROOT, "examples", name);
const TEXT = "she sells sea shells by the sea shore. ".repeat(20);

/** Runs an example to its end. @returns what it prints. */
async function printed(name: string, ...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(process.execPath, [example(name), ...words], ROOT);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

test("the guide shows every example, as it is", () => {
  const guide = readFileSync(join(ROOT, "docs/guide.md"), "utf8");
  const shown = [...guide.matchAll(/\]\(\.\.\/examples\/(\S+)\)\n\n```js\n([\s\S]*?)```/g)];
  expect(shown.length).toBe(10);
  for (const [, name = "", code] of shown) {
    expect(code, name).toBe(readFileSync(example(name), "utf8"));
  }
  const folders = readdirSync(example("."), { withFileTypes: true }).map(({ name }) => name);
  expect(shown.map(([, name = ""]) => name.split("/")[0]).sort()).toEqual(folders.sort());
});

test("names: new ones", async () => {
  const names = (await printed("names.js")).trim().split(" ");
  expect(names.length).toBeGreaterThan(8);
  for (const name of names) expect(name).toMatch(/^[a-z]+$/);
});

test("anomalies: the strange lines, and where they begin to be", async () => {
  const lines = (await printed("anomalies.js")).trim().split("\n");
  expect(lines.map((line) => /\(.*\)$/.exec(line)?.[0])).toEqual([
    "(as usual)",
    "(as usual)",
    '(strange from "../../et" on)',
    '(strange from "500 9999" on)',
  ]);
});

test("melody: notes of the scale", async () => {
  const [next, melody = ""] = (await printed("melody.js")).trim().split("\n");
  expect(next).toMatch(/^C5 0\.\d\d, \w\d 0\.\d\d$/);
  const notes = melody.split(" ").map(Number);
  expect(notes.length).toBe(16);
  for (const note of notes) expect([60, 62, 64, 65, 67, 69, 71, 72]).toContain(note);
});

test("optimizer: learns the text", async () => {
  expect(Number(await printed("optimizer.js"))).toBeLessThan(1.1);
});

test("fine-tune: from a file of PyTorch's to one that it opens, and better on the text", async () => {
  const folder = makeFolder();
  const at = (name: string) => join(folder, name);
  const model = await fit(TEXT, { hiddenSize: 16, batchSize: 4, seqLength: 20, epochs: 2 });
  const { tensors } = decodeSafetensors(await saveCheckpoint(model));
  writeFileSync(at("torch.safetensors"), encodeSafetensors({ tensors, metadata: {} }));
  writeFileSync(at("vocabulary.json"), JSON.stringify(model.vocabulary.ixToChar));
  writeFileSync(at("text.txt"), "the sea sells shores by the shell. ".repeat(60));
  const files = ["torch.safetensors", "vocabulary.json", "text.txt", "out.safetensors"].map(at);
  const lines = (await printed("fine-tune.js", ...files)).trim().split("\n");
  expect(lines.length).toBe(6);
  const [before, after] = [...(lines.at(-1) as string).matchAll(/[\d.]{2,}/g)].map(Number);
  expect(after).toBeLessThan((before as number) / 1.2);
  const { vocabulary, H } = await loadCheckpoint(readFileSync(at("out.safetensors")));
  expect([vocabulary?.ixToChar, H]).toEqual([model.vocabulary.ixToChar, 16]);
});

test("stream: pieces as they come, to several readers, until one leaves", async () => {
  const folder = makeFolder();
  const model = await fit(TEXT, { hiddenSize: 16, batchSize: 4, seqLength: 20, epochs: 2 });
  writeFileSync(join(folder, "model.safetensors"), await saveCheckpoint(model));
  const words = [example("stream.js"), join(folder, "model.safetensors")];
  const server = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void server.kill());
  let address = "";
  for await (const data of server.stdout) {
    address += data;
    if (address.includes("\n")) break;
  }
  const read = async (prime: string, most: number): Promise<string> => {
    const leave = new AbortController();
    const response = await fetch(`${address.trim()}?prime=${prime}`, { signal: leave.signal });
    let text = "";
    try {
      for await (const part of response.body as AsyncIterable<Uint8Array>) {
        text += new TextDecoder().decode(part);
        if (text.length > most) leave.abort();
      }
    } catch (error) {
      if (!leave.signal.aborted) throw error;
    }
    return text;
  };
  const everything = Number.POSITIVE_INFINITY;
  const [first, second, left] = await Promise.all([
    read("she", everything),
    read("she", everything),
    read("sea", 100),
  ]);
  const pieces = [...first.matchAll(/^data: (.*)\n\n/gm)].map(([, json = ""]) => JSON.parse(json));
  expect(pieces.join("").length).toBe(2000);
  expect(second).toBe(first);
  expect(left.length).toBeGreaterThan(100);
  expect(await read("Q", everything)).toContain("event: error\ndata: ");
});

test("exercise: fails as it is, passes with its solution", async () => {
  const counts = async (solution: string) => {
    const words = `SOLUTION=${solution} "${process.execPath}" --test examples/exercise/exercise.test.js`;
    const { stdout } = await run("bash", ["-c", `env -u NODE_TEST_CONTEXT ${words}`], ROOT);
    return [/^\S+ pass (\d+)$/m, /^\S+ fail (\d+)$/m].map((line) => Number(line.exec(stdout)?.[1]));
  };
  expect(await counts("./solution.js")).toEqual([3, 0]);
  expect(await counts("./exercise.js")).toEqual([0, 3]);
});

describe("the reference's examples", () => {
  const reference = readFileSync(join(ROOT, "docs/api.md"), "utf8");
  const functions = reference.slice(0, reference.indexOf("\n## Classes"));
  const sections = functions.split(/^### (?=\w+\(\))/m).slice(1);
  const here = ello as unknown as Readonly<Record<string, unknown>>;

  test("every function has one", () => {
    expect(sections.length).toBeGreaterThan(30);
  });

  test.each(sections.map((section) => [section.slice(0, section.indexOf("(")), section]))(
    "%s",
    async (name, section) => {
      const [, code = ""] = /^#### Example\n\n```js\n([\s\S]*?)```/m.exec(section) ?? [];
      expect(code).toContain(`${name}(`);
      // One takes a file of the page's, which there is none of here, and one changes the cores of all tests.
      if (["useCores", "enableWideVectors"].includes(name as string)) return;
      using model = await fit(TEXT, { hiddenSize: 8, epochs: 1, threads: 1 });
      const file = await saveCheckpoint(model);
      const names = Object.keys(here);
      const body = `return (async () => {${code}})()`;
      const program = new Function(...names, "text", "model", "file", "console", body);
      const said: unknown[][] = [];
      const console = { log: (...words: unknown[]) => said.push(words) };
      await program(...names.map((one) => here[one]), TEXT, model, file, console);
      for (const word of said.flat()) expect([undefined, null, Number.NaN]).not.toContain(word);
      if (code.includes("console.log")) expect(said).not.toEqual([]);
    },
  );
});
