// `npm run bench:peers`: peers that agree are timed, those that do not or are missing are named.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { command, makeFolder } from "../run.ts";

const PEER = fileURLToPath(new URL("../../peers/peer.js", import.meta.url));
const OPTIMIZER = fileURLToPath(new URL("../../../build/engine/optimizer.js", import.meta.url));
const REFERENCE = fileURLToPath(new URL("../../../build/reference/engine.js", import.meta.url));

/** A peer that runs the reference and adds `error` to its losses. */
const script = (error: number) => `
import { serve } from ${JSON.stringify(PEER)};
import { ReferenceEngine } from ${JSON.stringify(REFERENCE)};
import { SGD } from ${JSON.stringify(OPTIMIZER)};
await serve("the reference again", ({ V, H, T, B, cell, layers, learningRate, clipValue, inputs, targets, ...w }) => {
  const engine = new ReferenceEngine({ V, H, T, B, cell, layers });
  engine.inputs.set(inputs);
  engine.targets.set(targets);
  const all = [...w.matrices.flat(), w.Why, ...w.biases, w.by];
  engine.parameters.set(all.flatMap((part) => [...part]));
  return () => {
    engine.state.fill(0);
    return engine.step({ ...SGD, learningRate, clipValue }).loss + ${error};
  };
});`;

test("peers are checked, timed beside ours, and named when they cannot take part", async () => {
  const cwd = makeFolder();
  writeFileSync(join(cwd, "right.js"), script(0));
  writeFileSync(join(cwd, "wrong.js"), script(1e-6));
  writeFileSync(join(cwd, "dies.js"), `process.stdin.once("data", () => process.exit(3));`);
  const peer = (name: string, command: string[], more = {}) => ({
    name,
    command,
    install: `get ${name}`,
    threaded: false,
    tolerance: { rnn: 1e-9 },
    ...more,
  });
  const peers = [
    peer("right", ["node", "right.js"]),
    peer("wrong", ["node", "wrong.js"]),
    peer("narrow", ["node", "right.js"], { oneRow: true }),
    peer("gated", ["node", "right.js"], { tolerance: { gru: 1e-9 } }),
    peer("dies", ["node", "dies.js"]),
    peer("absent", ["no-such-program"]),
    peer("unwanted", ["no-such-program"]),
  ];
  writeFileSync(join(cwd, "package.json"), `{ "type": "module" }`);
  writeFileSync(join(cwd, "peers.json"), JSON.stringify({ peers }));
  const rows = "wasm-1,right,wrong,narrow,gated,dies,absent";
  const files = ["--json", "b.json", "--chart", "b.png"];
  const sizes = [
    "--against",
    "H",
    "--shapes",
    "5x4x3x2,5x8x3x2,5x8x3x2:gru:2",
    "--seconds",
    "0.01",
  ];
  const flags = ["--peers", "peers.json", "--rows", rows, ...sizes, ...files];
  const { code, stdout, stderr } = await command(cwd, "bench", ...flags);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("right: the reference again\n");
  expect(stdout).toContain("  right: losses within 0.0e+0 of ours\n");
  expect(stdout).toMatch(
    /^ {2}wrong left out: expected its losses within 1e-9 of ours, got \d\.\de-7$/m,
  );
  expect(stdout).toMatch(/^dies is not here \(.+\): get dies$/m);
  expect(stdout).toContain("absent is not here (ENOENT");
  expect(stdout).not.toContain("unwanted");
  expect(stdout).toMatch(/^\| H \| reference \| wasm-1 \| right \| gated \|$/m);
  expect(stdout).toMatch(/^\| 8 \| [\d,]+ \| [\d,]+ \| [\d,]+ \| – \|$/m);
  const report = JSON.parse(readFileSync(join(cwd, "b.json"), "utf8"));
  expect(Object.keys(report.peers)).toEqual(["right", "wrong", "narrow", "gated"]);
  expect(stdout).toContain("V 5, H 8, T 3, B 2, 2 layers of gru: the same bits");
  expect(report.shapes[2]).toMatchObject({ cell: "gru", layers: 2 });
  expect(report.shapes.map(({ rows }: any) => rows.at(-1).name)).toEqual([
    "right",
    "right",
    "gated",
  ]);
  expect(report.shapes[0].rows.map(({ name }: { name: string }) => name)).toEqual([
    "reference",
    "wasm-1",
    "right",
  ]);
  expect(readFileSync(join(cwd, "b.png")).subarray(1, 4).toString()).toBe("PNG");
});

test.each<[flags: string[], line: RegExp]>([
  [["--peers", "none.json"], /^--peers: expected a list of peers such as .*, got ENOENT/],
  [["--against", "T"], /^--against: expected H or B, got "T"$/],
  [["--rows", "wasm-1,warm-1"], /^--rows: expected rows of this run, got "warm-1"/],
])("%j is refused", async (flags, line) => {
  const all = ["--shapes", "2x1x1x1", "--seconds", "0.01", ...flags];
  const { code, stderr } = await command(makeFolder(), "bench", ...all);
  expect(stderr.trimEnd()).toMatch(line);
  expect(stderr.trimEnd()).not.toContain("\n");
  expect(code).toBe(2);
});

test("a Python that has what a peer needs is found behind one that has not, or named", async () => {
  const cwd = makeFolder();
  writeFileSync(join(cwd, "right.js"), script(0));
  writeFileSync(join(cwd, "package.json"), `{ "type": "module" }`);
  for (const [folder, lines] of Object.entries({
    bare: "echo \"ModuleNotFoundError: No module named 'torch'\" >&2; exit 1",
    full: `exec ${JSON.stringify(process.execPath)} "$@"`,
  })) {
    mkdirSync(join(cwd, folder));
    writeFileSync(join(cwd, folder, "python3"), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  }
  const [bare, full] = ["bare", "full"].map((folder) => join(cwd, folder, "python3"));
  const peer = { command: ["$PYTHON", "right.js"], install: "get it", threaded: false };
  const peers = [{ name: "torch", tolerance: { rnn: 1e-9 }, ...peer }];
  writeFileSync(join(cwd, "peers.json"), JSON.stringify({ peers }));
  const flags = ["--peers", "peers.json", "--rows", "torch", "--shapes", "5x4x3x2"];
  const bench = (...more: string[]) =>
    command(cwd, "bench", ...flags, "--seconds", "0.01", ...more);
  const { PATH, PYTHON } = process.env;
  try {
    delete process.env["PYTHON"];
    process.env["PATH"] = [join(cwd, "bare"), join(cwd, "full"), PATH].join(delimiter);
    expect((await bench()).stdout).toContain("torch: the reference again\n");
    expect((await bench("--python", bare as string)).stdout).toContain(
      `torch is not here (${bare}: ModuleNotFoundError: No module named 'torch'): get it\n`,
    );
    expect((await bench("--python", full as string)).stdout).toContain("the reference again");
  } finally {
    process.env["PATH"] = PATH;
    if (PYTHON !== undefined) process.env["PYTHON"] = PYTHON;
  }
});
