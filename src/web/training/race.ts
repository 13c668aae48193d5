// The race: the core on one thread, on all, and fused, against the reference, in turns on the same
// batch, after checking that they compute the same weights.

import { kernelContestant } from "../../bench/core.ts";
import { compare, contestantOf, prepare, RULE } from "../../bench/measure.ts";
import { sha256 } from "../../checkpoint/sha256.ts";
import type { Engine } from "../../engine/engine.ts";
import { ReferenceEngine } from "../../reference/engine.ts";
import { WasmEngine } from "../../wasm/engine.ts";
import { threadsFor } from "../../wasm/team.ts";
import type { Equipment, RaceJob, RaceResult } from "./protocol.ts";
import type { Ranks } from "./ranks.ts";

const CHECKED_STEPS = 3;

export async function race(
  { shape, seconds }: RaceJob,
  cores: Equipment["cores"],
  ranks: Ranks,
): Promise<RaceResult> {
  const open: Engine[] = [];
  const add = async (engine: Engine | Promise<Engine>): Promise<Engine> => {
    open.push(await engine);
    return engine;
  };
  try {
    const entries: { name: string; engine: Engine; isExact: boolean }[] = [
      {
        name: "TypeScript reference",
        engine: await add(new ReferenceEngine(shape)),
        isExact: true,
      },
      {
        name: "Wasm core, 1 thread",
        engine: await add(WasmEngine.create(shape, cores.release)),
        isExact: true,
      },
    ];
    const threads = threadsFor(shape, ranks.threads, ranks.threads);
    if (threads > 1) {
      const team = WasmEngine.createTeam(shape, cores.team, threads, ranks.start);
      entries.push({
        name: `Wasm core, ${threads} threads`,
        engine: await add(team),
        isExact: true,
      });
    }
    if (cores.fast) {
      const engine = await add(WasmEngine.create(shape, cores.fast));
      entries.push({ name: "Wasm core, fast", engine, isExact: false });
    }
    const hashes = new Set<string>();
    for (const { engine, isExact } of entries) {
      prepare(engine);
      for (let step = 0; step < CHECKED_STEPS; step++) engine.step(RULE);
      if (isExact) hashes.add(await sha256(engine.parameters));
    }
    const kernel = await kernelContestant(shape, (size) => WasmEngine.create(size, cores.release));
    const contestants = entries.map(({ name, engine }) => contestantOf(name, engine));
    const { rows } = await compare(shape, kernel, contestants, seconds);
    const [parametersSha256] = hashes;
    return { report: { ...shape, rows }, ...(hashes.size === 1 && { parametersSha256 }) };
  } finally {
    for (const engine of open) engine.close();
  }
}
