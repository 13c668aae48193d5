// The page: starts the worker, shows what it reports.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { History } from "../curves/history.ts";
import type { StepRecord } from "../model/record.ts";
import { CurveView } from "./curve-view.ts";
import type { Reply, Request } from "./messages.ts";

const STEPS_PER_FRAME = 8; // slow enough to be watched

function find<Kind extends HTMLElement>(id: string): Kind {
  return document.getElementById(id) as Kind;
}

class Page {
  readonly #worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  readonly #curves = new CurveView(find("curves"), uPlot);
  readonly #again = find<HTMLButtonElement>("again");
  #history = new History();

  constructor() {
    this.#worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => this.#hear(data));
    this.#worker.addEventListener("error", ({ message }) => this.#fail(message || "it stopped"));
    this.#again.addEventListener("click", () => this.#start());
    this.#start();
  }

  #ask(request: Request): void {
    this.#worker.postMessage(request);
  }

  #start(): void {
    this.#history = new History();
    this.#again.disabled = true;
    find("sha256").textContent = "computed when training ends";
    this.#ask({ kind: "start" });
  }

  #hear(reply: Reply): void {
    if (reply.kind === "records") {
      for (const record of reply.records) this.#history.append(record);
      this.#show(reply.records.at(-1) as StepRecord, reply.predicted);
      this.#advance();
    } else if (reply.kind === "ready") {
      find("status").textContent = "Training …";
      this.#advance();
    } else if (reply.kind === "done") {
      find("sha256").textContent = reply.parametersSha256;
      find("status").textContent = "Trained.";
      this.#again.disabled = false;
    } else this.#fail(reply.reason);
  }

  /** Asks for the next steps when the last have been painted. */
  #advance(): void {
    requestAnimationFrame(() => this.#ask({ kind: "advance", steps: STEPS_PER_FRAME }));
  }

  #show({ epoch, loss, accuracy }: StepRecord, predicted: string): void {
    find("predicted").textContent = predicted;
    find("accuracy").textContent = `${(100 * accuracy).toFixed(0)} %`;
    find("loss").textContent = loss.toFixed(4);
    find("epoch").textContent = String(epoch);
    this.#curves.show(this.#history.columns);
  }

  #fail(reason: string): void {
    find("status").textContent = `Training failed: ${reason}. Reload the page to try again.`;
  }
}

new Page();
