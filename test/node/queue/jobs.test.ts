// What goes over the queue: none is lost or doubled, nothing that is sent is believed unseen, and who is not
// there, or not ours, is told so in a line.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Queue, QueueEvents } from "bullmq";
import { expect, test } from "vitest";
import { addressIn, Connection, QUEUE } from "../../../src/node/queue/connection.ts";
import { Handed } from "../../../src/node/queue/handed.ts";
import { jobOf, readJob } from "../../../src/node/queue/job.ts";
import { Parcels } from "../../../src/node/queue/parcels.ts";
import { DEFAULTS, TEXT_DEFAULTS } from "../../../src/settings/check.ts";
import { CLI, makeFolder, run } from "../run.ts";
import { Program, RedisServer, startWorker } from "./redis.ts";
import { madeOnce, standIn } from "./stand-ins.ts";
import { onQueue, planOf } from "./sweeps.ts";

const SHA = "0".repeat(64);
const GOOD = {
  ...{ format: "ello-job-1", sweep: "s", name: "seed=1", config: { ...DEFAULTS, epochs: 3 } },
  ...{ text: { sha256: SHA, files: [] }, steps: 3, until: null, models: false },
};
const ON_TEXT = { ...GOOD, config: TEXT_DEFAULTS, text: { sha256: SHA, files: [10] } };

/** What is wrong with a job, and what is said of it. */
const HOSTILE: readonly (readonly [string, unknown, RegExp])[] = [
  ["nothing", null, /job: expected an object/],
  ["a list", [GOOD], /job: expected an object/],
  ["another format", { ...GOOD, format: "ello-job-2" }, /format: expected ello-job-1/],
  ["a field more", { ...GOOD, script: "rm" }, /fields of format.*script/],
  ["a path for a name", { ...GOOD, name: "../x" }, /name: expected the name of a folder/],
  ["a hidden name", { ...GOOD, name: ".save" }, /name: expected the name of a folder/],
  ["a long name", { ...GOOD, name: "x".repeat(500) }, /name: expected the name of a folder/],
  ["a strange sweep", { ...GOOD, sweep: "a:b" }, /sweep: expected letters/],
  ["no steps", { ...GOOD, steps: 0 }, /steps: expected an integer from 1/],
  ["half a step", { ...GOOD, until: 0.5 }, /until: expected an integer/],
  ["a setting less", { ...GOOD, config: {} }, /config: expected all settings/],
  ["a setting more", { ...GOOD, config: { ...GOOD.config, shell: "sh" } }, /config: .*shell/],
  [
    "a bad setting",
    { ...GOOD, config: { ...GOOD.config, hiddenSize: -1 } },
    /hidden-size: expected/,
  ],
  ["null for NaN", { ...GOOD, config: { ...GOOD.config, learningRate: null } }, /learning-rate/],
  ["no hash", { ...GOOD, text: { sha256: "x", files: [] } }, /text.sha256: expected 64/],
  ["bad lengths", { ...ON_TEXT, text: { sha256: SHA, files: [-1] } }, /text.files: expected/],
  ["a text and a pair", { ...GOOD, text: ON_TEXT.text }, /config.input: expected/],
  [
    "a huge job",
    { ...GOOD, config: { ...GOOD.config, input: "x".repeat(300_000) } },
    /at most 262144/,
  ],
];

test.each(HOSTILE)("a job with %s is refused", (_, job, reason) => {
  expect(() => readJob(JSON.parse(JSON.stringify(job)))).toThrow(reason);
});

test("a job arrives as it was sent, and one that would not is not sent", () => {
  const { format: _, ...good } = GOOD;
  expect(jobOf(good)).toEqual(GOOD);
  const config = { ...GOOD.config, clip: Number.POSITIVE_INFINITY };
  expect(() => jobOf({ ...good, config })).toThrow(/clip: expected/);
});

