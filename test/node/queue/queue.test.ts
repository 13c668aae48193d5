// A sweep by workers comes to what it comes to here: undisturbed, and with workers killed, Redis restarted, and
// runs handed from one worker to another.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { command, makeFolder, receiptOf } from "../run.ts";
import { RedisServer, startWorker } from "./redis.ts";
import { hashesIn, madeHere, onQueue, planOf, Watched } from "./sweeps.ts";

/** Long enough to be met on the way. */
const LONG = { epochs: 3000, hiddenSize: 64 };
let ofLong: Promise<Record<string, string>> | undefined;
/** The hashes of such runs, made here once. */
const longHere = async () => (ofLong ??= planOf("seed=1..3", LONG).then(madeHere));

test("a sweep on a text of two files, by two workers, comes to the local sweep's bits", async () => {
  const redis = await RedisServer.start();
  const folder = makeFolder();
  mkdirSync(join(folder, "text"));
  // Each file by itself: the mark at the start of the second is no character of the text.
  writeFileSync(join(folder, "text", "a.txt"), "ein Hund, a dog, un chien. ".repeat(20));
  writeFileSync(
    join(folder, "text", "b.txt"),
    `\ufeff${"eine Katze, a cat, un chat. ".repeat(20)}`,
  );
  const words = ["--text", "text", "--grid", "cell=rnn,gru seed=1,2", "--epochs", "2"];
  const small = [...words, "--hidden-size", "8", "--seq-length", "16", "--batch-size", "4"];
  const here = await command(folder, "sweep", ...small, "--out-dir", "here", "--quiet");
  expect(here).toMatchObject({ code: 0, stderr: "" });
  await Promise.all([startWorker(redis.url), startWorker(redis.url)]);
  const queue = ["--queue", redis.url, "--models", "--out-dir", "there"];
  const there = await command(folder, "sweep", ...small, ...queue);
  expect(there).toMatchObject({ code: 0, stderr: "" });
  const hashes = hashesIn(join(folder, "there"));
  expect(Object.keys(hashes).length).toBe(4);
  expect(hashes).toEqual(hashesIn(join(folder, "here")));
  for (const name of Object.keys(hashes)) {
    const [own, other] = ["here", "there"].map((place) => join(folder, place, name));
    const lines = (path = "") => readFileSync(join(path, "metrics.jsonl"), "utf8");
    expect(lines(other)).toBe(lines(own));
    expect(receiptOf(other as string).text).toEqual(["text"]);
    expect(existsSync(join(other as string, "best.safetensors"))).toBe(true);
  }
  const watched = await command(folder, "sweep", "--watch", "--queue", redis.url);
  expect(watched.code).toBe(0);
  expect(watched.stdout.match(/ done$/gm)?.length).toBe(8); // a line and a row for each
  const again = await command(folder, "sweep", ...small, ...queue);
  expect(again.code).toBe(0);
  expect(hashesIn(join(folder, "there"))).toEqual(hashes);
});

test("with a worker killed and Redis restarted it is complete, and to the same bits", async () => {
  const redis = await RedisServer.start();
  const plan = await planOf("seed=1..3", LONG);
  const [first, second] = await Promise.all([startWorker(redis.url), startWorker(redis.url)]);
  const sweep = new Watched();
  const queued = await onQueue(redis.url, sweep.folder, plan);
  const killed = first.line(/: begins$/).then(async (line) => {
    await sweep.underWay(line.replace(/: begins$/, ""));
    await first.end("SIGKILL");
    await second.line(/: done$/);
    await redis.restart();
  });
  const standings = await sweep.make(plan, queued);
  await killed;
  expect(standings.map(({ state, reason }) => [state, reason])).toEqual(
    plan.runs.map(() => ["done", undefined]),
  );
  expect(hashesIn(sweep.folder)).toEqual(await longHere());
});

test("a worker that is told to stop hands its run back, and another goes on from there", async () => {
  const redis = await RedisServer.start();
  const plan = await planOf("seed=1", LONG);
  const name = plan.runs[0]?.name ?? "";
  const first = await startWorker(redis.url);
  const sweep = new Watched();
  const made = sweep.make(plan, await onQueue(redis.url, sweep.folder, plan));
  await sweep.underWay(name);
  expect(await first.end("SIGTERM")).toBe(0);
  expect(first.lines.slice(-3).join("\n")).toMatch(/begins\n.*handed back\nStopped by SIGTERM/);
  const second = await startWorker(redis.url);
  await made;
  expect(await second.line(/: (begins|goes on)$/)).toBe(`${name}: goes on`);
  const receipt = receiptOf(join(sweep.folder, name));
  expect(receipt.resumed.step).toBeGreaterThan(0);
  expect(receipt.steps).toBe(LONG.epochs);
  expect(receipt.parametersSha256.final).toBe((await longHere())[name]);
});
