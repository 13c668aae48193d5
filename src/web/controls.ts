// Play, pause, step, reset and speed, by button and by key; and the readings above the views.

import { networkWords } from "../engine/cells.ts";
import type { Shape } from "../engine/shape.ts";
import type { Playground } from "./playground.ts";
import { isSample } from "./setting.ts";
import type { Counted, RunFacts } from "./training/protocol.ts";
import { STANDARD_SPEED, type ViewState } from "./view-state.ts";
import { find, setText } from "./views/elements.ts";
import { cited, count, duration, glyph, number, steps } from "./views/format.ts";
import { isForPage } from "./views/keys.ts";
import type { ThinkingView } from "./views/thinking-view.ts";

const MOST_PREDICTED = 24; // characters that have room among the readings

export class Controls {
  readonly #playground: Playground;
  readonly #thinking: ThinkingView;
  readonly #play = find<HTMLButtonElement>("play");
  readonly #step = find<HTMLButtonElement>("step");
  readonly #reset = find<HTMLButtonElement>("reset");
  readonly #undo = find<HTMLButtonElement>("undo");
  readonly #speed = find<HTMLSelectElement>("speed");

  constructor(playground: Playground, thinking: ThinkingView, view: ViewState) {
    this.#playground = playground;
    this.#thinking = thinking;
    this.#play.addEventListener("click", () => this.#toggle());
    this.#step.addEventListener("click", () => this.#takeStep());
    this.#reset.addEventListener("click", () => this.#goBack(playground.reset()));
    this.#undo.addEventListener("click", () => this.#goBack(playground.undo()));
    this.#speed.addEventListener("change", () => {
      const speed = Number(this.#speed.value);
      view.change({ speed: speed === STANDARD_SPEED ? undefined : speed });
    });
    view.listen(({ speed = STANDARD_SPEED }) => {
      this.#speed.value = String(speed);
      if (speed !== playground.pace) playground.setPace(speed);
    });
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Shows where the run stands. */
  draw(): void {
    const { phase, facts, parametersSha256, replaced } = this.#playground;
    setText(this.#play, { playing: "Pause", done: "Again" }[phase as string] ?? "Play");
    this.#play.classList.toggle("playing", phase === "playing");
    for (const button of [this.#play, this.#step, this.#reset]) {
      button.disabled = phase === "loading";
    }
    // Not disabled: that would take the focus of who ended the run with it.
    this.#step.setAttribute("aria-disabled", String(phase === "done"));
    this.#undo.setAttribute("aria-disabled", String(this.#playground.starts > 0));
    this.#undo.style.visibility = replaced ? "visible" : "hidden";
    setText(find("status"), this.#status());
    if (!facts) return;
    this.#drawReadings(facts);
    const { threads } = facts;
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
      parametersSha256 ?? (phase === "playing" ? "changes at every step while it trains" : "…"),
    );
    setText(find("sentence"), this.#sentence());
  }

  /** The readings of what is shown; where nothing is, of the last step. */
  #drawReadings({ config, shape, stepsPerEpoch, hasValidation }: RunFacts): void {
    const { last, validation, counted, charsPerSecond: speed } = this.#playground.course;
    const { shown } = this.#thinking;
    const { loss, accuracy } = shown ?? last ?? {};
    const predicted = shown?.predicted ?? this.#playground.course.predicted;
    const epoch = shown ? shown.step : last ? last.epoch + 1 : 0;
    setText(find("epoch"), `${epoch} of ${config.epochs}`);
    // As wide as it can become, so that its neighbours stay where they are.
    const digits = String(config.epochs).length;
    find("epoch").style.minWidth = `${2 * digits + 3.5}ch`;
    find("predicted").style.minWidth = `${Math.min(shape.T, MOST_PREDICTED)}ch`;
    setText(find("loss"), loss === undefined ? "–" : loss.toFixed(4));
    setText(find("accuracy"), accuracy === undefined ? "–" : `${(100 * accuracy).toFixed(0)} %`);
    setText(find("gradient-norm"), last ? number(last.gradNorm) : "–");
    setText(find("validation"), validation ? validation.loss.toFixed(4) : "–");
    const unknown = this.#playground.phase === "done" ? "–" : "at the end"; // it was done before, or is too long
    setText(find("counted"), counted ? countedWords(counted) : unknown);
    find("validation-reading").hidden = !hasValidation;
    find("predicted-reading").hidden = shape.B > 1 || hasValidation;
    const beginning = [...predicted.slice(0, 2 * MOST_PREDICTED)];
    const room = beginning.length > MOST_PREDICTED ? MOST_PREDICTED - 1 : MOST_PREDICTED;
    const written = beginning.slice(0, room).map(glyph).join("");
    setText(find("predicted"), room < MOST_PREDICTED ? `${written}…` : written || "…");
    setText(find("speed-reading"), speed > 0 ? count(speed) : "–");
    const perEpoch = speed > 0 ? (stepsPerEpoch * shape.T * shape.B) / speed : 0;
    setText(find("epoch-time"), perEpoch > 0 ? duration(perEpoch) : "–");
  }

  #status(): string {
    const { phase, facts, course, said } = this.#playground;
    const { step } = course;
    const state = {
      loading: said ? "" : "Loading the core …",
      playing: "Training …",
      paused: step > 0 ? `Paused after ${step} of ${steps(facts?.steps ?? 0)}.` : "Ready.",
      done: "Trained. More epochs train on.",
      failed: "Stopped.",
    }[phase];
    const { pinned } = this.#thinking;
    const back = pinned === undefined ? "" : `You look back at step ${pinned}.`;
    return [state, back, said].filter(Boolean).join(" ");
  }

  #sentence(): string {
    const { setting, facts } = this.#playground;
    if (!facts) return "";
    const units = networkSentence(facts.shape);
    const { text } = setting;
    if (!text) {
      const { input, target } = facts.config;
      return `${units} reads “${cited(input)}” and learns to write “${cited(target)}”: at every letter it guesses the next one.`;
    }
    const name = isSample(text) ? text.label.toLowerCase() : cited(text.name);
    return `${units} reads ${name} and learns, at every character, to guess the next one.`;
  }

