// The queue under what befalls it: a worker killed three times and Redis restarted, a wire cut for longer than a
// lock lasts, and 10,000 runs without work, of which it prints how many go through in a second, and their bytes.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Connection, QUEUE } from "../../src/node/queue/connection.ts";
import { Host } from "../node/queue/hosts.ts";
import { type Program, RedisServer, startWorker } from "../node/queue/redis.ts";
import { madeOnce, standIn } from "../node/queue/stand-ins.ts";
import { hashesIn, madeHere, onQueue, planOf, Watched } from "../node/queue/sweeps.ts";
import { command, makeFolder } from "../node/run.ts";

const KILLS = 3;
const EMPTY = 10_000; // runs
const LONG = { epochs: 12_000, hiddenSize: 64 };
const OPEN = ["--bind", "0.0.0.0", "--protected-mode", "no"];

/** Waits until a worker is in the middle of a run. */
async function inTheMiddle(worker: Program, sweep: Watched): Promise<string> {
  const name = (await worker.line(/: (begins|goes on)$/)).replace(/: .*/, "");
  await sweep.underWay(name);
  return name;
}

test(`a worker killed ${KILLS} times, and Redis restarted`, async () => {
  const hosts = [Host.make(1), Host.make(2)];
  const redis = await RedisServer.start(OPEN);
  const plan = await planOf("hiddenSize=32,64 seed=1..4", { epochs: LONG.epochs });
  const sweep = new Watched();
  const made = sweep.make(plan, await onQueue(redis.url, sweep.folder, plan));
  const other = await hosts[1]?.worker(redis.port);
  for (let kill = 0; kill < KILLS; kill++) {
    const worker = (await hosts[0]?.worker(redis.port)) as Program;
    await inTheMiddle(worker, sweep);
    await worker.end("SIGKILL");
    if (kill === 1) await redis.restart();
  }
  await hosts[0]?.worker(redis.port);
  const standings = await made;
  expect(other?.child.exitCode).toBe(null);
  expect(standings.map(({ state }) => state)).toEqual(plan.runs.map(() => "done"));
  expect(hashesIn(sweep.folder)).toEqual(await madeHere(plan));
  const apart = hosts.every(({ isApart }) => isApart)
    ? "in namespaces of their own"
    : "side by side";
  process.stderr.write(`${plan.runs.length} runs, ${KILLS} kills, workers ${apart}\n`);
});

test("a worker whose wire is cut misses nothing: another makes its run", async () => {
  const [near, far] = [Host.make(3), Host.make(4)];
  if (!far.isApart) return;
  const redis = await RedisServer.start(OPEN);
  const plan = await planOf("seed=1", { ...LONG, epochs: 60_000 });
  const sweep = new Watched();
  const made = sweep.make(plan, await onQueue(redis.url, sweep.folder, plan));
  const cut = await far.worker(redis.port);
  await inTheMiddle(cut, sweep);
  far.wire("down");
  const other = await near.worker(redis.port);
  await other.line(/: begins$/);
  far.wire("up");
  await cut.line(/: (let go of|done)/); // it may have come to its end meanwhile, to the same bits
  const [standing] = await made;
  expect(standing?.state).toBe("done");
  expect(hashesIn(sweep.folder)).toEqual(await madeHere(plan));
});

test("halving by two workers that share a folder lets go on whom it lets go on here", async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, "text.txt"), "she sells sea shells by the sea shore. ".repeat(60));
  const small = ["--hidden-size", "8", "--seq-length", "16", "--batch-size", "4", "--epochs", "8"];
  const grid = ["--grid", "learningRate=1e-4,1e-3,1e-2 seed=1,2", "--halving", "2"];
  const words = ["sweep", "--text", "text.txt", ...grid, ...small];
  const here = await command(folder, ...words, "--out-dir", "here", "--quiet");
  expect(here).toMatchObject({ code: 0, stderr: "" });
  const redis = await RedisServer.start();
  const shared = ["--text-dir", join(folder, "shared")];
  await Promise.all([startWorker(redis.url, ...shared), startWorker(redis.url, ...shared)]);
  const queue = ["--queue", redis.url, ...shared, "--out-dir", "there", "--quiet"];
  expect(await command(folder, ...words, ...queue)).toMatchObject({ code: 0, stderr: "" });
  const statesIn = (place: string) => {
    const { runs } = JSON.parse(readFileSync(join(folder, place, "summary.json"), "utf8"));
    return runs.map((run: Record<string, unknown>) => [run["name"], run["state"], run["sha256"]]);
  };
  expect(statesIn("there")).toEqual(statesIn("here"));
  expect(new Set(statesIn("there").map((run: unknown[]) => run[1]))).toEqual(
    new Set(["done", "out"]),
  );
  const own = await Connection.open(redis.url, () => {});
  expect(await own.redis.keys("ello:parcel:*")).toEqual([]); // all went by the folder
  expect(readdirSync(join(folder, "shared")).length).toBe(1); // the text
  await own.close();
});

test(`${EMPTY} runs without work`, async () => {
  const redis = await RedisServer.start();
  const files = await madeOnce();
  const plan = await planOf(`seed=1..${EMPTY}`, { epochs: 3 });
  const folder = makeFolder();
  const queued = await onQueue(redis.url, folder, plan);
  const own = await Connection.open(redis.url, () => {});
  const count = async (section: string, name: string): Promise<number> =>
    Number(new RegExp(`^${name}:(\\d+)`, "m").exec(await own.redis.info(section))?.[1]);
  const before = await count("memory", "used_memory");
  const ended = new Map<string, number>();
  const asked = plan.runs.map(async (run) => {
    const { kind } = await queued.do({ run, until: undefined, waiting: 1 }, () => {});
    ended.set(`${kind} ${run.name}`, (ended.get(`${kind} ${run.name}`) ?? 0) + 1);
  });
  while ((await own.redis.llen(`ello:${QUEUE}:wait`)) < EMPTY);
  const waiting = (await count("memory", "used_memory")) - before;
  const sent = await count("stats", "total_net_input_bytes");
  let made = 0;
  const began = performance.now();
  for (const _ of [1, 2]) {
    const make = async () => {
      made++;
      return { kind: "ended", files, state: undefined } as const;
    };
    await standIn(redis.url, make, { concurrency: 8 });
  }
  await Promise.all(asked);
  const seconds = (performance.now() - began) / 1000;
  const wire = ((await count("stats", "total_net_input_bytes")) - sent) / EMPTY;
  expect(made).toBe(EMPTY);
  expect([...ended.values()].every((times) => times === 1)).toBe(true);
  expect(ended.size).toBe(EMPTY);
  expect(readdirSync(folder).length).toBe(EMPTY);
  await queued.close();
  for (const keys of ["result", "parcel", "state"]) {
    expect(await own.redis.keys(`ello:${keys}:*`)).toEqual([]);
  }
  await own.close();
  process.stderr.write(
    `${EMPTY} runs: ${(EMPTY / seconds).toFixed(0)} a second; ${(waiting / EMPTY).toFixed(0)} bytes of Redis each that waits, ${wire.toFixed(0)} bytes sent to it for each that is made\n`,
  );
});
