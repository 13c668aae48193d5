// Bytes on their way between hosts: in Redis, in chunks, or as files of a folder that all share. Whoever takes
// some out holds them against their SHA-256.

import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Redis } from "ioredis";
import { isSha256 } from "../../model/chain.ts";
import { isCount } from "../../outside/counts.ts";
import { parseJson } from "../../outside/json.ts";
import { RunError } from "../errors.ts";
import { ensureFolder, moveIn, writeAside } from "../folder/file-writing.ts";
import { readRegular } from "../read-file.ts";

const CHUNK = 2 ** 20; // bytes of a value in Redis
const LARGEST_IN_REDIS = 2 ** 28; // bytes of all chunks
const LARGEST_FILE = 2 ** 31; // bytes
export const KEPT = 30 * 24 * 3600; // s that what nobody takes stays in Redis

/** Bytes that did not come as they were sent. */
export class ParcelError extends RunError {
  /** Whether others came; else none may have come yet. */
  readonly isWrong: boolean;
  constructor(message: string, isWrong: boolean) {
    super(message);
    this.isWrong = isWrong;
  }
}

/** Files of a run by their names. */
export type Files = Readonly<Record<string, Uint8Array>>;

/** What a parcel is, for who takes it. */
export interface Label {
  readonly key: string;
  readonly sha256: string;
  /** Names and bytes of its files, in their order. */
  readonly files: readonly (readonly [string, number])[];
}

export class Parcels {
  readonly #redis: Redis;
  readonly #folder: string | undefined;

  /** `folder`: one that all hosts share, in place of Redis. */
  constructor(redis: Redis, folder: string | undefined) {
    this.#redis = redis;
    this.#folder = folder;
  }

  /** The most bytes that one may have. */
  get largest(): number {
    return this.#folder === undefined ? LARGEST_IN_REDIS : LARGEST_FILE;
  }

  /** Whether all of it is there. */
  async has(key: string): Promise<boolean> {
    if (this.#folder === undefined) return (await this.#redis.hexists(keyOf(key), "whole")) === 1;
    return readRegular(join(this.#folder, key), 0).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code === undefined, // longer than that
    );
  }

  /** @throws {RunError} for more than may be. */
  async put(key: string, bytes: Uint8Array): Promise<void> {
    if (bytes.length > this.largest) {
      const hint = this.#folder === undefined ? "; share a folder by --text-dir" : "";
      throw new RunError(
        `queue: expected at most ${this.largest} bytes to send, got ${bytes.length}${hint}`,
      );
    }
    if (this.#folder !== undefined) {
      ensureFolder(this.#folder);
      writeAside(this.#folder, key, bytes);
      moveIn(this.#folder, key);
      return;
    }
    const own = keyOf(key);
    await this.#redis.expire(own, KEPT);
    for (let at = 0; at < bytes.length; at += CHUNK) {
      const { buffer, byteOffset, length } = bytes.subarray(at, at + CHUNK);
      await this.#redis.hset(own, `${at / CHUNK}`, Buffer.from(buffer, byteOffset, length));
      if (at === 0) await this.#redis.expire(own, KEPT);
    }
    await this.#redis.hset(own, "whole", "1");
    await this.#redis.expire(own, KEPT);
  }

  /** @throws {ParcelError} if it is not there, or another. */
  async get(key: string, length: number, sha256: string): Promise<Uint8Array> {
    const bytes =
      this.#folder === undefined
        ? await this.#fromRedis(keyOf(key), length)
        : await readRegular(join(this.#folder, key), length).catch(() => undefined);
    const got = bytes && createHash("sha256").update(bytes).digest("hex");
    if (bytes?.length === length && got === sha256) return bytes;
    const instead = got ? `${bytes.length} with ${got}` : "none, or fewer";
    throw new ParcelError(
      `queue: expected ${length} bytes with SHA-256 ${sha256}, got ${instead}`,
      got !== undefined,
    );
  }

  async remove(key: string): Promise<void> {
    if (this.#folder === undefined) await this.#redis.unlink(keyOf(key));
    else rmSync(join(this.#folder, key), { force: true });
  }

  /** Puts files as one thing. */
  async pack(key: string, files: Files): Promise<Label> {
    const bytes = Buffer.concat(Object.values(files));
    await this.put(key, bytes);
    const sizes = Object.entries(files).map(([name, { length }]) => [name, length] as const);
    return { key, sha256: createHash("sha256").update(bytes).digest("hex"), files: sizes };
  }

  /** @throws {RunError} as `get`. */
  async unpack({ key, sha256, files }: Label): Promise<Files> {
    const length = files.reduce((sum, [, bytes]) => sum + bytes, 0);
    const all = await this.get(key, length, sha256);
    let at = 0;
    return Object.fromEntries(
      files.map(([name, bytes]) => {
        at += bytes;
        return [name, all.subarray(at - bytes, at)];
      }),
    );
  }

  async #fromRedis(key: string, length: number): Promise<Uint8Array | undefined> {
    if (length > LARGEST_IN_REDIS) return undefined;
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += CHUNK) {
      const piece = await this.#redis.hgetBuffer(key, `${at / CHUNK}`);
      if (!piece || piece.length !== Math.min(CHUNK, length - at)) return undefined;
      bytes.set(piece, at);
    }
    return bytes;
  }
}

const keyOf = (key: string): string => `ello:parcel:${key}`;

/** A label as it came; undefined for what is none, or of files with other names. */
export function labelIn(text: string | null, names: readonly string[]): Label | undefined {
  if (text === null) return undefined;
  try {
    const label = Object(parseJson(text, { values: 100 })) as Label;
    const isFile = (file: unknown): boolean =>
      Array.isArray(file) && file.length === 2 && names.includes(file[0]) && isCount(file[1]);
    const { key, sha256, files } = label;
    const fits = typeof key === "string" && /^[\w-]{1,120}$/.test(key) && isSha256(sha256);
    return fits && Array.isArray(files) && files.every(isFile) ? label : undefined;
  } catch {
    return undefined;
  }
}
