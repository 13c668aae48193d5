// What --log asks for: which trackers are told of a run.

import { quoted } from "../../outside/printable.ts";
import { UsageError } from "../errors.ts";

/** The trackers that are asked for, each once; of MLflow its server. */
export interface LogTo {
  readonly csv?: true;
  readonly tensorboard?: true;
  readonly mlflow?: URL;
}

const EXAMPLE = "mlflow=http://localhost:5000";

/** `values`: of --log, as they were given. @throws {UsageError} */
export function logToOf(values: readonly string[]): LogTo {
  const to: { -readonly [Name in keyof LogTo]: LogTo[Name] } = {};
  for (const value of values) {
    const [name = ""] = value.split("=", 1);
    if (name !== "mlflow" && value !== "csv" && value !== "tensorboard") {
      throw new UsageError(
        `--log: expected csv, tensorboard or mlflow=URL, got ${quoted(value)}; give --log once for each that you want`,
      );
    }
    if (name in to) {
      throw new UsageError(`--log: expected each tracker once, got ${name} twice; leave one out`);
    }
    if (name === "mlflow") to.mlflow = serverOf(value.slice("mlflow=".length));
    else to[name as "csv" | "tensorboard"] = true;
  }
  return to;
}

/** @throws {UsageError} */
function serverOf(address: string): URL {
  const got = address === "" ? "no address" : quoted(address);
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new UsageError(
    `--log: expected the server's address behind mlflow=, with http:// or https://, got ${got}; give it, as in --log ${EXAMPLE}`,
  );
}