test("a worker refuses hostile jobs with a reason, and lives on", async () => {
  const redis = await RedisServer.start();
  const worker = await startWorker(redis.url, "--memory-limit", "300");
  const connection = { port: redis.port, maxRetriesPerRequest: null };
  const queue = new Queue(QUEUE, { connection, prefix: "ello" });
  const events = new QueueEvents(QUEUE, { connection, prefix: "ello" });
  const own = await Connection.open(redis.url, () => {});
  try {
    await events.waitUntilReady();
    const outcome = async (data: unknown): Promise<string> => {
      const job = await queue.add("run", data, { attempts: 2 });
      return job.waitUntilFinished(events).then(
        () => "done",
        ({ message }: Error) => message,
      );
    };
    const other = { sha256: "1".repeat(64), files: [10] };
    await new Parcels(own.redis, undefined).put(other.sha256, Buffer.from("1234567890"));
    const huge = { ...GOOD.config, hiddenSize: 4096, layers: 4 };
    const inWorker: [unknown, RegExp][] = [
      ...HOSTILE.slice(0, 8).map(([, job, reason]) => [job, reason] as [unknown, RegExp]),
      [{ ...GOOD, config: huge }, /memory: expected a run of at most 300 MB/],
      [{ ...ON_TEXT, text: { sha256: SHA, files: [2 ** 40] } }, /text: expected at most \d+ bytes/],
      [{ ...ON_TEXT, text: other }, /expected 10 bytes with SHA-256 1{64}, got 10 with/],
      [{ ...ON_TEXT, text: { sha256: SHA, files: [10] } }, /expected 10 bytes.*got none/],
    ];
    for (const [job, reason] of inWorker) expect(await outcome(job)).toMatch(reason);
    expect(await outcome(GOOD)).toBe("done");
    expect(worker.lines.at(-1)).toBe("seed=1: done");
    // Once each, but for the text that might have come.
    const refused = worker.lines.filter((line) => line.includes(": refused: "));
    expect(refused.length).toBe(inWorker.length - 1);
  } finally {
    await Promise.all([queue.close(), events.close(), own.close()]);
  }
});

test("of 200 runs without work none is lost or doubled, and nothing stays of them in Redis", async () => {
  const redis = await RedisServer.start();
  const files = await madeOnce();
  let made = 0;
  for (const _ of [1, 2]) {
    await standIn(
      redis.url,
      async () => {
        made++;
        return { kind: "ended", files, state: undefined };
      },
      { concurrency: 4 },
    );
  }
  const plan = await planOf("seed=1..200", { epochs: 3 });
  const folder = makeFolder();
  const queued = await onQueue(redis.url, folder, plan);
  const asked = plan.runs.map((run) => queued.do({ run, until: undefined, waiting: 1 }, () => {}));
  expect(new Set((await Promise.all(asked)).map(({ kind }) => kind))).toEqual(new Set(["ended"]));
  expect(made).toBe(200);
  expect(readdirSync(folder).length).toBe(200);
  expect(existsSync(join(folder, plan.runs[0]?.name ?? "", "receipt.json"))).toBe(true);
  await queued.close();
  const own = await Connection.open(redis.url, () => {});
  const left = ["ello:result:*", "ello:parcel:*", "ello:state:*"].map((keys) =>
    own.redis.keys(keys),
  );
  expect((await Promise.all(left)).flat()).toEqual([]);
  await own.close();
});

test("what a worker sends is checked: a receipt that is none fails the run, which can be asked for again", async () => {
  const redis = await RedisServer.start();
  const bad = { "receipt.json": Buffer.from('{"format":"ello-receipt-1"}') };
  const all = [bad, await madeOnce()];
  await standIn(redis.url, async () => ({
    ...{ kind: "ended", state: undefined },
    files: all.shift() ?? bad,
  }));
  const plan = await planOf("seed=1", { epochs: 3 });
  const folder = makeFolder();
  const queued = await onQueue(redis.url, folder, plan);
  const [run] = plan.runs;
  const ask = async () => run && queued.do({ run, until: undefined, waiting: 1 }, () => {});
  expect(await ask()).toMatchObject({ kind: "failed", reason: expect.stringMatching(/receipt/) });
  expect(readdirSync(folder)).toEqual([]);
  expect(await ask()).toEqual({ kind: "ended" });
});

test("a worker that has lost its lock ends its run, and the run is made again", async () => {
  const redis = await RedisServer.start();
  const files = await madeOnce();
  const own = await Connection.open(redis.url, () => {});
  const ends: string[] = [];
  const make = async (_: unknown, { signal }: { signal: AbortSignal }) => {
    if (ends.length > 0) return { kind: "ended", files, state: undefined } as const;
    const [lock = ""] = await own.redis.keys(`ello:${QUEUE}:*:lock`);
    await own.redis.del(lock);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    ends.push("lost");
    return { kind: "failed", files: undefined, reason: "ended by SIGKILL" } as const;
  };
  await standIn(redis.url, make, { patience: 500 });
  const plan = await planOf("seed=1", { epochs: 3 });
  const queued = await onQueue(redis.url, makeFolder(), plan);
  const [run] = plan.runs;
  const ended = run && (await queued.do({ run, until: undefined, waiting: 1 }, () => {}));
  expect([ended, ends]).toEqual([{ kind: "ended" }, ["lost"]]);
  await own.close();
});

test("a run whose result is there, but whose worker was lost before it said so, is not made again", async () => {
  const redis = await RedisServer.start();
  const files = await madeOnce();
  const own = await Connection.open(redis.url, () => {});
  const job = readJob(GOOD);
  await new Handed(own, new Parcels(own.redis, undefined)).putResult(job, {
    files,
    failed: undefined,
  });
  const queue = new Queue(QUEUE, own.options);
  const events = new QueueEvents(QUEUE, own.options);
  await events.waitUntilReady();
  const one = await queue.add("run", job);
  let made = 0;
  await standIn(redis.url, async () => {
    made++;
    return { kind: "ended", files, state: undefined };
  });
  await one.waitUntilFinished(events);
  expect(made).toBe(0);
  await Promise.all([queue.close(), events.close()]);
  await own.close();
});

