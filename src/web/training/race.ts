// The race: the core on one thread, on all, fused, and in f32, against the reference of its precision, in
// turns on the same batch, after checking that those of one precision compute the same weights.

import { kernelContestant } from "../../bench/core.ts";
import { compare, contestantOf, prepare, RULE } from "../../bench/measure.ts";
import { sha256 } from "../../checkpoint/sha256.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Shape } from "../../engine/shape.ts";
import { createReference } from "../../reference.ts";
import { WasmEngine } from "../../wasm/engine.ts";
import type { CoreKind } from "../../wasm/instantiate.ts";
import { threadsFor } from "../../wasm/team.ts";
import type { WorkerCores } from "../cores.ts";
import type { RaceJob, RaceResult } from "./protocol.ts";
import type { Ranks } from "./ranks.ts";

const CHECKED_STEPS = 3;

export async function race(
  { shape, seconds }: RaceJob,
  cores: WorkerCores,
  ranks: Ranks,
): Promise<RaceResult> {
  const open: Engine[] = [];
  /** Opens a side. `hashes`: of the weights of those that should be the same. */
  const enter = async (name: string, engine: Engine, hashes?: Set<string>) => {
    open.push(engine);
    prepare(engine);
    for (let step = 0; step < CHECKED_STEPS; step++) engine.step(RULE);
    hashes?.add(await sha256(engine.parameters));
    return contestantOf(name, engine);
  };
  const alone = async (own: Shape) => WasmEngine.create(own, await cores.get("release", own));
  try {
    const [exact, single] = [new Set<string>(), new Set<string>()];
    const contestants = [
      await enter("TypeScript reference", createReference(shape), exact),
      await enter("Wasm core, 1 thread", await alone(shape), exact),
    ];
    let isWhole = true;
    /** A core that comes over the network, if at all. */
    const find = async (kind: CoreKind, own: Shape) => {
      const found = await cores.get(kind, own).catch(() => undefined);
      isWhole &&= found !== undefined;
      return found;
    };
    const threads = threadsFor(shape, ranks.threads, ranks.threads);
    const team = threads > 1 ? await find("team", shape) : undefined;
    if (team) {
      const engine = await WasmEngine.createTeam(shape, team, threads, ranks.start);
      contestants.push(await enter(`Wasm core, ${threads} threads`, engine, exact));
    }
    const fused = cores.canFuse ? await find("fast", shape) : undefined;
    if (fused) {
      contestants.push(await enter("Wasm core, fast", await WasmEngine.create(shape, fused)));
    }
    const half: Shape = { ...shape, precision: "f32" };
    if (await find("release", half)) {
      const core = await alone(half);
      const base = await enter("TypeScript reference, f32", createReference(half), single);
      contestants.push(base, { ...(await enter("Wasm core, f32, 1 thread", core, single)), base });
    }
    const kernel = await kernelContestant(shape, alone);
    const { rows } = await compare(shape, kernel, contestants, seconds);
    const [parametersSha256] = exact;
    const areSame = exact.size === 1 && single.size <= 1;
    return {
      report: { ...shape, rows },
      ...(areSame && { parametersSha256 }),
      isWhole,
    };
  } finally {
    for (const engine of open) engine.close();
  }
}
