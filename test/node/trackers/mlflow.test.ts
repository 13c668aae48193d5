// A run as it comes to MLflow, by a stand-in for its server; and servers that fail, which cost a warning.

import { spawn } from "node:child_process";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { parseTrainOptions } from "../../../src/node/flags/options.ts";
import { Output } from "../../../src/node/output.ts";
import { runTrain } from "../../../src/node/run/command.ts";
import { Mlflow } from "../../../src/node/trackers/mlflow.ts";
import { VERSION } from "../../../src/version.ts";
import { CLI, makeFolder, receiptOf, train } from "../run.ts";
import { folderWithText, hashOf } from "../sea.ts";
import { FLAGS, recordsOf, WILD } from "./folders.ts";
import { type StandIn, startStandIn } from "./mlflow-stand-in.ts";

const to = ({ address }: Pick<StandIn, "address">) => ["--log", `mlflow=${address}`];

/** The points of a metric. */
const pointsOf = (server: StandIn, key: string, run = "run-0") =>
  server.runs[run]?.metrics
    .filter((metric) => metric.key === key)
    .map(({ step, value }) => [step, value]);

/** A warning of what was got. */
const warningOf = (address: string, got: string) =>
  `--log mlflow: expected ${address} to take the run, got ${got}; the run goes on, and metrics.jsonl has all of it\n`;

test("a run is there with its settings, all its numbers and its end", async () => {
  const server = await startStandIn();
  const cwd = folderWithText();
  await train(cwd, ...FLAGS, "--out-dir", "plain");
  const outcome = await train(cwd, ...FLAGS, ...to(server));
  expect(outcome).toEqual({ code: 0, stdout: "", stderr: "" });
  const out = join(cwd, "out");
  expect(hashOf(out)).toBe(hashOf(join(cwd, "plain")));
  const run = server.runs["run-0"];
  const { config, textSha256 } = receiptOf(out);
  expect(run).toMatchObject({ experiment: "ello", name: "out", status: "FINISHED" });
  expect(run?.endTime).toBeGreaterThan(1.7e12);
  expect(run?.tags).toEqual({ "ello.version": VERSION, "ello.textSha256": textSha256 });
  const settings = Object.entries(config).filter(([, value]) => value !== "");
  expect(run?.params).toMatchObject(
    Object.fromEntries(settings.map(([name, value]) => [name, String(value)])),
  );
  const records = recordsOf(out);
  const validated = records.filter(({ validation }) => validation);
  const of = (all: any[], value: (record: any) => number) =>
    all.map((record) => [record.step, value(record)]);
  expect(pointsOf(server, "train/loss")).toEqual(of(records, ({ loss }) => loss));
  expect(pointsOf(server, "train/accuracy")).toEqual(of(records, ({ accuracy }) => accuracy));
  expect(pointsOf(server, "train/gradient_norm")).toEqual(of(records, ({ gradNorm }) => gradNorm));
  expect(pointsOf(server, "validation/loss")).toEqual(
    of(validated, ({ validation }) => validation.loss),
  );
  expect(server.calls.slice(0, 4)).toEqual([
    ...["GET experiments/get-by-name", "POST experiments/create"],
    ...["POST runs/create", "POST runs/log-batch"],
  ]);
  await train(cwd, ...FLAGS, ...to(server), "--out-dir", "second");
  expect(server.experiments).toEqual(["ello"]);
  expect(server.runs["run-1"]?.name).toBe("second");
});

test("an experiment that another run makes at the same moment is taken", async () => {
  const server = await startStandIn();
  server.failing = (call) => {
    if (call !== "POST experiments/create") return undefined;
    server.experiments.push("ello");
    return 400; // as MLflow says RESOURCE_ALREADY_EXISTS
  };
  const outcome = await train(makeFolder(), "--epochs", "3", "--quiet", ...to(server));
  expect(outcome).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(server.runs["run-0"]?.status).toBe("FINISHED");
});

test("a longer run comes in batches that MLflow takes", async () => {
  const server = await startStandIn();
  await train(makeFolder(), "--epochs", "2000", "--quiet", ...to(server));
  const sizes = server.bodies.map(({ metrics = [] }) => metrics.length);
  expect(Math.max(...sizes)).toBe(1000);
  expect(pointsOf(server, "train/loss")?.map(([step]) => step)).toEqual(
    Array.from({ length: 2000 }, (_, step) => step),
  );
});

test("a server below a path, with a user and a password, which are kept nowhere", async () => {
  const server = await startStandIn("/team/ml");
  const cwd = makeFolder();
  const address = server.address.replace("//", "//me:s%40me@");
  const outcome = await train(cwd, "--epochs", "3", "--quiet", ...to({ address: `${address}/` }));
  expect(outcome).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(server.authorizations).toEqual(
    new Set([`Basic ${Buffer.from("me:s@me").toString("base64")}`]),
  );
  expect(server.runs["run-0"]?.status).toBe("FINISHED");
  expect(readFileSync(join(cwd, "out/mlflow.json"), "utf8")).not.toMatch(/me:|s%40me|s@me/);
});

