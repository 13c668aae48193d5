// Finds a Redis server to test with, or installs one, as the browsers' set-up does.

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { install, isProgram } from "../../browser/find-browser.ts";

/** The program: REDIS_SERVER, one on the path, or one installed now. @throws {Error} if there is none. */
export function findRedis(): string {
  const find = () =>
    process.env["REDIS_SERVER"] ??
    (process.env["PATH"] ?? "")
      .split(delimiter)
      .map((folder) => join(folder, "redis-server"))
      .find(isProgram);
  let found = find();
  if (!found && process.getuid?.() === 0 && existsSync("/etc/debian_version")) {
    install("apt-get", ["update", "-qq"]);
    install("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "redis-server"]);
    found = find();
  }
  if (found) return found;
  throw new Error(
    "redis: expected redis-server, got none and none could be installed; install it and set REDIS_SERVER to its path",
  );
}
