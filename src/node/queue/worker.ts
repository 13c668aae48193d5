// `ello worker`: makes the runs of a queue, as many at once as it has cores, until it is told to stop.

import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { grouped, shown } from "../../outside/printable.ts";
import { usageOf } from "../caller.ts";
import { RunError, reasonOf, UsageError } from "../errors.ts";
import {
  type FlagTable,
  flagLines,
  type Given,
  integerOf,
  readFlags,
  textOf,
} from "../flags/flags.ts";
import { ensureFolder } from "../folder/file-writing.ts";
import { FolderLock, LOCK } from "../folder/folder-lock.ts";
import type { Output } from "../output.ts";
import { stopPolitely } from "../signals.ts";
import { memoryForRuns } from "../sweep/memory.ts";
import { Connection } from "./connection.ts";
import { Handed } from "./handed.ts";
import { Maker } from "./making.ts";
import { Parcels } from "./parcels.ts";
import { TextCache } from "./texts.ts";
import { Working } from "./working.ts";

const MB = 2 ** 20;

const FLAGS: FlagTable = {
  queue: {
    value: "URL",
    help: "the Redis that runs come from: redis://host:6379; rediss:// for TLS",
  },
  concurrency: { value: "N", help: "runs at once; as many as there are cores" },
  "memory-limit": {
    value: "MB",
    help: "the largest run that is taken; of the free memory, its share",
  },
  "text-dir": {
    value: "DIR",
    help: "a folder that all hosts share, for texts and states; else by Redis",
  },
  "work-dir": { value: "DIR", standard: "worker", help: "where runs stand while they are made" },
  patience: {
    value: "S",
    standard: "30",
    help: "seconds of silence after which a run goes to another",
  },
  help: { help: "print this and exit" },
};

const help = (): string => `Usage: ${usageOf("worker")} --queue URL [flags]

Makes runs that sweeps put on a queue (sweep --queue URL), on as many hosts as there are: settings come, a receipt
goes back. At SIGTERM or Ctrl-C the runs are saved and handed back, and another worker goes on from there, to the
same bits. One that is killed is missed after --patience; its runs are made again, from the last state that was
handed back. Nothing that comes is run as a program: jobs are settings, and are checked as a file is.

${flagLines(FLAGS)}

USER:PASSWORD@ before the host and /DB behind it work as everywhere; % and @ in them percent-encoded.
`;

/** Runs the command. @throws {UsageError} @throws {RunError} */
export async function runWorker(args: readonly string[], output: Output): Promise<void> {
  const given = readFlags("worker", FLAGS, args);
  if (given.flags.has("help")) return output.line(help());
  const [file] = given.files;
  if (file !== undefined) throw new UsageError(`worker: expected flags only, got ${shown(file)}`);
  const url = textOf(given, FLAGS, "queue");
  if (url === undefined) {
    throw new UsageError("--queue: expected an address such as redis://localhost:6379, got none");
  }
  const concurrency = countOf(given, "concurrency") ?? availableParallelism();
  const free = memoryForRuns() / concurrency;
  const memory = (countOf(given, "memory-limit") ?? Math.floor(free / MB)) * MB;
  const patience = 1000 * integerOf(given, FLAGS, "patience", 1);
  const textDir = textOf(given, FLAGS, "text-dir");
  const connection = await Connection.open(url, (line) => output.warn(line));
  let place: Place | undefined;
  try {
    place = new Place(resolve(textOf(given, FLAGS, "work-dir") ?? "worker"));
    const parcels = new Parcels(connection.redis, textDir);
    const texts = new TextCache(parcels, join(place.folder, "texts"));
    const maker = new Maker({ folder: place.folder, texts, concurrency, memory });
    const lines = new Lines(output);
    const stopped = new Promise<string>((stop) => stopPolitely(({ name }) => stop(name)));
    await output.line(
      `Worker at ${connection.place}: ${concurrency} at once, of up to ${grouped(memory / MB)} MB each; in ${shown(place.folder)}`,
    );
    const options = { concurrency, patience, say: lines.say };
    const working = new Working(connection, new Handed(connection, parcels), maker, options);
    const why = await Promise.race([stopped, lines.failed]);
    await working.close();
    if (why instanceof Error) throw why;
    await output.line(`Stopped by ${why}; what was begun is handed back`);
  } finally {
    await connection.close();
    place?.remove();
  }
}

function countOf(given: Given, name: string): number | undefined {
  return given.flags.has(name) ? integerOf(given, FLAGS, name, 1) : undefined;
}

/** Lines of runs, in the order in which they come. */
class Lines {
  /** With the error, once nobody reads them. */
  readonly failed: Promise<Error>;
  readonly say: (line: string) => void;

  constructor(output: Output) {
    let fail = (_: Error): void => {};
    this.failed = new Promise((resolve) => {
      fail = resolve;
    });
    this.say = (line) => void output.line(line).catch(fail);
  }
}

/** A worker's folder among those of others; what killed ones have left goes. */
class Place {
  readonly folder: string;
  readonly #lock: FolderLock;

  /** @throws {RunError} where it cannot be written. */
  constructor(parent: string) {
    try {
      ensureFolder(parent);
      for (const name of readdirSync(parent).filter((one) => /^of-[\w-]+$/.test(one))) {
        removeDead(join(parent, name));
      }
      this.folder = join(parent, `of-${randomUUID()}`);
      ensureFolder(this.folder);
      this.#lock = new FolderLock(this.folder);
    } catch (error) {
      throw new RunError(
        `--work-dir: expected a folder that can be written, got ${reasonOf(error)} for ${shown(parent)}`,
      );
    }
  }

  remove(): void {
    this.#lock.release();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One without a lock is about to have one. */
function removeDead(folder: string): void {
  try {
    if (!existsSync(join(folder, LOCK))) return;
    new FolderLock(folder).release();
  } catch {
    return; // a worker is there
  }
  rmSync(folder, { recursive: true, force: true });
}
