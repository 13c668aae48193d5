// The compiled cores in a page: where they are, and those that a training worker has.

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

/** The cores that the page trains and races with from the start; `fast` where the engine can run it. */
export interface Cores {
  readonly release: WebAssembly.Module;
  readonly team: WebAssembly.Module;
  readonly fast?: WebAssembly.Module | undefined;
}

export async function loadCores(): Promise<Cores> {
  const [release, team, fast] = await Promise.all([
    loadCore("release"),
    loadCore("team"),
    hasRelaxedSimd() ? loadCore("fast") : undefined,
  ]);
  return { release, team, fast };
}

/** Those, and the cores of f32, each loaded when it is first asked for. */
export class WorkerCores {
  readonly #loaded = new Map<CoreBuild, WebAssembly.Module>();

  constructor({ release, team, fast }: Cores) {
    this.#loaded.set("release", release).set("team", team);
    if (fast) this.#loaded.set("fast", fast);
  }

  get canFuse(): boolean {
    return this.#loaded.has("fast");
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
      return await loadCore(build);
    } catch (error) {
      throw new Error(
        `precision: expected the f32 core to load, got ${(error as Error).message}; try again, or take f64`,
      );
    }
  }
}
