// A sweep on a queue, followed from anywhere: what it tells of itself stands in Redis, and is drawn from there.

import { setTimeout } from "node:timers/promises";
import type { Redis } from "ioredis";
import { parseJson } from "../../outside/json.ts";
import { quoted, shown } from "../../outside/printable.ts";
import { RunError } from "../errors.ts";
import type { Output } from "../output.ts";
import { hashCell, tableLines } from "../runs/table.ts";
import { stopPolitely } from "../signals.ts";
import type { Plan } from "../sweep/plan.ts";
import type { Standing } from "../sweep/standing.ts";
import { summaryJson } from "../sweep/summary.ts";
import { Connection, withLimit } from "./connection.ts";
import { KEPT } from "./parcels.ts";

const SWEEPS = "ello:sweeps"; // their names, by when they were last heard of
const PACE = 1000; // ms between two looks, and between two reports of a small sweep
const MOST_ROWS = 40;

const keyOf = (id: string): string => `ello:sweep:${id}`;

/** Tells those who watch how a sweep stands. */
export class Told {
  readonly #redis: Redis;
  readonly #id: string;
  readonly #plan: Plan;
  #due = 0;

  constructor({ redis }: Connection, id: string, plan: Plan) {
    this.#redis = redis;
    this.#id = id;
    this.#plan = plan;
  }

  /** Large sweeps are told less often. `isEnd`: it is told whatever was told just now. */
  async tell(standings: readonly Standing[], isEnd = false): Promise<void> {
    const now = performance.now();
    if (now < this.#due && !isEnd) return;
    this.#due = now + PACE + standings.length;
    if (this.#redis.status !== "ready") return;
    const text = JSON.stringify({ isEnd, summary: summaryJson(this.#plan, standings) });
    try {
      const told = this.#redis.set(keyOf(this.#id), text, "EX", KEPT);
      await withLimit(told.then(() => this.#redis.zadd(SWEEPS, Date.now(), this.#id)));
    } catch {
      // who watches misses this one; the runs do not
    }
  }
}

/** What was told of a sweep. */
interface Report {
  readonly isEnd: boolean;
  readonly axes: readonly string[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Runs `sweep --watch`. @returns its exit code. @throws {RunError} */
export async function watchSweep(
  url: string,
  name: string | undefined,
  output: Output,
): Promise<number> {
  const connection = await Connection.open(url, (line) => output.warn(line));
  const end = new AbortController();
  let code = 0;
  stopPolitely((signal) => {
    code = signal.code;
    end.abort();
  });
  try {
    const { redis } = connection;
    const [last] = await redis.zrevrange(SWEEPS, 0, 0);
    const id = name ?? last;
    const told = new Set<string>();
    while (!end.signal.aborted) {
      const text = id === undefined ? null : await redis.get(keyOf(id));
      if (text === null) throw await absence(redis, id);
      const report = reportIn(text);
      const isDue = output.isTerminal && !report.isEnd;
      if (isDue) output.status(headOf(report), ...tableOf(report, Math.max(3, output.rows - 3)));
      else for (const line of newsOf(report, told)) await output.line(line);
      if (report.isEnd) {
        for (const line of tableOf(report, MOST_ROWS)) await output.line(line);
        break;
      }
      await setTimeout(PACE, undefined, { signal: end.signal }).catch(() => {});
    }
    return code;
  } finally {
    await connection.close();
  }
}

async function absence(redis: Redis, id: string | undefined): Promise<RunError> {
  const names = (await redis.zrevrange(SWEEPS, 0, 9)).map((one) => shown(one));
  const known = names.length > 0 ? `one of ${names.join(", ")}` : "one on this queue";
  return new RunError(`sweep --watch: expected ${known}, got ${id ? quoted(id) : "none"}`);
}

/** @throws {RunError} for what no sweep of this release tells. */
function reportIn(text: string): Report {
  try {
    const { isEnd, summary } = Object(parseJson(text));
    const { axes, runs } = Object(parseJson(`${summary}`));
    const isFit = Array.isArray(axes) && Array.isArray(runs);
    if (isFit) return { isEnd: isEnd === true, axes: axes.map(String), rows: runs.map(Object) };
  } catch {
    // said below
  }
  throw new RunError("sweep --watch: expected a sweep of this release, got something else");
}

function headOf({ rows }: Report): string {
  const count = (state: string) => rows.filter((row) => row["state"] === state).length;
  return `${count("done")} of ${rows.length} done, ${count("running")} asked for, ${count("failed")} failed`;
}

/** A line for each run that has ended since. */
function newsOf({ rows }: Report, told: Set<string>): string[] {
  const ended = rows.filter(({ name, state }) => {
    const isNew = ["done", "failed", "out"].includes(`${state}`) && !told.has(`${name}`);
    if (isNew) told.add(`${name}`);
    return isNew;
  });
  return ended.map((row) => `${shown(`${row["name"]}`)}: ${shown(`${row["state"]}`)}`);
}

function tableOf({ axes, rows }: Report, most: number): string[] {
  const cells = rows.slice(0, most).map((row) => {
    const { steps, ofSteps, loss, sha256, state, reason } = row;
    const share = Math.floor((100 * Number(steps)) / Math.max(1, Number(ofSteps)));
    return [
      ...axes.map((name) => shown(`${row[name]}`, 20)),
      `${share} %`,
      typeof loss === "number" ? loss.toFixed(4) : "–",
      typeof sha256 === "string" ? hashCell(sha256) : "–",
      shown(`${state}${reason === undefined ? "" : `: ${reason}`}`, 60),
    ];
  });
  const more = rows.length > most ? [`… and ${rows.length - most} more`] : [];
  return [...tableLines([...axes, "steps", "loss", "SHA-256", "state"], cells), ...more];
}
