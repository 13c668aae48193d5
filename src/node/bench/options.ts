// The flags of `bench`.

import type { CellName } from "../../engine/cells.ts";
import type { Shape } from "../../engine/shape.ts";
import { usageOf } from "../caller.ts";
import { UsageError } from "../errors.ts";
import {
  expectFlagEffects,
  type FlagTable,
  flagLines,
  numberOf,
  readFlags,
} from "../flags/flags.ts";
import { hasPhases } from "./rows.ts";

export interface BenchOptions {
  readonly shapes: readonly Shape[];
  /** For each shape. */
  readonly seconds: number;
  readonly phases: boolean;
  /** Whether the core is also timed on 256-bit vectors. */
  readonly wide: boolean;
  readonly json: string | undefined;
  readonly chart: string | undefined;
  /** The list of peers to time as well. */
  readonly peers: string | undefined;
  /** The Python that peers run on; undefined for the first on the PATH that has what each needs. */
  readonly python: string | undefined;
  /** The rows to keep, beside the reference; undefined for all. */
  readonly rows: readonly string[] | undefined;
  /** The size that varies from shape to shape, if one does. */
  readonly against: "H" | "B" | undefined;
}

// hello; one row; the sizes people train; min-char-rnn's; cells with gates.
const SHAPES =
  "4x10x4x1,65x128x50x1,65x128x50x32,65x256x50x32,65x512x50x32,65x100x25x1,65x128x50x32:gru,65x128x50x32:lstm";
const SECONDS = "3";

// The shapes of --against.
const SIZES = {
  H: [16, 32, 64, 128, 256, 512, 1024].map((H) => `65x${H}x50x32`).join(),
  B: [1, 2, 4, 8, 16, 32, 64, 128].map((B) => `65x128x50x${B}`).join(),
};

const FLAGS: FlagTable = {
  shapes: {
    value: "LIST",
    help: "VxHxTxB:CELL:LAYERS,… : vocabulary, hidden units, time steps, batch rows",
  },
  seconds: { value: "X", standard: SECONDS, help: "for each shape" },
  wide: { help: "also the core on 256-bit vectors: Node 24 or later" },
  phases: { help: "also the phases of a step" },
  json: { value: "FILE", help: "also as JSON" },
  chart: { value: "FILE", help: "also as a picture, PNG" },
  against: { value: "H|B", help: "time a character against the hidden units or the batch rows" },
  peers: { value: "FILE", help: "other programs as well, as test/peers/peers.json lists them" },
  python: { value: "PATH", help: "the Python of --peers; else the first that can", needs: "peers" },
  rows: { value: "LIST", help: "only these, such as wasm-1,f32-1, beside the reference" },
  help: { help: "print this and exit" },
};

export const benchHelp = (): string => `Usage: ${usageOf("bench")} [flags]

Times a training step of the WebAssembly core against the plain TypeScript reference of its precision,
interleaved, after checking that both compute the same bits.

${flagLines(FLAGS)}

Without --shapes they are
  ${SHAPES.replaceAll(/,(?=65x512)/g, ",\n  ")}
and with --against those that differ in that size, with a table and a picture of it. CELL is rnn, gru
or lstm; it and LAYERS may be left out, which is one layer of rnn.
GFLOP/s counts the operations of the products but the first layer's input, which is looked up: for
one layer of rnn 6·(H² + H·V)·T·B. The share of peak is to the micro-kernel alone on data in the
first cache, measured in the same run.
`;

/** @returns undefined for --help. @throws {UsageError} */
export function parseBenchOptions(args: readonly string[]): BenchOptions | undefined {
  const given = readFlags("bench", FLAGS, args);
  const { flags, files, spelled } = given;
  if (flags.has("help")) return undefined;
  if (files.length > 0) {
    throw new UsageError(`bench: expected flags, got ${JSON.stringify(files[0])}; see --help`);
  }
  expectFlagEffects(FLAGS, spelled);
  const value = (name: string) => flags.get(name)?.at(-1);
  for (const name of ["json", "chart", "peers", "python"]) {
    if (value(name) === "") throw new UsageError(`--${name}: expected a path, got ""`);
  }
  const seconds = numberOf(value("seconds") ?? SECONDS);
  if (!(typeof seconds === "number" && seconds > 0 && seconds <= 3600)) {
    throw new UsageError(
      `--seconds: expected a number above 0, at most 3600, got ${JSON.stringify(value("seconds"))}`,
    );
  }
  const against = value("against");
  if (against !== undefined && against !== "H" && against !== "B") {
    throw new UsageError(`--against: expected H or B, got ${JSON.stringify(against)}`);
  }
  const rows = value("rows")?.split(",");
  if (flags.has("phases") && rows && !rows.some(hasPhases)) {
    throw new UsageError(
      `--phases: expected a row of one thread among --rows, such as wasm-1, without which it has no effect, got ${JSON.stringify(value("rows"))}`,
    );
  }
  return {
    shapes: (value("shapes") ?? (against ? SIZES[against] : SHAPES)).split(",").map(parseShape),
    seconds,
    phases: flags.has("phases"),
    wide: flags.has("wide"),
    json: value("json"),
    chart: value("chart"),
    against,
    peers: value("peers"),
    python: value("python"),
    rows,
  };
}

function parseShape(text: string): Shape {
  const match = /^(\d+)x(\d+)x(\d+)x(\d+)(?::(rnn|gru|lstm)(?::([1-8]))?)?$/.exec(text);
  const [V = 0, H = 0, T = 0, B = 0] = (match ?? []).slice(1, 5).map(Number);
  if (V < 2 || V > 65536 || H < 1 || H > 4096 || T < 1 || T > 65536 || B < 1 || B > 4096) {
    throw new UsageError(
      `--shapes: expected VxHxTxB, :CELL and :LAYERS such as 65x128x50x32:lstm:2, got ${JSON.stringify(text)}`,
    );
  }
  const cell = match?.[5] as CellName | undefined;
  const layers = match?.[6];
  return { V, H, T, B, ...(cell && { cell }), ...(layers && { layers: Number(layers) }) };
}
