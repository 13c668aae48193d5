// `npm run sample`: the very bytes into a pipe or a file, what a terminal can show on a terminal.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { train } from "../run.ts";
import { intoPipe, onTerminal } from "../terminal.ts";

// Learned by heart: what is written is the text itself.
const LINES = "one line here\r\ntwo lines here\r\n";
const BYTES = Buffer.from("It\x92s a caf\xe9.\n", "latin1"); // Windows' apostrophe and é: no UTF-8
const SMALL = ["--hidden-size", "24", "--seq-length", "20", "--learning-rate", "0.02"];

let cwd: string;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "ello-test-"));
  writeFileSync(join(cwd, "lines.txt"), LINES.repeat(80));
  writeFileSync(join(cwd, "bytes.txt"), Buffer.concat(Array.from({ length: 80 }, () => BYTES)));
  const flags = [...SMALL, "--epochs", "40", "--quiet"];
  await train(cwd, "--text", "lines.txt", ...flags, "--batch-size", "2", "--out-dir", "lines");
  await train(cwd, "--text", "bytes.txt", "--unit", "byte", ...flags, "--out-dir", "bytes");
});
afterAll(() => rmSync(cwd, { recursive: true }));

/** What a pipe gets, a character for each byte. */
async function piped(model: string, ...flags: string[]): Promise<string> {
  const { bytes, stderr } = await intoPipe(
    "sample",
    "--model",
    join(cwd, model),
    "--greedy",
    ...flags,
  );
  expect(stderr).toBe("");
  return bytes.toString("latin1");
}

const shown = (model: string, ...flags: string[]) =>
  onTerminal(80, "sample", "--model", join(cwd, model), "--greedy", ...flags);

describe("into a pipe", () => {
  test("a carriage return is one, and nothing is added", async () => {
    expect(await piped("lines", "--prime", "one", "--length", "28")).toBe(LINES);
  });

  test("a byte is that byte, also of the prime's file", async () => {
    writeFileSync(join(cwd, "prime.bin"), BYTES.subarray(0, 3));
    const prime = ["--prime", `@${join(cwd, "prime.bin")}`];
    expect(await piped("bytes", ...prime, "--length", "10")).toBe(BYTES.toString("latin1"));
    const stop = ["--stop", "a c", "--length", "9"];
    expect(await piped("bytes", ...prime, ...stop)).toBe("It\x92s ");
  });

  test("several texts have a line feed between them", async () => {
    const flags = ["--prime", "one", "--length", "5", "--count", "3"];
    expect(await piped("lines", ...flags)).toBe("one line\none line\none line");
  });
});

describe("on a terminal", () => {
  test("control characters are spelled out and the line is ended", async () => {
    const { text } = await shown("lines", "--prime", "one", "--length", "28");
    expect(text).toBe("one line here\\r\ntwo lines here\\r\n\n");
    const bytes = await shown("bytes", "--prime", "It", "--length", "10");
    expect(bytes.text).toBe("It\ufffds a caf\ufffd.\n");
  });

  test("--raw sends the bytes as they are", async () => {
    const { text } = await shown("lines", "--prime", "one", "--length", "28", "--raw");
    expect(text).toBe(LINES);
  });
});

describe("--prime", () => {
  test("@@ stands for an @, and @ for a file", async () => {
    writeFileSync(join(cwd, "prime.txt"), "two");
    const file = await shown("lines", "--prime", `@${join(cwd, "prime.txt")}`, "--length", "6");
    expect(file.text).toBe("two lines\n");
    const at = ["--unknown", "skip", "--length", "0"];
    expect((await shown("lines", "--prime", "@@bob", ...at)).text).toBe("@bob\n");
    expect((await shown("lines", "--prime", "@@@", ...at)).text).toBe("@@\n");
    const { code, text, stderr } = await shown("lines", "--prime", "@bob");
    expect({ code, text }).toEqual({ code: 1, text: "" });
    expect(stderr).toBe(
      '--prime: expected a readable text, got ENOENT: no such file or directory for "bob"; @@ stands for a text that begins with @\n',
    );
  });
});
