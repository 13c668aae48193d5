// A Redis server of a test's own, in a folder and on a port of its own, that keeps what it is told; and workers
// as processes. All of it ends with the test.

import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { CLI, makeFolder } from "../run.ts";
import { findRedis } from "./find-redis.ts";

/** A process with the lines that it has printed. */
export class Program {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  /** Its exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  readonly #waiting = new Set<() => void>();

  constructor(command: string, args: readonly string[], cwd: string, env = {}) {
    this.child = spawn(command, args, { cwd, env: { ...process.env, ...env } });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on("line", (line) => {
        this.lines.push(line);
        for (const look of this.#waiting) look();
      });
    }
    this.ended = new Promise((resolve) => this.child.on("close", resolve));
    void this.ended.then(() => {
      for (const look of this.#waiting) look();
    });
  }

  /** Waits for a line. @throws {Error} if it ends without. */
  async line(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.lines.find((line) => pattern.test(line));
      if (found !== undefined) return found;
      const { exitCode, signalCode } = this.child;
      if (exitCode !== null || signalCode !== null) {
        throw new Error(
          `expected a line like ${pattern}, got an end after ${this.lines.join("\n")}`,
        );
      }
      await new Promise<void>((wake) => {
        const look = () => {
          this.#waiting.delete(look);
          wake();
        };
        this.#waiting.add(look);
      });
    }
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.ended;
  }
}

export class RedisServer {
  readonly port: number;
  readonly #words: readonly string[];
  readonly #folder: string;
  #program: Program | undefined;

  private constructor(port: number, folder: string, words: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    this.#words = words;
  }

  /** Starts one with a log of all that it is told. `words`: more of its settings. */
  static async start(words: readonly string[] = [], kind = "--port"): Promise<RedisServer> {
    const port = await freePort();
    const where = [kind, `${port}`, ...(kind === "--port" ? [] : ["--port", "0"])];
    const server = new RedisServer(port, makeFolder(), [...where, ...words]);
    onTestFinished(async () => void (await server.#program?.end("SIGKILL")));
    await server.#begin();
    return server;
  }

  /** One that speaks by TLS alone. */
  static startTls(words: readonly string[]): Promise<RedisServer> {
    return RedisServer.start(words, "--tls-port");
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Ends it from one moment to the next, and starts it with what its log has. */
  async restart(): Promise<void> {
    await this.#program?.end("SIGKILL");
    await this.#begin();
  }

  async #begin(): Promise<void> {
    const own = ["--dir", this.#folder, "--appendonly", "yes"];
    const args = [...own, "--save", "", ...this.#words];
    this.#program = new Program(findRedis(), args, this.#folder);
    await this.#program.line(/Ready to accept connections/);
  }
}

/** A port that nobody has at the moment. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Starts a worker and waits until it is there. */
export async function startWorker(url: string, ...words: string[]): Promise<Program> {
  const args = [CLI, "worker", "--queue", url, "--concurrency", "1", "--patience", "1", ...words];
  const worker = new Program(process.execPath, args, makeFolder());
  onTestFinished(async () => void (await worker.end("SIGKILL")));
  await worker.line(/^Worker at /);
  return worker;
}
