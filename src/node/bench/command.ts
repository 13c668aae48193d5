// `npm run bench`: the core against the reference and its peers, shape by shape, as tables.

import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { kernelContestant, PHASES, phaseTimes } from "../../bench/core.ts";
import {
  agree,
  type Clocks,
  type Comparison,
  type Contestant,
  compare,
  contestantOf,
  type EngineContestant,
  quantile,
} from "../../bench/measure.ts";
import { type BenchReport, noiseNotes, type ReportShape } from "../../bench/report.ts";
import { sha256 } from "../../checkpoint/sha256.ts";
import type { Shape } from "../../engine/shape.ts";
import { createWasmEngine } from "../../index.ts";
import { ReferenceEngine } from "../../reference/engine.ts";
import type { WasmEngine } from "../../wasm/engine.ts";
import { hasRelaxedSimd } from "../../wasm/instantiate.ts";
import { RunError, reasonOf, UsageError } from "../errors.ts";
import type { Output } from "../output.ts";
import { availableThreads, coreFile } from "../platform.ts";
import { makeWideCores, type WideCores } from "../wide.ts";
import { drawBenchChart } from "./chart.ts";
import type { BenchOptions } from "./options.ts";
import { type Peer, type PeerProcess, readPeers, startPeers } from "./peers.ts";
import { drawSizeChart } from "./size-chart.ts";
import { phaseLines, programOf, shapeName, sizeTable, TABLE_HEAD, tableLine } from "./table.ts";

const CHECKED_STEPS = 3;
const FAST_TOLERANCE = 1e-9; // of the largest parameter: fusing rounds once where the others do twice
const CLOCKS: Clocks = {
  wall: () => 1000 * performance.now(),
  processor: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
};
const WIDE_KERNEL = "wide kernel";
const SLOWEST = 30e6; // µs a step: a peer slower than this is left out

