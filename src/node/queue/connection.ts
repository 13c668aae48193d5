// The connection to the Redis of a queue: its address checked, its packages found, its loss told once. The
// password stands in no message.

import type * as BullMq from "bullmq";
import type { Redis, RedisOptions } from "ioredis";
import { quoted } from "../../outside/printable.ts";
import { BITS } from "../../version.ts";
import { RunError, UsageError } from "../errors.ts";

/** The queue of runs: those whose release gives other bits have another. */
export const QUEUE = `runs-${BITS}`;
const PREFIX = "ello";
const PATIENCE = 10_000; // ms for the first connection, and for closing
const SILENCE = 30_000; // ms without an answer after which a connection is taken for lost; longer than any wait
const RETRY = 1000; // ms at most between two attempts to connect again

type Where = Pick<RedisOptions, "host" | "port" | "db" | "username" | "password" | "tls">;

/** An address of Redis, taken apart. */
export interface Address {
  readonly options: Where;
  /** Host and port: what may be shown. */
  readonly place: string;
}

/** @throws {UsageError} for what is no address of Redis, of which nothing is repeated. */
export function addressIn(text: string): Address {
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {
    // said below
  }
  const db = url?.pathname.replace(/^\//, "") ?? "";
  const isRedis = url && /^rediss?:$/.test(url.protocol) && url.hostname !== "";
  const rest = url ? `${url.search}${url.hash}` : "";
  if (!url || !isRedis || !/^\d{0,3}$/.test(db) || rest !== "") {
    const got = url ? `one of ${quoted(url.protocol)} that is none` : "something else";
    throw new UsageError(
      `--queue: expected redis://HOST:PORT, rediss:// for TLS, with USER:PASSWORD@ before and /DB behind it where needed, got ${got}`,
    );
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port || 6379);
  const options: Where = {
    ...{ host, port, db: Number(db) },
    ...(url.username && { username: decoded(url.username) }),
    ...(url.password && { password: decoded(url.password) }),
    ...(url.protocol === "rediss:" && { tls: { servername: host } }),
  };
  return { options, place: `${url.hostname}:${port}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UsageError("--queue: expected user and password percent-encoded, got a stray %");
  }
}

export class Connection {
  readonly bullmq: typeof BullMq;
  readonly redis: Redis;
  readonly place: string;
  readonly #again: (() => void)[] = [];
  #isClosing = false;

  private constructor(bullmq: typeof BullMq, redis: Redis, place: string) {
    this.bullmq = bullmq;
    this.redis = redis;
    this.place = place;
  }

  /** @throws {UsageError} @throws {RunError} where packages or Redis are not there. */
  static async open(text: string, warn: (line: string) => void): Promise<Connection> {
    const { options, place } = addressIn(text);
    const { bullmq, ioredis } = await packages();
    const redis = new ioredis.Redis({
      ...options,
      lazyConnect: true,
      socketTimeout: SILENCE,
      maxRetriesPerRequest: null, // commands wait for the connection, however long
      retryStrategy: (times: number) => Math.min(RETRY, 50 * times),
    });
    const connection = new Connection(bullmq, redis, place);
    let fault = "no answer";
    redis.on("error", ({ message }: Error) => {
      fault = message.trim() || "no connection";
    });
    try {
      await withLimit(redis.connect().then(() => redis.ping()));
      await connection.#look(warn);
    } catch (error) {
      redis.disconnect();
      const got = /closed|limit/.test(`${error}`) ? fault : (error as Error).message;
      throw new RunError(`--queue: expected a Redis at ${place}, got ${got}`);
    }
    let isLost = false;
    redis.on("close", () => {
      if (isLost || connection.#isClosing) return;
      isLost = true;
      warn(`queue: the connection to ${place} is lost; trying again`);
    });
    redis.on("ready", () => {
      if (isLost) warn(`queue: connected to ${place} again`);
      isLost = false;
      for (const hear of connection.#again) hear();
    });
    return connection;
  }

  /** Calls `hear` whenever there is a connection after none. */
  onAgain(hear: () => void): void {
    this.#again.push(hear);
  }

  /** What every part of the queue is made with. */
  get options() {
    const streams = { events: { maxLen: 10_000 } };
    const connection = this.redis as unknown as BullMq.ConnectionOptions;
    return { connection, prefix: PREFIX, skipVersionCheck: true, streams };
  }

  /** The same with a connection of its own, which its owner closes. */
  blocking(): Redis {
    const own = this.redis.duplicate({ lazyConnect: false });
    own.on("error", () => {}); // heard of by the other
    return own;
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await withLimit(this.redis.quit()).catch(() => {});
    this.redis.disconnect();
  }

  async #look(warn: (line: string) => void): Promise<void> {
    const info = await this.redis.info().catch(() => ""); // some hosts do not tell
    const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? "noeviction";
    if (policy === "noeviction") return;
    warn(
      `queue: the Redis at ${this.place} throws keys away where its memory is full (maxmemory-policy ${policy}); runs can get lost and are made again; set it to noeviction`,
    );
  }
}

/** @throws {RunError} that names what to install. */
async function packages() {
  try {
    return { bullmq: await import("bullmq"), ioredis: await import("ioredis") };
  } catch {
    throw new RunError(
      "--queue: expected the packages bullmq and ioredis, got none; npm install bullmq ioredis",
    );
  }
}

/** Waits no longer than a while. */
export async function withLimit<T>(work: Promise<T>, limit = PATIENCE): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("time limit")), limit);
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
  }
}