test("an interrupted sweep finds what came meanwhile, and asks for nothing twice", async () => {
  const redis = await RedisServer.start();
  const files = await madeOnce();
  let made = 0;
  let begin = (): void => {};
  let release = (): void => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const released = new Promise<void>((resolve) => (release = resolve));
  await standIn(redis.url, async () => {
    made++;
    begin();
    await released;
    return { kind: "ended", files, state: undefined };
  });
  const plan = await planOf("seed=1,2", { epochs: 3 });
  const folder = makeFolder();
  const [first, second] = plan.runs.map((run) => ({ run, until: undefined, waiting: 1 }));
  if (!first || !second) throw new Error("expected two runs");
  const before = await onQueue(redis.url, folder, plan);
  const asked = before.do(first, () => {});
  await begun;
  const waiting = before.do(second, () => {});
  before.interrupt();
  expect([await asked, await waiting].map(({ kind }) => kind)).toEqual([
    "interrupted",
    "interrupted",
  ]);
  await before.close();
  const after = await onQueue(redis.url, folder, plan);
  const ended = [after.do(first, () => {}), after.do(second, () => {})];
  release();
  expect((await Promise.all(ended)).map(({ kind }) => kind)).toEqual(["ended", "ended"]);
  expect(made).toBe(2);
});

test("an address is refused without a word of its password", () => {
  for (const bad of [
    "redis:secret",
    "http://u:secret@h",
    "redis://u:secret@h/x",
    "redis://u:secret@h?a=b",
  ]) {
    expect(() => addressIn(bad)).toThrow(/^--queue: expected redis:/);
    expect(() => addressIn(bad)).not.toThrow(/secret/);
  }
  const { options, place } = addressIn("rediss://me:a%40b@example.org/3");
  expect(options).toMatchObject({ username: "me", password: "a@b", db: 3, port: 6379 });
  expect([options.tls, place]).toEqual([{ servername: "example.org" }, "example.org:6379"]);
});

test("a password and TLS work by the URL, and neither a wrong one nor a wrong host is repeated", async () => {
  const keys = makeFolder();
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => join(keys, name)) as [string, string];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const made = ["req", "-x509", ...curve, ...subject, "-keyout", key, "-out", cert];
  expect(spawnSync("openssl", made).status).toBe(0);
  const tls = ["--tls-cert-file", cert, "--tls-key-file", key, "--tls-auth-clients", "no"];
  const plain = await RedisServer.start(["--requirepass", "se cret"]);
  const secured = await RedisServer.startTls(["--requirepass", "se cret", ...tls]);
  const url = `rediss://:se%20cret@localhost:${secured.port}`;
  const args = [CLI, "worker", "--queue", url];
  const worker = new Program(process.execPath, args, makeFolder(), { NODE_EXTRA_CA_CERTS: cert });
  await worker.line(/^Worker at localhost:/);
  expect(await worker.end("SIGTERM")).toBe(0);
  expect(worker.lines.join("\n")).not.toContain("cret");
  const faultOf = (address: string): Promise<string> =>
    Connection.open(address, () => {}).then(
      () => "none",
      ({ message }: Error) => message,
    );
  const [wrong, unknown, absent] = await Promise.all([
    faultOf(`redis://:wrong@127.0.0.1:${plain.port}`),
    faultOf(url), // without the certificate
    faultOf("redis://:wrong@127.0.0.1:1"),
  ]);
  expect(wrong).toMatch(/^--queue: expected a Redis at 127.0.0.1:\d+, got WRONGPASS /);
  expect(unknown).toMatch(/^--queue: expected a Redis at localhost:\d+, got self-signed /);
  expect(absent).toMatch(/^--queue: expected a Redis at 127.0.0.1:1, got .*ECONNREFUSED/);
  for (const fault of [wrong, unknown, absent]) expect(fault).not.toMatch(/:wrong|cret/);
});

test("without bullmq a line names what to install", async () => {
  const folder = makeFolder(); // below which there are no packages
  cpSync(join(CLI, ".."), join(folder, "build", "lib"), { recursive: true });
  const cli = join(folder, "build", "lib", "cli.js");
  const { code, stderr } = await run(
    process.execPath,
    [cli, "worker", "--queue", "redis://h"],
    folder,
  );
  expect(code).toBe(1);
  expect(stderr).toBe(
    "--queue: expected the packages bullmq and ioredis, got none; npm install bullmq ioredis\n",
  );
});