/** Runs the command. @throws {RunError} if two sides disagree or a file cannot be written. */
export async function runBench(options: BenchOptions, output: Output): Promise<void> {
  const known = options.peers ? await readPeers(options.peers) : [];
  checkRows(options, known);
  const builds: Record<string, string> = {};
  for (const build of ["release", "team", "fast", "fast-team"] as const) {
    builds[build] = await sha256(await readFile(coreFile(build)));
  }
  const made = options.wide ? await makeWideCores() : undefined;
  const wide = typeof made === "string" ? undefined : made;
  if (typeof made === "string") await output.line(`--wide: ${made}; its rows are left out`);
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores`;
  await output.line(`${machine}, Node ${process.version}`);
  for (const [name, hash] of Object.entries(builds)) {
    await output.line(`${name}.wasm ${hash.slice(0, 16)}`);
  }
  const peers = options.peers
    ? await startPeers(options.peers, known, isWanted(options), options.python, output)
    : [];
  try {
    const shapes: ReportShape[] = [];
    const peaks: number[] = [];
    for (const shape of options.shapes) {
      const { rows, peakGflops } = await benchShape(shape, peers, wide, options, output);
      shapes.push({ ...shape, rows });
      peaks.push(peakGflops);
    }
    const setups = Object.fromEntries(peers.map(({ name, setup }) => [name, setup]));
    const report: BenchReport = {
      machine,
      node: process.version,
      builds,
      ...(options.peers ? { peers: setups } : {}),
      peakGflops: quantile(peaks, 0.5),
      shapes,
    };
    await conclude(report, options, output);
  } finally {
    for (const peer of peers) peer.close();
  }
}

/** Whether a row is asked for by --rows. The reference always is, being what ratios are to. */
function isWanted({ rows }: BenchOptions): (name: string) => boolean {
  return (name) => name === "reference" || rows === undefined || rows.includes(name);
}

/** @throws {UsageError} if --rows names one that this run cannot have. */
function checkRows({ rows = [], wide }: BenchOptions, peers: readonly Peer[]): void {
  const own = wide ? /^(reference|(wasm|wide|fast)-\d+)$/ : /^(reference|(wasm|fast)-\d+)$/;
  const unknown = rows.find(
    (row) => !own.test(row) && !peers.some(({ name }) => programOf(row) === name),
  );
  if (unknown !== undefined) {
    throw new UsageError(
      `--rows: expected rows of this run, got ${JSON.stringify(unknown)}; take reference, wasm-N, fast-N, with --wide wide-N, or a name of the list that --peers gives`,
    );
  }
}

/** Checks and times all sides at one shape, and prints them. */
async function benchShape(
  shape: Shape,
  peers: readonly PeerProcess[],
  wide: WideCores | undefined,
  options: BenchOptions,
  output: Output,
): Promise<Comparison> {
  const { V, H, T, B } = shape;
  const place = `at ${shapeName(shape)}`;
  await output.line("");
  const [exact, fast] = await makeEngines(shape, wide, isWanted(options));
  const names = exact.map(({ name }) => name).join(", ");
  const engines = exact.map(({ engine }) => engine);
  if (!agree(engines, CHECKED_STEPS)) {
    throw new RunError(
      `bench: expected the same bits from ${names} ${place}, got different ones; please report it`,
    );
  }
  const fused = fast.map(({ engine }) => engine);
  if (!agree([...engines.slice(0, 1), ...fused], CHECKED_STEPS, FAST_TOLERANCE)) {
    throw new RunError(
      `bench: expected fast builds within ${FAST_TOLERANCE} of the reference ${place}, got more; please report it`,
    );
  }
  await output.line(
    `V ${V}, H ${H}, T ${T}, B ${B}${ofNetwork(shape)}: the same bits after ${CHECKED_STEPS} steps`,
  );
  const checked: Contestant[] = [];
  for (const peer of peers) if (await isReady(peer, exact, output)) checked.push(peer);
  const kernel = await kernelContestant(shape, (own) => createWasmEngine(own, 1));
  const all = [...exact, ...fast, ...checked];
  const comparison = await compare(shape, kernel, all, options.seconds, CLOCKS);
  const { rows, peakGflops, otherPeaks } = comparison;
  const onWide = otherPeaks[WIDE_KERNEL];
  const wider = onWide === undefined ? "" : `, ${onWide.toFixed(1)} on 256-bit vectors`;
  await output.line(
    `  micro-kernel alone, in the first cache: ${peakGflops.toFixed(1)} GFLOP/s${wider}`,
  );
  await output.line(TABLE_HEAD);
  for (const [i, row] of rows.entries()) await output.line(tableLine(row, i === 0));
  for (const note of noiseNotes(rows)) await output.line(`  ${note}`);
  const single = exact.filter(({ name }) => name === "wasm-1" || name === "wide-1");
  for (const { name, engine } of options.phases ? single : []) {
    await output.line(`  phases of ${name}:`);
    const times = phaseTimes(engine as WasmEngine, options.seconds);
    for (const line of phaseLines(PHASES, times)) await output.line(line);
  }
  for (const { engine } of [...exact, ...fast]) engine.close();
  return comparison;
}

/** What is to be said of a network that is not one tanh layer. */
function ofNetwork({ cell = "rnn", layers = 1 }: Shape): string {
  if (layers > 1) return `, ${layers} layers of ${cell}`;
  return cell === "rnn" ? "" : `, ${cell}`;
}

/** The project's own sides: those with the same bits, the reference first, and the fused ones. */
async function makeEngines(
  shape: Shape,
  wide: WideCores | undefined,
  isWanted: (name: string) => boolean,
): Promise<[exact: EngineContestant[], fast: EngineContestant[]]> {
  const exact = [contestantOf("reference", new ReferenceEngine(shape))];
  const fast: EngineContestant[] = [];
  const add = (list: EngineContestant[], kind: string, engine: WasmEngine, kernel?: Contestant) => {
    const name = `${kind}-${engine.threads}`;
    const isNew = list.every((other) => other.name !== name);
    if (isNew && isWanted(name)) list.push(contestantOf(name, engine, kernel));
    else engine.close();
  };
  const onWide = (own: Shape, threads: number) =>
    createWasmEngine(own, threads, false, 0, (build) => wide?.get(build) as WebAssembly.Module);
  const kernel = wide && (await kernelContestant(shape, (own) => onWide(own, 1), WIDE_KERNEL));
  for (const threads of [1, availableThreads()]) {
    add(exact, "wasm", await createWasmEngine(shape, threads));
    if (wide) add(exact, "wide", await onWide(shape, threads), kernel);
    if (hasRelaxedSimd()) add(fast, "fast", await createWasmEngine(shape, threads, true));
  }
  return [exact, fast];
}

/** Gives a peer the batch; says it when the peer cannot take part at this shape. */
async function isReady(
  peer: PeerProcess,
  exact: readonly EngineContestant[],
  output: Output,
): Promise<boolean> {
  const { engine } = exact.at(1) ?? (exact[0] as EngineContestant);
  const { tolerance: byCell, oneRow, oneLayer } = peer.peer;
  const { cell = "rnn", layers = 1, B } = engine.shape;
  const tolerance = byCell[cell];
  if (tolerance === undefined || (oneRow && B > 1) || (oneLayer && layers > 1)) return false;
  try {
    const difference = await peer.prepare(engine);
    if (!(difference <= tolerance)) {
      await output.line(
        `  ${peer.name} left out: expected its losses within ${tolerance} of ours, got ${difference.toExponential(1)}`,
      );
      return false;
    }
    const once = await peer.time(1);
    const losses = `losses within ${difference.toExponential(1)} of ours`;
    if (once > SLOWEST) {
      await output.line(`  ${peer.name} left out: ${losses}, ${(once / 1e6).toFixed(0)} s a step`);
      return false;
    }
    await output.line(`  ${peer.name}: ${losses}`);
    return true;
  } catch (error) {
    await output.line(`  ${peer.name} left out: ${(error as Error).message}`);
    return false;
  }
}

/** The table over sizes, and the files. */
async function conclude(report: BenchReport, options: BenchOptions, output: Output): Promise<void> {
  const { against, json, chart } = options;
  if (against) {
    await output.line(`\nNanoseconds a character against ${against}:\n`);
    for (const line of sizeTable(report.shapes, against)) await output.line(line);
  }
  if (json) await save("--json", json, `${JSON.stringify(report, null, 2)}\n`);
  if (chart) {
    const picture = against ? drawSizeChart(report, against) : drawBenchChart(report);
    await save("--chart", chart, await picture);
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
