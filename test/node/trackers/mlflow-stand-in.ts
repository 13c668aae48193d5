// A small stand-in for MLflow's tracking server: the calls of its REST API 2.0 that a run makes, refused
// where MLflow's documentation says that it refuses them. It is not MLflow, and proves nothing about it beyond that.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface StandInRun {
  readonly experiment: string;
  name: string;
  status: string;
  endTime?: number;
  readonly tags: Record<string, string>;
  readonly params: Record<string, string>;
  readonly metrics: { key: string; value: number; timestamp: number; step: number }[];
}

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export class StandIn {
  readonly experiments: string[] = [];
  readonly runs: Record<string, StandInRun> = {};
  /** Method and name of each call, in order; and what was sent along. */
  readonly calls: string[] = [];
  readonly bodies: any[] = [];
  readonly authorizations = new Set<string | undefined>();
  /** What is done instead of answering a call, by its place: a status, or nothing ever. */
  failing: (call: string, nth: number) => number | "never" | undefined = () => undefined;
  address = "";

  /** Of one call. @throws {Refusal} */
  answer(call: string, query: URLSearchParams, body: any): object {
    switch (call) {
      case "GET experiments/get-by-name": {
        const at = this.experiments.indexOf(query.get("experiment_name") ?? "");
        if (at < 0) throw new Refusal(404, "Could not find experiment with name 'ello'");
        return { experiment: { experiment_id: `${at}`, lifecycle_stage: "active" } };
      }
      case "POST experiments/create":
        return { experiment_id: `${this.experiments.push(body.name) - 1}` };
      case "POST runs/create": {
        const experiment = this.experiments[Number(body.experiment_id)];
        if (experiment === undefined) throw new Refusal(404, "No experiment");
        const run_id = `run-${Object.keys(this.runs).length}`;
        const [name, status] = [body.run_name, "RUNNING"];
        this.runs[run_id] = { experiment, name, status, tags: {}, params: {}, metrics: [] };
        this.#tag(run_id, body.tags ?? []);
        return { run: { info: { run_id } } };
      }
      case "POST runs/log-batch":
        return this.#batch(body);
      case "POST runs/update": {
        const run = this.#run(body.run_id);
        if (!/^(RUNNING|FINISHED|FAILED|KILLED)$/.test(body.status))
          throw new Refusal(400, "status");
        run.status = body.status;
        if (body.end_time !== undefined) run.endTime = body.end_time;
        return { run_info: {} };
      }
      default:
        throw new Refusal(404, `no ${call}`);
    }
  }

  #batch({ run_id, metrics = [], params = [], tags = [] }: any): object {
    const run = this.#run(run_id);
    const isTooMuch = metrics.length > 1000 || params.length > 100 || tags.length > 100;
    if (isTooMuch) throw new Refusal(400, "A batch logging request can contain at most …");
    for (const { key, value } of params) {
      if (typeof value !== "string" || value === "" || value.length > 500) {
        throw new Refusal(400, `param ${key}`);
      }
      if (run.params[key] !== undefined && run.params[key] !== value) {
        throw new Refusal(400, "Changing param values is not allowed");
      }
      run.params[key] = value;
    }
    for (const { key, value, timestamp, step } of metrics) {
      const isMetric = /^[\w\-./ ]+$/.test(key) && [value, timestamp, step].every(Number.isFinite);
      if (!isMetric) throw new Refusal(400, `metric ${key}`);
    }
    run.metrics.push(...metrics);
    this.#tag(run_id, tags);
    return {};
  }

  #run(id: string): StandInRun {
    const run = this.runs[id];
    if (!run) throw new Refusal(404, `Run '${id}' not found`);
    return run;
  }

  #tag(id: string, tags: { key: string; value: string }[]): void {
    for (const { key, value } of tags) this.#run(id).tags[key] = value;
  }
}

/** Starts one, which goes with the test. `prefix`: of its paths. */
export async function startStandIn(prefix = ""): Promise<StandIn> {
  const standIn = new StandIn();
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    let text = "";
    for await (const piece of request) text += piece;
    const { pathname, searchParams } = new URL(request.url ?? "", "http://host");
    const base = `${prefix}/api/2.0/mlflow/`;
    const call = `${request.method} ${pathname.startsWith(base) ? pathname.slice(base.length) : pathname}`;
    const body = text === "" ? {} : JSON.parse(text);
    standIn.bodies.push(body);
    standIn.authorizations.add(request.headers.authorization);
    const instead = standIn.failing(call, standIn.calls.push(call));
    if (instead === "never") return;
    const give = (status: number, answer: object) => {
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(JSON.stringify(answer));
    };
    try {
      if (instead !== undefined) throw new Refusal(instead, "as the test wants it");
      give(200, standIn.answer(call, searchParams, body));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      give(error.status, { error_code: "SOME", message: error.message });
    }
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  standIn.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return standIn;
}
