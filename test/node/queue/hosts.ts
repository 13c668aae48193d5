// Places for workers that see Redis over a network of their own, where the machine allows it: each a network
// namespace with a wire to here that can be cut. Elsewhere workers stand beside it.

import { spawnSync } from "node:child_process";
import { onTestFinished } from "vitest";
import { CLI, makeFolder } from "../run.ts";
import { Program } from "./redis.ts";

const ip = (...words: string[]): boolean => spawnSync("ip", words).status === 0;

export class Host {
  /** The address of this machine as it is seen from there. */
  readonly address: string;
  readonly #name: string | undefined;

  private constructor(address: string, name: string | undefined) {
    this.address = address;
    this.#name = name;
  }

  /** The host with a number, from 1 to 9. */
  static make(number: number): Host {
    const name = `ello-${process.pid}-${number}`.slice(-13);
    const net = `10.213.${number}`;
    const made =
      ip("netns", "add", name) &&
      ip("link", "add", name, "type", "veth", "peer", "name", "out", "netns", name) &&
      ip("addr", "add", `${net}.1/24`, "dev", name) &&
      ip("link", "set", name, "up") &&
      ip("-n", name, "addr", "add", `${net}.2/24`, "dev", "out") &&
      ip("-n", name, "link", "set", "out", "up") &&
      ip("-n", name, "link", "set", "lo", "up");
    if (made) {
      onTestFinished(() => void ip("netns", "del", name));
      return new Host(`${net}.1`, name);
    }
    ip("netns", "del", name);
    return new Host("127.0.0.1", undefined);
  }

  get isApart(): boolean {
    return this.#name !== undefined;
  }

  /** Cuts the wire, or mends it. */
  wire(state: "up" | "down"): void {
    if (this.#name !== undefined) ip("link", "set", this.#name, state);
  }

  /** Starts a worker there and waits until it works. */
  async worker(port: number): Promise<Program> {
    const queue = ["--queue", `redis://${this.address}:${port}`];
    const own = [
      process.execPath,
      CLI,
      "worker",
      ...queue,
      "--concurrency",
      "1",
      "--patience",
      "2",
    ];
    const there = this.#name === undefined ? [] : ["ip", "netns", "exec", this.#name];
    const [command = "", ...words] = [...there, ...own];
    const worker = new Program(command, words, makeFolder());
    onTestFinished(async () => void (await worker.end("SIGKILL")));
    await worker.line(/^Worker at /);
    return worker;
  }
}
