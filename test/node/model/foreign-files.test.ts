// The command line with files from elsewhere: pipes and devices, names that a terminal would obey,
// JSON that would overflow a stack, and layers under other names.

import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeSafetensors } from "../../../src/checkpoint/safetensors.ts";
import { CLI, command, makeFolder, type Outcome, receiptOf, run } from "../run.ts";

const ESC = "\u001b[2J\u009b\u2028\u202e";
const SHOWN = "\\u001b[2J\\u009b\\u2028\\u202e";
const OBEYED = /[^\P{Cc}\n]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

function expectOneLine({ code, stdout, stderr }: Outcome, exit: number, line: RegExp): void {
  expect(stderr).toMatch(line);
  expect(stderr).toMatch(/^[^\n]{1,1000}\n$/);
  expect(stderr).not.toMatch(OBEYED);
  expect({ code, stdout }).toEqual({ code: exit, stdout: "" });
}

/** A folder with a pipe that nobody writes to, a short text and, in `run`, a run on it. */
async function makeRun(): Promise<string> {
  const cwd = makeFolder();
  execFileSync("mkfifo", [join(cwd, "pipe")]);
  writeFileSync(join(cwd, "text.txt"), "the cat sat on the mat. ".repeat(20));
  const sizes = ["--hidden-size", "3", "--seq-length", "4", "--epochs", "1", "--quiet"];
  await command(cwd, "train", "--text", "text.txt", ...sizes, "--out-dir", "run");
  return cwd;
}

