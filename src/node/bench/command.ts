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
  type EngineContestant,
  quantile,
} from "../../bench/measure.ts";
import { type BenchReport, noiseNotes, type ReportShape } from "../../bench/report.ts";
import { sha256 } from "../../checkpoint/sha256.ts";
import type { Shape } from "../../engine/shape.ts";
import { createWasmEngine } from "../../index.ts";
import type { WasmEngine } from "../../wasm/engine.ts";
import { buildOf } from "../../wasm/instantiate.ts";
import { RunError, reasonOf, UsageError } from "../errors.ts";
import type { Output } from "../output.ts";
import { canDraw, withoutPictures } from "../pictures/packages.ts";
import { coreFile } from "../platform.ts";
import type { WideCores } from "../wide.ts";
import { drawBenchChart } from "./chart.ts";
import type { BenchOptions } from "./options.ts";
import { type Peer, type PeerProcess, readPeers, startPeers } from "./peers.ts";
import { hasPhases, isOwnRow, isSingle, PRECISIONS, REFERENCE } from "./rows.ts";
import { enginesOf, makeSides, wideCores } from "./sides.ts";
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
const SINGLE_TOLERANCE = 1e-4; // of the largest parameter: f32 has seven digits
const SLOWEST = 30e6; // µs a step: a peer slower than this is left out

/** Runs the command. @throws {RunError} if two sides disagree or a file cannot be written. */
export async function runBench(options: BenchOptions, output: Output): Promise<void> {
  const known = options.peers ? await readPeers(options.peers) : [];
  checkRows(options, known);
  if (options.chart && !canDraw()) throw new RunError(withoutPictures("--chart"));
  const builds: Record<string, string> = {};
  for (const precision of PRECISIONS) {
    for (const kind of ["release", "team", "fast", "fast-team"] as const) {
      const build = buildOf(kind, { precision });
      builds[build] = await sha256(await readFile(coreFile(build)));
    }
  }
  const wide = options.wide ? await wideCores(output) : new Map();
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

/** Whether a row is asked for by --rows. A reference is where something is timed against it. */
function isWanted({ rows }: BenchOptions): (name: string) => boolean {
  const hasSingle = rows === undefined || rows.some(isSingle);
  return (name) => {
    if (name === REFERENCE.f64) return true;
    if (name === REFERENCE.f32) return hasSingle;
    return rows === undefined || rows.includes(name);
  };
}

/** @throws {UsageError} if --rows names one that this run cannot have. */
function checkRows({ rows = [], wide }: BenchOptions, peers: readonly Peer[]): void {
  const unknown = rows.find(
    (row) => !isOwnRow(row, wide) && !peers.some(({ name }) => programOf(row) === name),
  );
  if (unknown !== undefined) {
    throw new UsageError(
      `--rows: expected rows of this run, got ${JSON.stringify(unknown)}; take reference, wasm-N, fast-N, f32-N, with --wide wide-N and f32-wide-N, or a name of the list that --peers gives`,
    );
  }
}

/** Checks and times all sides at one shape, and prints them. */
async function benchShape(
  shape: Shape,
  peers: readonly PeerProcess[],
  wide: WideCores,
  options: BenchOptions,
  output: Output,
): Promise<Comparison> {
  const { V, H, T, B } = shape;
  const place = `at ${shapeName(shape)}`;
  await output.line("");
  const { exact, single, fast } = await makeSides(shape, wide, isWanted(options));
  for (const sides of [exact, single]) {
    if (agree(enginesOf(sides), CHECKED_STEPS)) continue;
    const names = sides.map(({ name }) => name).join(", ");
    throw new RunError(
      `bench: expected the same bits from ${names} ${place}, got different ones; please report it`,
    );
  }
  for (const [sides, what, tolerance] of [
    [fast, "fast builds", FAST_TOLERANCE],
    [single.slice(0, 1), "f32", SINGLE_TOLERANCE],
  ] as const) {
    if (agree(enginesOf([...exact.slice(0, 1), ...sides]), CHECKED_STEPS, tolerance)) continue;
    throw new RunError(
      `bench: expected ${what} within ${tolerance} of the reference ${place}, got more; please report it`,
    );
  }
  await output.line(
    `V ${V}, H ${H}, T ${T}, B ${B}${ofNetwork(shape)}: the same bits after ${CHECKED_STEPS} steps`,
  );
  const checked: Contestant[] = [];
  for (const peer of peers) if (await isReady(peer, exact, output)) checked.push(peer);
  const kernel = await kernelContestant(shape, (own) => createWasmEngine(own, 1));
  const own = [...exact, ...fast, ...single];
  const all = [...own, ...checked];
  const comparison = await compare(shape, kernel, all, options.seconds, CLOCKS);
  const { rows, peakGflops, otherPeaks } = comparison;
  const others = Object.entries(otherPeaks).map(([name, peak]) => `, ${peak.toFixed(1)} ${name}`);
  await output.line(
    `  micro-kernel alone, in the first cache: ${peakGflops.toFixed(1)} GFLOP/s${others.join("")}`,
  );
  await output.line(TABLE_HEAD);
  const bases: string[] = Object.values(REFERENCE);
  for (const row of rows) await output.line(tableLine(row, bases.includes(row.name)));
  for (const note of noiseNotes(rows)) await output.line(`  ${note}`);
  const alone = [...exact, ...single].filter(({ name }) => hasPhases(name));
  for (const { name, engine } of options.phases ? alone : []) {
    await output.line(`  phases of ${name}:`);
    const times = phaseTimes(engine as WasmEngine, options.seconds);
    for (const line of phaseLines(PHASES, times)) await output.line(line);
  }
  for (const { engine } of own) engine.close();
  return comparison;
}

/** What is to be said of a network that is not one tanh layer. */
function ofNetwork({ cell = "rnn", layers = 1 }: Shape): string {
  if (layers > 1) return `, ${layers} layers of ${cell}`;
  return cell === "rnn" ? "" : `, ${cell}`;
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