describe("a resumed run", () => {
  const EPOCHS = ["--epochs", "20", "--quiet"];

  test("goes on in the same run there, and says what was changed", async () => {
    const server = await startStandIn();
    const cwd = makeFolder();
    await train(cwd, ...EPOCHS, ...to(server), "--max-steps", "10");
    copyFileSync(join(cwd, "out/mlflow.json"), join(cwd, "kept"));
    await train(cwd, "--resume", "out", "--quiet", "--max-steps", "12"); // without --log
    expect(readFileSync(join(cwd, "out/mlflow.json"))).toEqual(readFileSync(join(cwd, "kept")));
    const rate = ["--learning-rate", "0.05"];
    const outcome = await train(cwd, "--resume", "out", "--quiet", ...rate, ...to(server));
    expect(outcome).toEqual({ code: 0, stdout: "", stderr: "" });
    const run = server.runs["run-0"];
    expect(Object.keys(server.runs)).toEqual(["run-0"]);
    expect(run?.status).toBe("FINISHED");
    expect(run?.params["learningRate"]).toBe("0.1");
    expect(run?.tags["ello.resumed.12"]).toBe('{"learningRate":0.05}');
    const steps = pointsOf(server, "train/loss")?.map(([step]) => step);
    expect(steps).toEqual([...Array(20).keys()].filter((step) => step !== 10 && step !== 11));
  });

  test("is another one in another folder, on another server, or where the first is gone", async () => {
    const [server, other] = [await startStandIn(), await startStandIn()];
    const cwd = makeFolder();
    await train(cwd, ...EPOCHS, ...to(server), "--max-steps", "10");
    await train(cwd, "--resume", "out", "--quiet", "--out-dir", "branch", ...to(server));
    expect(server.runs["run-1"]?.name).toBe("branch");
    expect(pointsOf(server, "train/loss", "run-1")?.length).toBe(10);
    const next = (limit: string, at: StandIn) =>
      train(cwd, "--resume", "out", "--quiet", "--max-steps", limit, ...to(at));
    await train(cwd, ...EPOCHS, ...to(other), "--out-dir", "third"); // of the same id as the first
    await next("12", other);
    expect(Object.keys(other.runs)).toEqual(["run-0", "run-1"]);
    delete other.runs["run-1"];
    const { stderr } = await next("14", other);
    expect(stderr).toBe("");
    expect(pointsOf(other, "train/loss", "run-1")?.map(([step]) => step)).toEqual([12, 13]);
    await train(cwd, ...EPOCHS, "--max-steps", "1"); // the new run in out is none of its
    expect(existsSync(join(cwd, "out/mlflow.json"))).toBe(false);
  });
});

test("a run that goes back says so, since MLflow takes nothing back", async () => {
  const server = await startStandIn();
  const cwd = folderWithText();
  await train(cwd, ...WILD, ...to(server));
  const lines = readFileSync(join(cwd, "out/metrics.jsonl"), "utf8").trimEnd().split("\n");
  const back = lines.map((line) => JSON.parse(line)).filter(({ rolledBack }) => rolledBack);
  expect(back.length).toBeGreaterThan(1);
  expect(pointsOf(server, "train/went_back_from")).toEqual(
    back.map(({ step, rolledBack }) => [step, rolledBack.from]),
  );
});

test("a run that fails is FAILED there", async () => {
  const server = await startStandIn();
  const { code } = await train(
    makeFolder(),
    ...["--learning-rate", "1e308", "--quiet", ...to(server)],
  );
  expect(code).toBe(1);
  expect(server.runs["run-0"]?.status).toBe("FAILED");
});

test("a run that a signal ends is KILLED there, with all that it was", async () => {
  const server = await startStandIn();
  const cwd = makeFolder();
  const words = [CLI, "train", "--epochs", "100000000", "--quiet", ...to(server)];
  const child = spawn(process.execPath, words, { cwd });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  let batches = 0;
  server.failing = (call) => {
    if (call === "POST runs/log-batch" && ++batches === 2) child.kill("SIGINT");
    return undefined;
  };
  expect(await ended).toBe(130);
  expect(server.runs["run-0"]?.status).toBe("KILLED");
  const steps = pointsOf(server, "train/loss")?.map(([step]) => step);
  expect([steps?.[0], steps?.at(-1)]).toEqual([0, receiptOf(join(cwd, "out")).steps - 1]);
});

