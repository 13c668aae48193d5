// Play, pause, step, reset and speed, by button and by key; and the readings above the views.

import type { Playground } from "./playground.ts";
import { isSample } from "./setting.ts";
import { find, setText } from "./views/elements.ts";
import { count, duration, number, tokenName } from "./views/format.ts";

export class Controls {
  readonly #playground: Playground;
  readonly #play = find<HTMLButtonElement>("play");
  readonly #speed = find<HTMLSelectElement>("speed");

  constructor(playground: Playground) {
    this.#playground = playground;
    this.#play.addEventListener("click", () => this.#toggle());
    find("step").addEventListener("click", () => this.#takeStep());
    find("reset").addEventListener("click", () => this.#reset());
    this.#speed.addEventListener("change", () => playground.setPace(Number(this.#speed.value)));
    playground.pace = Number(this.#speed.value);
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Shows where the run stands. */
  draw(): void {
    const { phase, facts, last, predicted, said, parametersSha256 } = this.#playground;
    const isPlaying = phase === "playing";
    setText(this.#play, isPlaying ? "Pause" : "Play");
    this.#play.classList.toggle("playing", isPlaying);
    this.#play.disabled = phase === "loading" || phase === "done";
    for (const id of ["step", "reset"]) find<HTMLButtonElement>(id).disabled = phase === "loading";
    find<HTMLButtonElement>("step").disabled ||= phase === "done";
    if (!facts) return;
    const { config, shape, steps, stepsPerEpoch, threads } = facts;
    setText(
      find("epoch"),
      last ? `${last.epoch + 1} of ${config.epochs}` : `0 of ${config.epochs}`,
    );
    // As wide as it can become, so that its neighbours stay where they are.
    const digits = String(config.epochs).length;
    find("epoch").style.minWidth = `${2 * digits + 3.5}ch`;
    find("predicted").style.minWidth = `${shape.T}ch`;
    setText(find("loss"), last ? last.loss.toFixed(4) : "–");
    setText(find("accuracy"), last ? `${(100 * last.accuracy).toFixed(0)} %` : "–");
    setText(find("gradient-norm"), last ? number(last.gradNorm) : "–");
    const { validation } = this.#playground;
    setText(find("validation"), validation ? validation.loss.toFixed(4) : "–");
    find("validation-reading").hidden = !facts.hasValidation;
    find("predicted-reading").hidden = shape.B > 1 || facts.hasValidation;
    setText(find("predicted"), predicted ? [...predicted].map(tokenName).join("") : "…");
    const speed = this.#playground.charsPerSecond;
    setText(find("speed-reading"), speed > 0 ? count(speed) : "–");
    const perEpoch = speed > 0 ? (stepsPerEpoch * shape.T * shape.B) / speed : 0;
    setText(find("epoch-time"), perEpoch > 0 ? duration(perEpoch) : "–");
    const state = {
      loading: "Loading the core …",
      playing: "Training …",
      paused:
        last || facts.step > 0
          ? `Paused after ${this.#playground.step} of ${steps} steps.`
          : "Ready.",
      done: "Trained.",
      failed: "Stopped.",
    }[phase];
    setText(find("status"), said ? `${state} ${said}` : state);
    const team = threads === 1 ? "1 thread" : `${threads} threads`;
    const most = this.#playground.session.threads;
    setText(
      find("isolation"),
      globalThis.crossOriginIsolated
        ? `This page is isolated: training may use up to ${most} threads; this run uses ${team}.`
        : "This page is not cross-origin isolated: training uses 1 thread, and computes the same bits.",
    );
    setText(
      find("sha256"),
      parametersSha256 ?? (isPlaying ? "changes at every step while it trains" : "…"),
    );
    setText(find("sentence"), this.#sentence());
  }

  #sentence(): string {
    const { setting, facts } = this.#playground;
    if (!facts) return "";
    const units = `A recurrent network with ${facts.shape.H} hidden units`;
    const { text } = setting;
    if (!text) {
      const { input, target } = facts.config;
      return `${units} reads “${input}” and learns to write “${target}”: at every letter it guesses the next one.`;
    }
    const name = isSample(text) ? text.label.toLowerCase() : text.name;
    return `${units} reads ${name} and learns, at every character, to guess the next one.`;
  }

  #toggle(): void {
    if (this.#playground.phase === "playing") void this.#playground.pause();
    else {
      this.#playground.say("");
      this.#playground.play();
    }
  }

  #takeStep(): void {
    this.#playground.say("");
    void this.#playground.takeStep();
  }

  #reset(): void {
    this.#playground.reset().catch(() => {});
  }

  /** Space, right arrow and R, where no field or list wants them. */
  #key(event: KeyboardEvent): void {
    if (this.#playground.phase === "loading") return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target as HTMLElement;
    if (target.closest("input, select, textarea, [role=application]")) return;
    if (event.key === " " && target.closest("button, summary, a")) return;
    const actions: Record<string, () => void> = {
      " ": () => this.#toggle(),
      ArrowRight: () => this.#takeStep(),
      r: () => this.#reset(),
      R: () => this.#reset(),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }
}
