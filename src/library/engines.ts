// Makes engines and models on the package's own cores.

import type { Dataset } from "../data/dataset.ts";
import type { Moments } from "../engine/optimizer.ts";
import type { Shape } from "../engine/shape.ts";
import { type MakeEngine, modelFor } from "../model/create.ts";
import type { Model } from "../model/model.ts";
import { SupportError } from "../outside/errors.ts";
import { type Config, ConfigError, show } from "../settings/check.ts";
import { WasmEngine } from "../wasm/engine.ts";
import {
  buildOf,
  CompiledCores,
  type CoreBuild,
  type CoreKind,
  type CoreSource,
  hasRelaxedSimd,
} from "../wasm/instantiate.ts";
import { threadsFor } from "../wasm/team.ts";
import { expectOptions } from "./options.ts";
import { platform } from "./platform.ts";

/** Compiled cores by their builds: modules, bytes, or where they are. */
export type Cores = { readonly [Build in CoreBuild]?: CoreSource | URL };

let ours: Cores = {};
let compiled = new CompiledCores(); // of them

/**
 * Takes cores of one's own in place of those beside the library: where a bundler leaves files behind (esbuild,
 * Rollup), or none may be compiled (workerd, which takes modules). From now on, for what is made from now on;
 * those of earlier calls are forgotten. `release` is what one thread needs in f64, `f32-release` in f32; the
 * package has them as `ello/core/release.wasm` and so on. @throws {ConfigError} for a build that there is not,
 * or what is no core.
 * @example
 * ```js
 * useCores({ release: new URL("release.wasm", document.baseURI) }); // before the first call
 * ```
 */
export function useCores(cores: Cores): void {
  const kinds: CoreKind[] = ["release", "team", "fast", "fast-team", "debug"];
  const names = ["f64", "f32"] as const;
  expectOptions(
    cores,
    names.flatMap((precision) => kinds.map((kind) => buildOf(kind, { precision }))),
  );
  for (const [build, core] of Object.entries(cores)) {
    const isBytes = core instanceof ArrayBuffer || ArrayBuffer.isView(core);
    if (isBytes || core instanceof URL || core instanceof WebAssembly.Module) continue;
    throw new ConfigError(build, `expected a module, bytes or a URL, got ${show(core)}`);
  }
  ours = cores;
  compiled = new CompiledCores();
}

async function coreFor(build: CoreBuild): Promise<WebAssembly.Module> {
  const own = ours[build];
  return own === undefined
    ? platform().loadCore(build)
    : compiled.get(build, () => compile(build, own));
}

/** @throws {SupportError} for what does not arrive, or is no core. */
async function compile(build: CoreBuild, core: CoreSource | URL): Promise<WebAssembly.Module> {
  if (core instanceof WebAssembly.Module) return core;
  try {
    const bytes = core instanceof URL ? await platform().bytesAt(core) : core;
    return await WebAssembly.compile(bytes as BufferSource);
  } catch (error) {
    const where = core instanceof URL ? ` at ${core}` : "";
    throw new SupportError(
      `core: expected the compiled core ${build}${where}, got ${(error as Error).message}; give useCores the file of the package`,
    );
  }
}

/**
 * Makes a model of the shape of `dataset`, its weights drawn from the seed. Close its engine when
 * done: threads end with it.
 * `core`: the compiled core to run, on one thread, instead of those the package brings.
 * @throws {ConfigError} for a setting that does not fit, or that differs from the defaults and has no
 * effect.
 * @throws {MemoryError} if the model does not fit into memory.
 * @example
 * ```js
 * const data = hello();
 * const small = await createModel(data, { hiddenSize: 12, seed: 7 });
 * for (const { loss } of train(small, data)) console.log(loss);
 * small.close();
 * ```
 */
export async function createModel(
  dataset: Dataset,
  settings: Partial<Config> = {},
  core?: CoreSource,
): Promise<Model> {
  return modelFor(dataset, settings, makerOf(core));
}

/** What makes the engine of a configuration, on a core of one's own if there is one. */
export function makerOf(core?: CoreSource): MakeEngine {
  return async (config, shape, moments) => {
    if (config.engine === "reference") {
      const { createReference } = await import("../reference.ts"); // few need it: not in their bundles
      return createReference(shape, moments);
    }
    if (core) {
      expectDefaults(config);
      return WasmEngine.create(shape, core, moments);
    }
    return createWasmEngine(shape, config.threads, config.fast, moments);
  };
}

/** @throws {ConfigError} for what a core of one's own is not asked. */
function expectDefaults({ threads, fast }: Config): void {
  for (const [name, value] of Object.entries({ threads: threads > 1, fast })) {
    if (!value) continue;
    throw new ConfigError(
      name,
      "expected no core of your own, which runs on one thread as it is, got one; leave either out",
    );
  }
}

/**
 * An engine on the package's own core, or that of `useCores`, on `threads` threads or, with 0, as many as pay at each time, that
 * keeps `moments` for its optimizer. `load` gives the compiled core.
 * @throws {SupportError} for `fast` in an engine without relaxed SIMD.
 * @example
 * ```js
 * const engine = await createWasmEngine({ V: 4, H: 10, T: 4, B: 1 }, 1);
 * engine.initialize(42, { kind: 0, size: 0.01 });
 * engine.inputs.set([0, 1, 2, 2]);
 * engine.targets.set([1, 2, 2, 3]);
 * console.log(engine.step(completeConfig()).loss);
 * ```
 */
export async function createWasmEngine(
  shape: Shape,
  threads = 0,
  fast = false,
  moments: Moments = 0,
  load: (build: CoreBuild) => WebAssembly.Module | Promise<WebAssembly.Module> = coreFor,
): Promise<WasmEngine> {
  if (fast && !hasRelaxedSimd()) {
    throw new SupportError(
      "fast: expected an engine with relaxed SIMD (Chrome 114, Firefox 145, Node 22 or later), got one without; leave fast out",
    );
  }
  const ranks = threadsFor(shape, threads, platform().availableThreads());
  if (ranks === 1) {
    return WasmEngine.create(shape, await load(buildOf(fast ? "fast" : "release", shape)), moments);
  }
  const module = await load(buildOf(fast ? "fast-team" : "team", shape));
  const engine = await WasmEngine.createTeam(shape, module, ranks, platform().startRank, moments);
  if (threads === 0) engine.adapt();
  return engine;
}