  #toggle(): void {
    this.#thinking.walk.end();
    const { phase } = this.#playground;
    if (phase === "playing") {
      void this.#playground.pause();
      return;
    }
    this.#thinking.follow();
    this.#playground.say("");
    if (phase === "done") this.#goBack(this.#playground.reset());
    this.#playground.play();
  }

  #takeStep(): void {
    this.#thinking.follow();
    this.#playground.say("");
    void this.#playground.takeStep();
  }

  #goBack(started: Promise<void>): void {
    started.catch(() => {}); // it was said
  }

  /** Space, right arrow and R, where nothing else wants them. */
  #key(event: KeyboardEvent): void {
    if (this.#playground.phase === "loading") return;
    if (!isForPage(event)) return;
    const target = event.target as HTMLElement;
    if (event.key === " " && target.closest("button, summary, a, input:not([type=range])")) return;
    if (event.key === "ArrowRight" && target.closest("input")) return;
    const actions: Record<string, () => void> = {
      " ": () => (this.#thinking.walk.isOn ? this.#thinking.walk.advance() : this.#toggle()),
      ArrowRight: () => this.#takeStep(),
      r: () => this.#goBack(this.#playground.reset()),
      R: () => this.#goBack(this.#playground.reset()),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    if (event.repeat && event.key !== "ArrowRight") return;
    action();
  }
}

function countedWords({ order, loss, isBetter }: Counted): string {
  return `${loss.toFixed(4)}, ${order}-grams${isBetter ? ": better" : ""}`;
}

/** A network as the subject of a sentence. */
function networkSentence(shape: Shape): string {
  const { cell = "rnn", layers = 1, H } = shape;
  const words = networkWords(shape, H);
  if (layers > 1) return `A recurrent network of ${words}`;
  if (cell === "rnn") return `A recurrent network with ${words}`;
  return `${cell === "lstm" ? "An" : "A"} ${words}`;
}
