// 1000 models on two threads, made, stepped and closed: neither memory nor workers grow.

import { expect, test } from "vitest";
import { SGD } from "../../src/engine/optimizer.ts";
import { createWasmEngine } from "../../src/index.ts";
import { normal } from "../support.ts";

const MODELS = 1000;
const SHAPE = { V: 65, H: 64, T: 20, B: 16 };
const MIB = 2 ** 20;
const ALLOWED_MIB = 60; // of growth over the last 900 models, which hold some 3 GB

const workers = () => process.getActiveResourcesInfo().filter((name) => name === "Worker").length;

test(`${MODELS} models leave neither memory nor workers`, async () => {
  const resident: number[] = [];
  for (let i = 0; i < MODELS; i++) {
    const engine = await createWasmEngine(SHAPE, 2);
    engine.initialize(i, normal(0.1));
    expect(engine.step(SGD).outcome).toBe("done");
    engine.close();
    if ((i + 1) % 100 === 0) resident.push(process.memoryUsage.rss() / MIB);
  }
  console.log(`resident MiB after each 100: ${resident.map((mib) => mib.toFixed(0)).join(" ")}`);
  expect((resident.at(-1) as number) - (resident[0] as number)).toBeLessThan(ALLOWED_MIB);
  expect(workers()).toBeLessThanOrEqual(1);
}, 3_600_000);
