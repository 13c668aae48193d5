// Asks a tracking server of MLflow by its REST API 2.0.

import { parseJson } from "../../outside/json.ts";
import { shown } from "../../outside/printable.ts";

const PATIENCE = 60_000; // ms for an answer while there is time
const TRY_AGAIN = [408, 429];

/** What the server will not take, however often it is asked. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly status: number;
  constructor(text: string, status: number) {
    super(text);
    this.status = status;
  }
}

export class MlflowServer {
  /** Without a user and a password. */
  readonly address: string;
  readonly #headers: Record<string, string>;
  readonly #end = new AbortController();

  constructor({ origin, pathname, username, password }: URL) {
    this.address = `${origin}${pathname}`.replace(/\/+$/, "");
    const user = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
    this.#headers = {
      "Content-Type": "application/json",
      ...(username && { Authorization: `Basic ${user.toString("base64")}` }),
    };
  }

  get(call: string): Promise<Record<string, unknown>> {
    return this.#ask(call, { method: "GET" });
  }

  post(call: string, body: object): Promise<Record<string, unknown>> {
    return this.#ask(call, { method: "POST", body: JSON.stringify(body) });
  }

  /** Waits for no answer any longer. `limit`: ms that were waited. */
  giveUp(limit: number): void {
    this.#end.abort(new Error(`no answer within ${limit / 1000} s`));
  }

  /** @throws {RefusedError} @throws {Error} with what was got instead of an answer. */
  async #ask(call: string, how: RequestInit): Promise<Record<string, unknown>> {
    const signal = AbortSignal.any([this.#end.signal, AbortSignal.timeout(PATIENCE)]);
    let response: Response;
    let text: string;
    try {
      const url = `${this.address}/api/2.0/mlflow/${call}`;
      response = await fetch(url, { ...how, headers: this.#headers, signal });
      text = await response.text();
    } catch (error) {
      const { code, message } = Object((error as Error).cause ?? error);
      throw new Error(shown(typeof code === "string" ? code : message));
    }
    const answer = objectIn(text);
    const { status } = response;
    if (response.ok && answer) return answer;
    const got = shown(`${status} ${answer?.["message"] ?? response.statusText}`.trim());
    if (status < 500 && !TRY_AGAIN.includes(status)) {
      throw new RefusedError(response.ok ? "an answer that is not MLflow's" : got, status);
    }
    throw new Error(got);
  }
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    return Object(parseJson(text));
  } catch {
    return undefined;
  }
}
