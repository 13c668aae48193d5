// The package as a user has it: made of the files that a clone has, built, packed, and laid into an app.

import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { run } from "../node/run.ts";

export const ROOT = new URL("../..", import.meta.url).pathname;
/** What a clone has that the package is made of. */
export const SOURCES = [
  ...["src", "assembly", "package.json", "package-lock.json", "index.html", "vite.config.ts"],
  ...["asconfig.json", "tsconfig.json", "README.md", "LICENSE", "CHANGELOG.md"],
];

const tool = process.env["npm_execpath"];

export function npm(cwd: string, ...words: string[]) {
  return tool ? run(process.execPath, [tool, ...words], cwd) : run("npm", words, cwd);
}

export interface Packed {
  /** Path of the tarball. */
  readonly archive: string;
  /** The files in it. */
  readonly names: readonly string[];
  /** A folder with the package installed, and nothing else. */
  readonly app: string;
  /** Removes all of it. */
  remove(): void;
}

/**
 * Packs a clone and installs it into an app of `files`. Everything is built but the core: what takes long to
 * compile is for the tests' own build.
 */
export async function packInto(files: Readonly<Record<string, string>>): Promise<Packed> {
  const base = mkdtempSync(join(tmpdir(), "ello-package-"));
  const [clone, app] = [join(base, "clone"), join(base, "app")];
  for (const name of SOURCES) cpSync(join(ROOT, name), join(clone, name), { recursive: true });
  for (const name of ["core", "core.stamp"]) {
    cpSync(join(ROOT, "build", name), join(clone, "build", name), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(clone, "node_modules"), "junction");
  const made = await npm(clone, "pack", "--pack-destination", base);
  expect(made, made.stderr).toMatchObject({ code: 0 });
  const own = join(app, "node_modules/ello");
  mkdirSync(own, { recursive: true });
  const archive = join(base, readdirSync(base).find((name) => name.endsWith(".tgz")) as string);
  const unpacked = await run("tar", ["xzf", archive, "--strip-components=1"], own);
  expect(unpacked).toMatchObject({ code: 0 });
  const names = readdirSync(own, { recursive: true, encoding: "utf8" }).map((name) =>
    name.replaceAll("\\", "/"),
  );
  for (const [name, text] of Object.entries(files)) writeFileSync(join(app, name), text);
  return { archive, names, app, remove: () => rmSync(base, { recursive: true, force: true }) };
}
