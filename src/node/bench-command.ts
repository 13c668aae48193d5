// `npm run bench`: the core against the reference, shape by shape, as a table.

import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { PHASES, peakGflops, phaseTimes } from "../bench/core.ts";
import { agree, type Contestant, compare } from "../bench/measure.ts";
import type { BenchReport, ReportRow } from "../bench/report.ts";
import { sha256 } from "../checkpoint/sha256.ts";
import { createWasmEngine } from "../index.ts";
import type { Shape } from "../model/shape.ts";
import { ReferenceEngine } from "../reference/engine.ts";
import type { WasmEngine } from "../wasm/engine.ts";
import { hasRelaxedSimd } from "../wasm/instantiate.ts";
import { drawBenchChart } from "./bench-chart.ts";
import type { BenchOptions } from "./bench-options.ts";
import { RunError, reasonOf } from "./errors.ts";
import type { Output } from "./output.ts";
import { availableThreads, coreFile } from "./platform.ts";

const PEAK_SHAPE = { V: 65, H: 128, T: 50, B: 32 };
const CHECKED_STEPS = 3;
const FAST_TOLERANCE = 1e-9; // of the largest parameter: fusing rounds once where the others do twice
const BASE = "reference";

/** Runs the command. @throws {RunError} if two sides disagree or a file cannot be written. */
export async function runBench(options: BenchOptions, output: Output): Promise<void> {
  const builds: Record<string, string> = {};
  for (const build of ["release", "team", "fast", "fast-team"] as const) {
    builds[build] = await sha256(await readFile(coreFile(build)));
  }
  const peak = peakGflops(await createWasmEngine(PEAK_SHAPE, 1));
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores`;
  await output.line(`${machine}, Node ${process.version}`);
  for (const [name, hash] of Object.entries(builds)) {
    await output.line(`${name}.wasm ${hash.slice(0, 16)}`);
  }
  await output.line(`micro-kernel alone, in the first cache: ${peak.toFixed(1)} GFLOP/s`);
  const shapes: (Shape & { rows: ReportRow[] })[] = [];
  for (const shape of options.shapes) {
    const engine = await createWasmEngine(shape, 1);
    const contestants: Contestant[] = [
      { name: BASE, engine: new ReferenceEngine(shape) },
      { name: "wasm-1", engine },
    ];
    const team = await createWasmEngine(shape, availableThreads());
    if (team.threads > 1) contestants.push({ name: `wasm-${team.threads}`, engine: team });
    const fast: Contestant[] = [];
    for (const threads of hasRelaxedSimd() ? new Set([1, team.threads]) : []) {
      const fused = await createWasmEngine(shape, threads, true);
      fast.push({ name: `fast-${threads}`, engine: fused });
    }
    const rows = await measure(shape, contestants, fast, options.seconds, peak, output);
    shapes.push({ ...shape, rows });
    if (options.phases) await printPhases(engine, options.seconds, output);
    team.close();
    for (const { engine: fused } of fast) fused.close();
  }
  const report: BenchReport = {
    machine,
    node: process.version,
    builds,
    peakGflops: peak,
    shapes,
  };
  if (options.json) await save("--json", options.json, `${JSON.stringify(report, null, 2)}\n`);
  if (options.chart) await save("--chart", options.chart, await drawBenchChart(report));
}

async function measure(
  shape: Shape,
  exact: readonly Contestant[],
  fast: readonly Contestant[],
  seconds: number,
  peak: number,
  output: Output,
): Promise<ReportRow[]> {
  const { V, H, T, B } = shape;
  const place = `at ${V}x${H}x${T}x${B}`;
  const names = exact.map(({ name }) => name).join(", ");
  if (!agree(exact, CHECKED_STEPS)) {
    throw new RunError(
      `bench: expected the same bits from ${names} ${place}, got different ones; please report it`,
    );
  }
  if (!agree([...exact.slice(0, 1), ...fast], CHECKED_STEPS, FAST_TOLERANCE)) {
    throw new RunError(
      `bench: expected fast builds within ${FAST_TOLERANCE} of the reference ${place}, got more; please report it`,
    );
  }
  const rows = compare([...exact, ...fast], seconds).map((row) => ({
    ...row,
    shareOfPeak: row.gflops / peak,
  }));
  await output.line("");
  await output.line(`V ${V}, H ${H}, T ${T}, B ${B}: the same bits after ${CHECKED_STEPS} steps`);
  await output.line(
    "             µs a step   characters/s   GFLOP/s   of peak   against the reference",
  );
  for (const row of rows) await output.line(tableLine(row));
  return rows;
}

function tableLine(row: ReportRow): string {
  const count = (value: number) => Math.round(value).toLocaleString("en-US");
  const ratio = `${row.ratioToReference.toFixed(2)}x`;
  const spread = row.ratioSpread.map((value) => value.toFixed(2)).join(" – ");
  return [
    `  ${row.name.padEnd(9)}`,
    (row.microsecondsPerStep < 1000
      ? row.microsecondsPerStep.toFixed(2)
      : count(row.microsecondsPerStep)
    ).padStart(11),
    count(row.charsPerSecond).padStart(15),
    row.gflops.toFixed(1).padStart(10),
    `${(100 * row.shareOfPeak).toFixed(0)} %`.padStart(10),
    `   ${ratio.padStart(6)}${row.name === BASE ? "" : `  (${spread})`}`,
  ].join("");
}

async function printPhases(engine: WasmEngine, seconds: number, output: Output): Promise<void> {
  const times = phaseTimes(engine, seconds);
  const whole = times.reduce((sum, value) => sum + value, 0);
  await output.line("  phases of wasm-1:");
  for (const [i, name] of PHASES.entries()) {
    const own = times[i] as number;
    await output.line(
      `    ${name.padEnd(11)}${own.toFixed(2).padStart(12)} µs${`${((100 * own) / whole).toFixed(1)} %`.padStart(9)}`,
    );
  }
}

async function save(flag: string, path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (error) {
    throw new RunError(
      `${flag}: expected a file that can be written, got ${reasonOf(error)} for ${JSON.stringify(path)}`,
    );
  }
}
