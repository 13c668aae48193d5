// The compiled cores in a page: where they are, and those that a training worker has.

import { sha256 } from "../checkpoint/sha256.ts";
import type { Network } from "../engine/cells.ts";
import {
  buildOf,
  CompiledCores,
  type CoreBuild,
  type CoreKind,
  hasRelaxedSimd,
} from "../wasm/instantiate.ts";

/** The builds that a page can have. */
type PageBuild = Exclude<CoreBuild, "debug" | "f32-debug">;

// Each asked for when it is needed: not every place has an address of its own.
const urls: Readonly<Record<PageBuild, () => URL>> = {
  release: () => new URL("../../build/core/release.wasm", import.meta.url),
  team: () => new URL("../../build/core/team.wasm", import.meta.url),
  fast: () => new URL("../../build/core/fast.wasm", import.meta.url),
  "fast-team": () => new URL("../../build/core/fast-team.wasm", import.meta.url),
  "f32-release": () => new URL("../../build/core/f32-release.wasm", import.meta.url),
  "f32-team": () => new URL("../../build/core/f32-team.wasm", import.meta.url),
  "f32-fast": () => new URL("../../build/core/f32-fast.wasm", import.meta.url),
  "f32-fast-team": () => new URL("../../build/core/f32-fast-team.wasm", import.meta.url),
};

const compiled = new CompiledCores();

/** A build of the core, compiled once, as it arrives. */
export async function loadCore(build: CoreBuild): Promise<WebAssembly.Module> {
  const url = urls[build as PageBuild];
  return compiled.get(build, () => WebAssembly.compileStreaming(fetch(url())));
}

/** A build, and the SHA-256 of its file. */
async function loadHashed(build: CoreBuild): Promise<[WebAssembly.Module, string]> {
  const response = await fetch(urls[build as PageBuild]());
  const bytes = response.clone().arrayBuffer();
  const module = await WebAssembly.compileStreaming(response);
  return [module, await sha256(new Uint8Array(await bytes))];
}

/** The core that every run needs, and the SHA-256 of its file. */
export interface Cores {
  readonly release: WebAssembly.Module;
  readonly sha256: string;
}

export async function loadCores(): Promise<Cores> {
  const [release, hash] = await loadHashed("release");
  return { release, sha256: hash };
}

/** That, and the cores of teams, of f32 and of races, each loaded when it is first asked for. */
export class WorkerCores {
  readonly #loaded = new Map<CoreBuild, WebAssembly.Module>();
  readonly #hashes: Map<CoreBuild, string>;

  constructor({ release, sha256: hash }: Cores) {
    this.#loaded.set("release", release);
    this.#hashes = new Map([["release", hash]]);
  }

  /** The SHA-256 of the exact core that a model runs on, by its build. */
  sha256Of(kind: CoreKind, network: Network): Record<string, string> {
    const build = buildOf(kind, network);
    const hash = this.#hashes.get(build);
    return hash === undefined ? {} : { [build]: hash };
  }

  /** Whether this engine can run the fast builds. */
  get canFuse(): boolean {
    return hasRelaxedSimd();
  }

  /** The build of a kind for a model. @throws {Error} for one that cannot be loaded. */
  async get(kind: CoreKind, network: Network): Promise<WebAssembly.Module> {
    const build = buildOf(kind, network);
    const module = this.#loaded.get(build) ?? (await this.#load(build));
    this.#loaded.set(build, module);
    return module;
  }

  async #load(build: CoreBuild): Promise<WebAssembly.Module> {
    try {
      const [module, hash] = await loadHashed(build);
      this.#hashes.set(build, hash);
      return module;
    } catch (error) {
      throw new Error(
        `core: expected ${build}.wasm to load, got ${(error as Error).message}; try again, or take f64`,
      );
    }
  }
}
