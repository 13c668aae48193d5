// hello trained by the core alone, without JavaScript: in an interpreter of WebAssembly, from the command line.

import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONSTANTS, writeConstants } from "../../src/engine/optimizer.ts";
import { completeConfig } from "../../src/index.ts";
import { initialOf } from "../../src/settings/initial.ts";
import { run } from "../node/run.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** The numbers of an array as two that each depend on all of its bits. */
export function foldedBits(parameters: Float64Array): bigint[] {
  const words = new BigInt64Array(parameters.slice().buffer);
  let [sum, mixed] = [0n, 0n];
  for (const word of words) {
    sum = BigInt.asIntN(64, sum + word);
    mixed = BigInt.asIntN(64, (mixed ^ word) * 6364136223846793005n);
  }
  return [sum, mixed];
}

/** A module that trains hello when it is asked for the numbers above. */
function sourceOf(): string {
  const config = completeConfig();
  const shape = { V: 4, H: config.hiddenSize, T: 4, B: 1 };
  const constants = new Float64Array(CONSTANTS);
  writeConstants(config, shape, 0, constants);
  const { kind, size } = initialOf(config);
  return `
import { initialize } from "./initial";
import { measure } from "./dimensions";
import { inputs, parameters, reserve, rule, state, targets } from "./layout";
import { trainStep } from "./step";
let trained = false;
function train(): void {
  if (trained) return;
  trained = true;
  measure(4, ${shape.H}, 4, 1, 0, 1, 0);
  reserve(0, 1);
  initialize(${config.seed}, 0, ${kind}, ${size}, 0);
${[...constants].map((value, i) => `  store<u64>(rule + ${8 * i}, ${bitsOf(value)});`).join("\n")}
  for (let epoch = 0; epoch < ${config.epochs}; epoch++) {
    for (let i = 0; i < ${shape.H}; i++) store<f64>(state + 8 * i, 0);
${[0, 1, 2, 2].map((id, i) => `    store<i32>(inputs + ${4 * i}, ${id});`).join("\n")}
${[1, 2, 2, 3].map((id, i) => `    store<i32>(targets + ${4 * i}, ${id});`).join("\n")}
    if (trainStep(1000) != 0) unreachable();
  }
}
const N: i32 = ${4 * shape.H * 2 + shape.H * shape.H + shape.H + 4};
export function sum(): i64 {
  train();
  let all: i64 = 0;
  for (let i = 0; i < N; i++) all += load<i64>(parameters + 8 * i);
  return all;
}
export function mixed(): i64 {
  train();
  let all: i64 = 0;
  for (let i = 0; i < N; i++) all = (all ^ load<i64>(parameters + 8 * i)) * 6364136223846793005;
  return all;
}
`;
}

function bitsOf(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return `0x${view.getBigUint64(0).toString(16)}`;
}

/**
 * What wabt's interpreter finds, which has no compiler and shares no code with a browser's engine.
 * @throws {Error} for what it says instead.
 */
export async function helloInterpreted(): Promise<bigint[]> {
  const folder = mkdtempSync(join(tmpdir(), "ello-interpreter-"));
  try {
    cpSync(join(ROOT, "assembly"), join(folder, "assembly"), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    mkdirSync(join(folder, "build"));
    writeFileSync(join(folder, "assembly/hello.ts"), sourceOf());
    const asc = join(ROOT, "node_modules/assemblyscript/bin/asc.js");
    const flags = [
      "--runtime",
      "stub",
      "--enable",
      "simd",
      "--noAssert",
      "-O3",
      "--use",
      "real=f64",
    ];
    const words = ["assembly/hello.ts", ...flags, "--config", "none", "-o", "build/hello.wasm"];
    const made = await run(process.execPath, [asc, ...words], folder);
    if (made.code !== 0) throw new Error(made.stderr);
    const { stdout, stderr } = await run(
      "wasm-interp",
      ["build/hello.wasm", "--run-all-exports"],
      folder,
    );
    const found = [...stdout.matchAll(/^(?:sum|mixed)\(\) => i64:(\d+)$/gm)];
    if (found.length !== 2) throw new Error(`wasm-interp: ${stdout}${stderr}`);
    return found.map(([, digits = ""]) => BigInt.asIntN(64, BigInt(digits)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