describe("a server that fails costs one warning, and no bit of the run", () => {
  const EPOCHS = ["--epochs", "500", "--quiet"];

  async function expectOneWarning(address: string, got: string, limit?: number): Promise<void> {
    const cwd = makeFolder();
    await train(cwd, ...EPOCHS, "--out-dir", "plain");
    let said = "";
    const stream = new Writable({
      write(text, _encoding, done) {
        said += text;
        done();
      },
    });
    const flags = [...EPOCHS, ...to({ address }), "--log", "csv", "--out-dir", join(cwd, "out")];
    const options = await parseTrainOptions(flags);
    if (!options) expect.unreachable();
    expect(await runTrain(options, new Output(stream, stream), limit)).toBe(0);
    expect(said).toBe(warningOf(address, got));
    expect(hashOf(join(cwd, "out"))).toBe(hashOf(join(cwd, "plain")));
    for (const log of ["metrics.jsonl", "metrics.csv"]) {
      expect(readFileSync(join(cwd, "out", log), "utf8").split("\n").length).toBeGreaterThan(500);
    }
  }

  test("it answers 500, each time", async () => {
    const server = await startStandIn();
    server.failing = () => 500;
    await expectOneWarning(server.address, "500 as the test wants it");
    expect(server.calls.length).toBe(2); // at the start, and once more at the end
  });

  test("it refuses the run, and is left alone", async () => {
    const server = await startStandIn();
    server.failing = (call) => (call === "POST runs/create" ? 403 : undefined);
    await expectOneWarning(server.address, "403 as the test wants it");
    expect(server.calls.filter((call) => call === "POST runs/create").length).toBe(1);
  });

  test("it is not there", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await expectOneWarning(`http://127.0.0.1:${port}`, "ECONNREFUSED");
  });

  test("it never answers: the end waits for so long, and no longer", async () => {
    const server = await startStandIn();
    server.failing = () => "never";
    await expectOneWarning(server.address, "no answer within 0.02 s", 20);
  });

  test("it never answers the last call", async () => {
    const server = await startStandIn();
    server.failing = (call) => (call === "POST runs/update" ? "never" : undefined);
    await expectOneWarning(server.address, "no answer within 0.5 s", 500);
    expect(server.runs["run-0"]?.status).not.toBe("FINISHED");
  });

  test("it is another server", async () => {
    const server = createServer((_request, response) => response.end("<title>hello</title>"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await expectOneWarning(`http://127.0.0.1:${port}`, "an answer that is not MLflow's");
    server.closeAllConnections();
    server.close();
  });

  test("it fails in the middle, and has everything at the end", async () => {
    const server = await startStandIn();
    server.failing = (_call, nth) => (nth === 5 ? 503 : undefined);
    await expectOneWarning(server.address, "503 as the test wants it");
    expect(server.runs["run-0"]?.status).toBe("FINISHED");
    expect(pointsOf(server, "train/loss")?.map(([step]) => step)).toEqual([...Array(500).keys()]);
  });
});

describe("the tracker by itself", () => {
  const record = { epoch: 0, loss: 1, accuracy: 0.5, gradNorm: 1, learningRate: 0.1 };
  const about = { model: { config: { cell: "rnn" } }, textSha256: "a" };
  const files = { keepMlflow: () => {} };
  const fail = (text: string) => expect.unreachable(text);

  test("holds a bounded number of points where the server is slower, evenly, and the last", async () => {
    const server = await startStandIn();
    const tracker = new Mlflow(new URL(server.address), about, "/nowhere", files, fail);
    const steps = 100_000; // without a turn of the event loop
    for (let step = 0; step < steps; step++) tracker.record({ ...record, step, charsPerSecond: 1 });
    await tracker.end("FINISHED");
    const sent = pointsOf(server, "train/loss")?.map(([step]) => step as number) ?? [];
    expect(sent.length).toBeLessThan(5100);
    expect(sent.length).toBeGreaterThan(2500);
    expect([sent[0], sent.at(-1)]).toEqual([0, steps - 1]);
    const gaps = sent
      .slice(0, -1)
      .flatMap((step, i) => (i === 0 ? [] : [step - (sent[i - 1] ?? 0)]));
    expect(new Set(gaps).size).toBe(1);
  });

  test("leaves out what JSON has no number for", async () => {
    const server = await startStandIn();
    const tracker = new Mlflow(new URL(server.address), about, "/nowhere", files, fail);
    const validation = { loss: Number.POSITIVE_INFINITY, accuracy: 0, best: false };
    const gradNorm = Number.NaN;
    tracker.record({ ...record, step: 0, charsPerSecond: 1, gradNorm, validation });
    await tracker.end("KILLED");
    expect(server.runs["run-0"]?.metrics.map(({ key }) => key)).toEqual([
      ...["train/loss", "train/accuracy", "train/learning_rate", "validation/accuracy"],
    ]);
    expect(server.runs["run-0"]?.status).toBe("KILLED");
  });
});