/** A file with this text as its header. */
function withHeader(json: string): Uint8Array {
  const text = new TextEncoder().encode(json);
  const file = new Uint8Array(8 + text.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

describe("pipes, devices and folders are refused at once", () => {
  const notRegular = /got (a pipe|a device), not a regular file for "(pipe|\/dev\/zero)"/;
  test.each([
    [["inspect"]],
    [["sample", "--model"]],
    [["eval", "--text", "text.txt", "--model"]],
    [["train", "--init-from"]],
    [["train", "--config"]],
  ])("by %j", async (words) => {
    const cwd = await makeRun();
    for (const file of ["pipe", "/dev/zero"]) {
      expectOneLine(await command(cwd, ...words, file), 1, notRegular);
    }
  });

  test("by --prime @FILE, --peers and --resume", async () => {
    const cwd = await makeRun();
    const prime = ["sample", "--model", "run", "--prime"];
    expectOneLine(await command(cwd, ...prime, "@pipe"), 1, notRegular);
    expectOneLine(await command(cwd, ...prime, "@/dev/zero"), 1, notRegular);
    expectOneLine(await command(cwd, ...prime, "@."), 1, /got EISDIR/);
    expectOneLine(
      await command(cwd, "bench", "--peers", "pipe"),
      2,
      /got a pipe, not a regular file/,
    );
    mkdirSync(join(cwd, "other"));
    execFileSync("mkfifo", [join(cwd, "other/training.safetensors")]);
    expectOneLine(await command(cwd, "train", "--resume", "other"), 1, /got a pipe, not a regular/);
  });

  test("as texts that a receipt names, or that a folder holds", async () => {
    const cwd = await makeRun();
    for (const text of ["pipe", "/dev/zero"]) {
      writeFileSync(join(cwd, "run/receipt.json"), JSON.stringify({ text: [text] }));
      const line = /expected texts that are files or folders, got a pipe or a device, "/;
      expectOneLine(await command(cwd, "train", "--resume", "run"), 1, line);
      expectOneLine(await command(cwd, "train", "--config", "run/receipt.json"), 1, line);
      expectOneLine(await command(cwd, "eval", "run", "--split", "val"), 1, line);
    }
    mkdirSync(join(cwd, "texts"));
    execFileSync("mkfifo", [join(cwd, "texts/a.txt")]);
    expectOneLine(await command(cwd, "train", "--text", "texts"), 1, /--text: .* got a pipe, not/);
    expectOneLine(await command(cwd, "train", "--text", "/dev/zero"), 1, /--text: .* got a device/);
  });

  test("but not a shell's <(…) as a text", async () => {
    const cwd = await makeRun();
    const flags = "--hidden-size 3 --seq-length 4 --epochs 1 --quiet --out-dir piped";
    const line = `"${process.execPath}" "${CLI}" train --text <(cat text.txt) ${flags}`;
    expect(await run("bash", ["-c", line], cwd)).toEqual({ code: 0, stdout: "", stderr: "" });
    const [piped, read] = ["piped", "run"].map((name) => receiptOf(join(cwd, name)));
    expect(piped.parametersSha256).toEqual(read.parametersSha256);
  });
});

describe("what a file says is shown, not sent", () => {
  test("by inspect, of a model with hostile metadata under a hostile name", async () => {
    const cwd = makeFolder();
    const tensor = (name: string, ...shape: number[]) => {
      const length = shape.reduce((product, size) => product * size, 1);
      return { name, shape, data: new Float64Array(length) };
    };
    const tensors = [
      tensor(`${ESC}.weight_ih_l0`, 1, 2),
      tensor(`${ESC}.weight_hh_l0`, 1, 1),
      tensor("fc.weight", 2, 1),
    ];
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`m${i}`, "x"]));
    const metadata = { [`a${ESC}`]: `b${ESC}\nfake: line`, long: "x".repeat(5000), ...many };
    writeFileSync(join(cwd, `m${ESC}\n.safetensors`), encodeSafetensors({ tensors, metadata }));
    const name = `m${ESC}\n.safetensors`;
    const { code, stdout } = await command(cwd, "inspect", name, "--tensor-names", `${ESC}=rnn`);
    expect(code).toBe(0);
    expect(stdout).not.toMatch(OBEYED);
    expect(stdout).toContain(`m${SHOWN}\\n.safetensors: `);
    expect(stdout).toContain(`  ${SHOWN}.weight_ih_l0`);
    expect(stdout).toContain(`  a${SHOWN}: b${SHOWN}\\nfake: line\n`);
    expect(stdout).toContain("  and 12 more\n");
    expect(stdout.length).toBeLessThan(3000);
  });

  test.each<[name: string, json: string, got: RegExp]>([
    ["a name", `{"${JSON.stringify(ESC).slice(1, -1)}\\r":1}`, /got 1$/m],
    ["deep lists", `{"a":${"[".repeat(100_000)}`, /brackets nested deeper than 3$/m],
    ["a long list", `[${"1,".repeat(400_000)}1]`, /got \[1,1,.*…/],
    ["many values", `[${"1,".repeat(1_000_001)}1]`, /got more than 1000000 values$/m],
    ["a long name", `{"${"x".repeat(1_000_000)}":1}`, /^inspect f: x+…x+: expected a JSON/],
  ])("in the error about a header with %s", async (_name, json, got) => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, "f"), withHeader(json));
    expectOneLine(await command(cwd, "inspect", "f"), 1, got);
  });

  test("in errors about a configuration, weights and words of the command line", async () => {
    const cwd = await makeRun();
    const file = (name: string, text: string) => writeFileSync(join(cwd, name), text);
    file("deep.json", `{"a":${"[".repeat(100_000)}`);
    file("twice.json", '{"seed":1,"seed":2}');
    file("strange.json", JSON.stringify({ [ESC.repeat(500)]: 1 }));
    file("value.json", JSON.stringify({ seed: { [ESC]: ESC } }));
    const config = (name: string) => command(cwd, "train", "--config", name);
    expectOneLine(await config("deep.json"), 1, /got brackets nested deeper than 64 for/);
    expectOneLine(await config("twice.json"), 1, /got the key "seed" twice for/);
    expectOneLine(await config("strange.json"), 2, /got \\u001b\[2J/);
    expectOneLine(await config("value.json"), 2, /--seed: .* got \{"\\u001b\[2J/);
    expectOneLine(
      await command(cwd, "train", "--init-from", "deep.json"),
      1,
      /--init-from deep\.json: file: expected JSON, got brackets nested deeper than 64/,
    );
    expectOneLine(await command(cwd, "train", `--${ESC}`), 2, /^--\\u001b\[2J/);
    expectOneLine(await command(cwd, ESC), 2, /got \\u001b\[2J/);
    expectOneLine(await command(cwd, "inspect", "x".repeat(100_000)), 1, /ENAMETOOLONG/);
  });

  test("by train and eval, of their folders and files", async () => {
    const cwd = await makeRun();
    const folder = `o${ESC}`;
    const trained = await command(cwd, "train", "--epochs", "1", "--out-dir", folder);
    expect(trained.stdout).not.toMatch(OBEYED);
    expect(trained.stdout).toContain(`o${SHOWN}/model.safetensors`);
    appendFileSync(join(cwd, `m${ESC}`), readFileSync(join(cwd, "run/model.safetensors")));
    const evaluated = await command(cwd, "eval", "--model", `m${ESC}`, "--text", "text.txt");
    expect(evaluated.stdout).not.toMatch(OBEYED);
    expect(evaluated.stdout).toContain(`m${SHOWN} (GRU with 3 hidden units)`);
  });
});

test("--tensor-names says which layers are which", async () => {
  const cwd = await makeRun();
  const { header, data } = parts(readFileSync(join(cwd, "run/model.safetensors")));
  const renamed = header.replaceAll("rnn.", "encoder.").replaceAll("fc.", "decoder.");
  writeFileSync(join(cwd, "m"), Buffer.concat([withHeader(renamed), data]));
  const hint = /got encoder\..*; name the layers: --tensor-names encoder=rnn,decoder=fc$/m;
  expectOneLine(await command(cwd, "inspect", "m"), 1, hint);
  const names = ["--tensor-names", "encoder=rnn,decoder=fc"];
  expect((await command(cwd, "inspect", "m", ...names)).stdout).toContain("3 hidden units");
  const sampled = await command(cwd, "sample", "--model", "m", "--length", "9", ...names);
  expect(sampled).toEqual(
    await command(cwd, "sample", "--model", "run/model.safetensors", "--length", "9"),
  );
  const text = ["--text", "text.txt"];
  expect((await command(cwd, "eval", "--model", "m", ...text, ...names)).code).toBe(0);
  const further = ["--init-from", "m", "--epochs", "1", "--quiet", "--out-dir", "further"];
  expect((await command(cwd, "train", ...text, ...further, ...names)).code).toBe(0);
  const [start] = [receiptOf(join(cwd, "further")).parametersSha256.initial];
  expect(start).toBe(receiptOf(join(cwd, "run")).parametersSha256.final);
  for (const list of ["encoder", "encoder=lstm", "=rnn", ""]) {
    expectOneLine(
      await command(cwd, "inspect", "m", "--tensor-names", list),
      2,
      /^--tensor-names: expected LAYER=rnn,LAYER=fc with the layers' names in the file, got "/,
    );
  }
});

test("--vocabulary names the tokens of a file that does not, in whatever order", async () => {
  const cwd = await makeRun();
  const { header, data } = parts(readFileSync(join(cwd, "run/model.safetensors")));
  const { __metadata__: about, ...tensors } = JSON.parse(header);
  writeFileSync(join(cwd, "m"), Buffer.concat([withHeader(JSON.stringify(tensors)), data]));
  const tokens: string[] = JSON.parse(about.vocabulary);
  const turned = tokens.toReversed();
  const ids = Object.fromEntries(tokens.map((token, id) => [token, id]));
  for (const [name, value] of Object.entries({ list: tokens, ids, turned })) {
    writeFileSync(join(cwd, `${name}.json`), JSON.stringify(value));
  }
  const none = /^--model m: vocabulary: expected one, .*--vocabulary/;
  expectOneLine(await command(cwd, "sample", "--model", "m"), 1, /vocabulary: expected one/);
  expectOneLine(await command(cwd, "eval", "--model", "m", "--text", "text.txt"), 1, none);
  const words = ["sample", "--model", "m", "--length", "40", "--vocabulary"];
  const own = await command(cwd, "sample", "--model", "run/model.safetensors", "--length", "40");
  expect(await command(cwd, ...words, "list.json")).toEqual(own);
  expect(await command(cwd, ...words, "ids.json")).toEqual(own);
  const others = (await command(cwd, ...words, "turned.json", "--prime", "a")).stdout;
  expect([...others].every((character) => tokens.includes(character))).toBe(true);
  expect(others).not.toBe(own.stdout);
  const text = ["--text", "text.txt", "--vocabulary"];
  expect((await command(cwd, "eval", "--model", "m", ...text, "list.json")).code).toBe(0);
  const further = ["train", "--init-from", "m", "--epochs", "1", "--quiet", "--out-dir"];
  expect((await command(cwd, ...further, "further", ...text, "turned.json")).code).toBe(0);
  const { stdout } = await command(cwd, "inspect", "further/model.safetensors");
  expect(stdout).toContain(`vocabulary: ${JSON.stringify(turned)}`);
  for (const [content, line] of [
    ["[", /^--vocabulary v: expected a JSON file, got /],
    ["3", /^--vocabulary v: expected a list of tokens, or an object with the ids from 0 on, got/],
    ['{"a":0,"b":2}', /^--vocabulary v: expected a list of tokens, or an object/],
    ['["a","a"]', /^--vocabulary v: vocabulary: expected distinct characters, got one twice/],
    [
      '["a","b"]',
      /^--model m: vocabulary: expected \d+ tokens, as many as the weights are for, got 2/,
    ],
  ] as const) {
    writeFileSync(join(cwd, "v"), content);
    expectOneLine(await command(cwd, ...words, "v"), 1, line);
  }
  expectOneLine(
    await command(cwd, "train", ...text, "list.json", "--out-dir", "x"),
    2,
    /^--vocabulary: expected --init-from as well/,
  );
});

/** A file's header and what is behind it. */
function parts(file: Buffer): { header: string; data: Buffer } {
  const end = 8 + Number(file.readBigUInt64LE());
  return { header: file.toString("utf8", 8, end), data: file.subarray(end) };
}
