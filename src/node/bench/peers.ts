// Other programs that do the same training step: processes that read a line of JSON and answer with
// one, so that they can be timed in turn with our own engines. test/peers/README.md has the lines.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { type Contestant, lossesOf, prepare, RULE } from "../../bench/measure.ts";
import type { CellName } from "../../engine/cells.ts";
import type { Engine } from "../../engine/engine.ts";
import { reasonOf, UsageError } from "../errors.ts";
import type { Output } from "../output.ts";
import { availableThreads } from "../platform.ts";
import { readJson } from "../read-file.ts";

/** An entry of the list of peers. */
export interface Peer {
  /** Its row; on several threads, "-N" is added. */
  readonly name: string;
  /** Program and arguments, run in the list's folder; `$PYTHON` is the first of `pythons` that can. */
  readonly command: readonly string[];
  /** How to get what it needs. */
  readonly install: string;
  /** Whether it can use several threads; then it runs on one and on all. */
  readonly threaded: boolean;
  /** Largest difference of a loss from ours, relative, by the cells that it has. */
  readonly tolerance: Readonly<Partial<Record<CellName, number>>>;
  /** Whether it has one layer only. */
  readonly oneLayer?: boolean;
  /** Whether it can only do one row at a time. */
  readonly oneRow?: boolean;
}

const CHECKED_LOSSES = 3;
const PYTHON = "$PYTHON";

/**
 * Where Python may be: the one that was named, by flag or by the variable PYTHON; else every python3 on
 * the PATH, since the first need not be the one with PyTorch.
 */
export function pythonsOf(
  named: string | undefined,
  { PYTHON: variable, PATH = "" }: NodeJS.ProcessEnv = process.env,
): string[] {
  const given = named ?? variable;
  if (given) return [/[/\\]/.test(given) ? resolve(given) : given]; // peers run in their own folder
  const files = PATH.split(delimiter).map((folder) => join(folder, "python3"));
  const found = [...new Set(files)].filter((file) => existsSync(file));
  return found.length > 0 ? found : ["python3"];
}

/** @throws {UsageError} */
export async function readPeers(file: string): Promise<Peer[]> {
  try {
    const { peers } = Object(await readJson(file));
    if (!Array.isArray(peers)) throw new Error("JSON without a list named peers");
    return peers;
  } catch (error) {
    const reason = reasonOf(error);
    throw new UsageError(
      `--peers: expected a list of peers such as test/peers/peers.json, got ${reason}`,
    );
  }
}

/** A peer's process, ready for a shape: a contestant. */
export class PeerProcess implements Contestant {
  readonly name: string;
  readonly peer: Peer;
  /** What it says of itself: versions and settings. */
  setup = "";
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #complaint = "";

  private constructor(peer: Peer, folder: string, threads: number, python: string) {
    this.peer = peer;
    this.name = rowOf(peer, threads);
    const [program = "", ...args] = peer.command.map((word) => (word === PYTHON ? python : word));
    // What OpenBLAS, OpenMP and PyTorch read.
    const count = String(threads);
    const env = { ...process.env, OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count };
    this.#process = spawn(program, args, { cwd: folder, env, stdio: ["pipe", "pipe", "pipe"] });
    const { stdin, stdout, stderr } = this.#process;
    this.#process.on("error", (error) => {
      this.#complaint = reasonOf(error);
    });
    stdin?.on("error", () => {}); // it ended: noticed at the next answer
    stderr?.on("data", (text) => {
      this.#complaint = String(text).trim().split("\n").at(-1) ?? "";
    });
    this.#lines = createInterface({ input: stdout as NodeJS.ReadableStream })[
      Symbol.asyncIterator
    ]();
  }

  /** Starts a peer by the first Python that has what it needs. @returns why not, if none does. */
  static async start(
    peer: Peer,
    list: string,
    threads: number,
    pythons: readonly string[],
  ): Promise<PeerProcess | string> {
    const reasons: string[] = [];
    for (const python of peer.command.includes(PYTHON) ? pythons : [""]) {
      const result = await PeerProcess.#startBy(peer, list, threads, python);
      if (typeof result !== "string") return result;
      reasons.push(python ? `${python}: ${result}` : result);
    }
    return reasons.join("; ");
  }

  static async #startBy(
    peer: Peer,
    list: string,
    threads: number,
    python: string,
  ): Promise<PeerProcess | string> {
    const started = new PeerProcess(peer, resolve(dirname(list)), threads, python);
    try {
      started.setup = (await started.#ask({ hello: 1 })).setup as string;
      return started;
    } catch (error) {
      started.close();
      return (error as Error).message;
    }
  }

  /**
   * Gives it the weights and the batch of `engine`, a prepared one, which then takes the same steps.
   * @returns the largest relative difference between its losses and ours.
   */
  async prepare(engine: Engine): Promise<number> {
    prepare(engine);
    const { parameters, inputs, targets, shape } = engine;
    const folder = await mkdtemp(join(tmpdir(), "ello-bench-"));
    try {
      const file = join(folder, "parameters");
      await writeFile(file, new Uint8Array(parameters.slice().buffer));
      const { learningRate, clipValue } = RULE;
      const batch = { inputs: [...inputs], targets: [...targets] };
      const rule = { learningRate, clipValue, steps: CHECKED_LOSSES };
      const network = { cell: "rnn", layers: 1, ...shape };
      const answer = await this.#ask({ ...network, ...rule, ...batch, parameters: file });
      const losses = answer.losses as number[];
      const own = lossesOf(engine, CHECKED_LOSSES);
      return Math.max(...own.map((loss, i) => Math.abs((losses[i] ?? Number.NaN) / loss - 1)));
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  async time(steps: number): Promise<number> {
    return (await this.#ask({ time: steps })).microseconds as number;
  }

  close(): void {
    this.#process.kill();
  }

  async #ask(question: object): Promise<Record<string, unknown>> {
    this.#process.stdin?.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) {
      await new Promise((end) => setImmediate(end)); // its last words
      throw new Error(this.#complaint || "it ended without a word");
    }
    return JSON.parse(value);
  }
}

/**
 * Starts the wanted peers of a list: each on one thread and, if it can, on all. Prints how each is
 * set up, or how to install what is missing. `list`: the file they were read from; `python`: that to use.
 */
export async function startPeers(
  list: string,
  peers: readonly Peer[],
  isWanted: (name: string) => boolean,
  python: string | undefined,
  output: Output,
): Promise<PeerProcess[]> {
  const started: PeerProcess[] = [];
  const pythons = pythonsOf(python);
  for (const peer of peers) {
    const counts = new Set(peer.threaded ? [1, availableThreads()] : [1]);
    for (const threads of counts) {
      if (!isWanted(rowOf(peer, threads))) continue;
      const result = await PeerProcess.start(peer, list, threads, pythons);
      if (typeof result === "string") {
        await output.line(`${peer.name} is not here (${result}): ${peer.install}`);
        break;
      }
      await output.line(`${result.name}: ${result.setup}`);
      started.push(result);
    }
  }
  return started;
}

function rowOf({ name, threaded }: Peer, threads: number): string {
  return threaded ? `${name}-${threads}` : name;
}
