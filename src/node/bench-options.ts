// The flags of `bench`.

import { parseArgs } from "node:util";
import type { Shape } from "../model/shape.ts";
import { UsageError } from "./errors.ts";

export interface BenchOptions {
  readonly shapes: readonly Shape[];
  /** For each shape. */
  readonly seconds: number;
  readonly phases: boolean;
  readonly json: string | undefined;
  readonly chart: string | undefined;
  /** The list of peers to time as well. */
  readonly peers: string | undefined;
  /** The rows to keep, beside the reference; undefined for all. */
  readonly rows: readonly string[] | undefined;
  /** The size that varies from shape to shape, if one does. */
  readonly against: "H" | "B" | undefined;
}

// hello; one row; the sizes people train; min-char-rnn's.
const SHAPES = "4x10x4x1,65x128x50x1,65x128x50x32,65x256x50x32,65x512x50x32,65x100x25x1";
const SECONDS = "3";

// The shapes of --against.
const SIZES = {
  H: [16, 32, 64, 128, 256, 512, 1024].map((H) => `65x${H}x50x32`).join(),
  B: [1, 2, 4, 8, 16, 32, 64, 128].map((B) => `65x128x50x${B}`).join(),
};

export const BENCH_HELP = `Usage: npm run bench -- [flags]

Times a training step of the WebAssembly core against the plain TypeScript reference, interleaved,
after checking that both compute the same bits.

  --shapes LIST    VxHxTxB,… : vocabulary, hidden units, time steps, batch rows
                   (${SHAPES})
  --seconds X      for each shape (${SECONDS})
  --phases         also the phases of a step
  --json FILE      also as JSON
  --chart FILE     also as a picture, PNG
  --against H|B    time a character against the hidden units or the batch rows: other shapes, and
                   a table and a picture of that
  --peers FILE     other programs as well, as test/peers/peers.json lists them
  --rows LIST      only these rows, such as wasm-1,numpy-1, beside the reference
  --help           print this and exit

GFLOP/s counts the products' 6·(H² + H·V)·T·B operations; the share of peak is to the micro-kernel
alone on data in the first cache, measured in the same run.
`;

/** @returns undefined for --help. @throws {UsageError} */
export function parseBenchOptions(args: readonly string[]): BenchOptions | undefined {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const options = {
    shapes: text,
    seconds: text,
    json: text,
    chart: text,
    against: text,
    peers: text,
    rows: text,
    phases: flag,
    help: flag,
  };
  let values: { [name: string]: string | boolean | undefined };
  try {
    ({ values } = parseArgs({ args: [...args], options, allowPositionals: false }));
  } catch (error) {
    const [first] = (error as Error).message.split(". ");
    throw new UsageError(`bench: expected the flags of --help, got: ${first}`);
  }
  if (values["help"]) return undefined;
  const seconds = Number(values["seconds"] ?? SECONDS);
  if (!(seconds > 0 && seconds <= 3600)) {
    throw new UsageError(
      `--seconds: expected a number above 0, at most 3600, got ${JSON.stringify(values["seconds"])}`,
    );
  }
  const against = values["against"];
  if (against !== undefined && against !== "H" && against !== "B") {
    throw new UsageError(`--against: expected H or B, got ${JSON.stringify(against)}`);
  }
  return {
    shapes: String(values["shapes"] ?? (against ? SIZES[against] : SHAPES))
      .split(",")
      .map(parseShape),
    seconds,
    phases: values["phases"] === true,
    json: values["json"] as string | undefined,
    chart: values["chart"] as string | undefined,
    against,
    peers: values["peers"] as string | undefined,
    rows: (values["rows"] as string | undefined)?.split(","),
  };
}

function parseShape(text: string): Shape {
  const match = /^(\d+)x(\d+)x(\d+)x(\d+)$/.exec(text);
  const [V = 0, H = 0, T = 0, B = 0] = (match ?? []).slice(1).map(Number);
  if (V < 2 || V > 65536 || H < 1 || H > 4096 || T < 1 || T > 65536 || B < 1 || B > 4096) {
    throw new UsageError(
      `--shapes: expected VxHxTxB such as 65x128x50x32, got ${JSON.stringify(text)}`,
    );
  }
  return { V, H, T, B };
}
