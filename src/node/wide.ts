// 256-bit vectors in Node. WebAssembly has 128-bit ones; V8's revectorizer, from Node 24 on, joins two
// neighbouring operations to one of 256 bits, each lane by the same arithmetic. It is an experiment of
// V8's and has had faults (docs/design.md), so it is asked for, and believed only after a check: the
// code that passed it is the code that trains.

import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import type { Network } from "../engine/cells.ts";
import type { Precision } from "../engine/precision.ts";
import { buildOf, type CoreBuild } from "../wasm/instantiate.ts";
import { coreFile } from "./built-files.ts";
import type { Check } from "./self-check.ts";

/** Kinds whose bits are the same everywhere: the others cannot be checked, and gain nothing. */
const EXACT = ["release", "team"] as const;

/** The exact cores, compiled to 256-bit vectors and checked. */
export type WideCores = ReadonlyMap<CoreBuild, WebAssembly.Module>;

const FIRST_NODE = 24;
const WIDE = "--experimental-wasm-revectorize";
// Compiles all of a core at once by the optimizing tier: what is checked is what runs from then on.
// Inlining wants counts of calls, which only the first tier takes: without them Node 25 ends the process.
const WHOLE = ["--no-liftoff", "--no-wasm-lazy-compilation", "--no-wasm-inlining"];
// Of a custom section: V8 keeps one compiled module for the same bytes, whatever its flags were.
const NAME = "wide";

/** Those that this process uses, once they are enabled. */
const cores = new Map<CoreBuild, WebAssembly.Module>();

/** Width of the vectors that the cores of this process use for a model, bits. */
export function vectorBits(network: Network): 128 | 256 {
  return cores.has(buildOf("release", network)) ? 256 : 128;
}

/** Why this Node cannot have 256-bit vectors; undefined where it can. */
export function narrowBecause(
  { versions, arch }: Pick<NodeJS.Process, "versions" | "arch"> = process,
  cpus: () => string = () => readFileSync("/proc/cpuinfo", "latin1"),
): string | undefined {
  if (Number.parseInt(versions.node, 10) < FIRST_NODE) {
    return `expected Node ${FIRST_NODE} or later, got ${versions.node}`;
  }
  if (arch !== "x64") return `expected a processor of the x64 kind, got ${arch}`;
  try {
    if (!/\bavx2\b/.test(cpus())) return "expected a processor with AVX2, got one without";
  } catch {} // told by Linux alone; where there is none, the check passes at 128 bits
  return undefined;
}

/**
 * Trains on 256-bit vectors from now on, in this process and its threads, where Node can and a check
 * against stored bits passes; else everything is as it was. Models that are made after this have them,
 * but for the `fast` ones, and those of the other precision.
 * @returns why not, for the user; undefined where it does.
 */
export async function enableWideVectors(precision: Precision = "f64"): Promise<string | undefined> {
  const reason = await useWideVectors(precision);
  return reason && `${reason}; training goes on at 128 bits`;
}

/** The same; the reason alone, without what follows from it. */
export async function useWideVectors(precision: Precision): Promise<string | undefined> {
  if (vectorBits({ precision }) === 256) return undefined;
  const made = await makeWideCores(precision);
  if (typeof made === "string") return made;
  for (const [build, module] of made) cores.set(build, module);
  return undefined;
}

/** Makes the wide cores. @returns why not, if that cannot be. `checks` and `fileOf` are a test's. */
export async function makeWideCores(
  precision: Precision,
  checks?: readonly Check[],
  fileOf: (build: CoreBuild) => URL = coreFile,
): Promise<WideCores | string> {
  const reason = narrowBecause();
  if (reason) return reason;
  const { checksOf, findDifference } = await import("./self-check.ts"); // only those who ask need it
  const made = new Map<CoreBuild, WebAssembly.Module>();
  for (const kind of EXACT) {
    const build = buildOf(kind, { precision });
    const module = compileWide(fileOf(build));
    const difference = await findDifference(module, kind, checks ?? checksOf(precision));
    made.set(build, module);
    if (difference === undefined) continue;
    return `expected the bits of 128-bit vectors from 256-bit ones, got others for ${difference} (Node ${process.versions.node}, ${build} core)`;
  }
  return made;
}

/** The core of 256 bits, if there is one. */
export function wideCore(build: CoreBuild): WebAssembly.Module | undefined {
  return cores.get(build);
}

/** Compiles a core with 256-bit vectors; V8's flags are then again as they were given, or as by default. */
function compileWide(file: URL): WebAssembly.Module {
  const flags = [WIDE, ...WHOLE].filter((flag) => !process.execArgv.includes(flag));
  const bytes = readFileSync(file);
  const name = new TextEncoder().encode(NAME);
  const section = Uint8Array.of(0, name.length + 1, name.length, ...name);
  try {
    for (const flag of flags) setFlagsFromString(flag);
    return new WebAssembly.Module(new Uint8Array([...bytes, ...section]));
  } finally {
    for (const flag of flags) setFlagsFromString(opposite(flag));
  }
}

function opposite(flag: string): string {
  return flag.startsWith("--no-") ? flag.replace("--no-", "--") : flag.replace("--", "--no-");
}
