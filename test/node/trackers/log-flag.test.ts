// --log as it is read: which trackers, each once, and an address for the one that needs it.

import { describe, expect, test } from "vitest";
import { parseTrainOptions } from "../../../src/node/flags/options.ts";
import { makeFolder, train } from "../run.ts";

const logTo = async (...flags: string[]) => (await parseTrainOptions(flags))?.logTo;

test("trackers are asked for one by one, in any spelling of flags", async () => {
  expect(await logTo()).toEqual({});
  expect(await logTo("--log", "csv", "--log=tensorboard", "-log", "mlflow=https://host/a")).toEqual(
    { csv: true, tensorboard: true, mlflow: new URL("https://host/a") },
  );
});

const ADDRESS =
  "--log: expected the server's address behind mlflow=, with http:// or https://, got ";
const EXAMPLE = "; give it, as in --log mlflow=http://localhost:5000";
const UNKNOWN = "--log: expected csv, tensorboard or mlflow=URL, got ";
const ONCE = "; give --log once for each that you want";

describe("refused before anything is written", () => {
  test.each([
    [["wandb"], `${UNKNOWN}"wandb"${ONCE}`],
    [[""], `${UNKNOWN}""${ONCE}`],
    [["csv,tensorboard"], `${UNKNOWN}"csv,tensorboard"${ONCE}`],
    [["csv=metrics.csv"], `${UNKNOWN}"csv=metrics.csv"${ONCE}`],
    [["toString"], `${UNKNOWN}"toString"${ONCE}`],
    [["mlflow"], `${ADDRESS}no address${EXAMPLE}`],
    [["mlflow="], `${ADDRESS}no address${EXAMPLE}`],
    [["mlflow=localhost:5000"], `${ADDRESS}"localhost:5000"${EXAMPLE}`],
    [["mlflow=//host"], `${ADDRESS}"//host"${EXAMPLE}`],
    [["mlflow=file:///mlruns"], `${ADDRESS}"file:///mlruns"${EXAMPLE}`],
    [["csv", "csv"], "--log: expected each tracker once, got csv twice; leave one out"],
    [
      ["mlflow=http://a", "csv", "mlflow=http://b"],
      "--log: expected each tracker once, got mlflow twice; leave one out",
    ],
  ])("%j", async (values, line) => {
    const cwd = makeFolder();
    const outcome = await train(cwd, ...values.flatMap((value) => ["--log", value]));
    expect(outcome).toEqual({ code: 2, stdout: "", stderr: `${line}\n` });
  });
});
