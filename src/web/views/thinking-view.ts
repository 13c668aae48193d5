// A small model seen whole: the network unrolled, weights and gradients, the formula of the number
// that is pointed at, and the scrubber through all that was.

import type { Config } from "../../settings/check.ts";
import type { Comparing, Kept, Pinned } from "../compare/pinned.ts";
import { configOf } from "../setting.ts";
import { Anatomist, type Anatomy } from "../training/anatomy.ts";
import { Frames } from "../training/frames.ts";
import type { Progress, RunFacts } from "../training/protocol.ts";
import { find, setText } from "./elements.ts";
import { number } from "./format.ts";
import { formulaOf, type Place } from "./formula.ts";
import { GATES } from "./gates.ts";
import { NetworkView } from "./network-view.ts";
import { ReachView } from "./reach-view.ts";
import { Walk } from "./walk.ts";
import { WeightsView } from "./weights-view.ts";

const HINT =
  "Point at a unit, a probability or a weight, or tap it; Tab and the arrow keys reach them too.";

/** A network in a few words: after how many steps, and how it does then. */
export interface Readings {
  readonly step: number;
  readonly loss: number;
  /** 0 … 1 */
  readonly accuracy: number;
  readonly predicted: string;
}

export interface ThinkingListener {
  /** Something is to be drawn. */
  changed(): void;
  /** The run is to stand. */
  pause(): void;
  /** It is to take a step. */
  step(): void;
  /** It is to begin again with this spectral radius of Whh, or with weights as they are drawn. */
  choose(radius: number): void;
}

export class ThinkingView implements Comparing {
  readonly #scrubber = find<HTMLInputElement>("scrubber");
  readonly #follow = find<HTMLButtonElement>("follow");
  #frames: Frames | undefined;
  #anatomist: Anatomist | undefined;
  #network: NetworkView | undefined;
  #weights: WeightsView | undefined;
  #anatomy: Anatomy | undefined;
  #place: Place | undefined;
  /** The steps that the visitor went back to; undefined follows the run. */
  #pinned: number | undefined;
  readonly #changed: () => void;
  readonly #reach: ReachView;
  /** The step that is shown, played letter by letter. */
  readonly walk: Walk;

  constructor({ changed, ...asked }: ThinkingListener) {
    this.#changed = changed;
    this.#reach = new ReachView(asked.choose);
    this.walk = new Walk({
      begun: () => asked.pause(),
      show: (place) => {
        if (this.#anatomy) this.#network?.walk(place, this.#anatomy);
      },
      update: () => asked.step(),
    });
    this.#scrubber.addEventListener("input", () => {
      const place = Number(this.#scrubber.value);
      const isNewest = place >= Number(this.#scrubber.max);
      this.#pinned = isNewest ? undefined : this.#frames?.at(place).step;
      changed();
    });
    this.#follow.addEventListener("click", () => this.follow());
  }

  /** What is shown, in the readings that every run has; undefined for a model that is not. */
  get shown(): Readings | undefined {
    if (!this.#anatomy) return undefined;
    const { step, loss, predictions, targets, characters } = this.#anatomy;
    const right = predictions.filter((id, t) => id === targets[t]).length;
    const predicted = Array.from(predictions, (id) => characters[id] ?? "").join("");
    return { step, loss, accuracy: right / predictions.length, predicted };
  }

  /** The step that the visitor went back to, if that is what is shown. */
  get pinned(): number | undefined {
    return this.#pinned;
  }

  keep(): Kept {
    return this.#anatomy ? { probabilities: this.#anatomy.probabilities.slice() } : {};
  }

  /** Marks the probabilities of another run on the bars, if it was of the same pair of texts. */
  pin(pinned: Pinned | undefined): void {
    const { input, target } = this.#anatomist?.config ?? {};
    const other = pinned && configOf(pinned.setting);
    const isSame = other?.input === input && other?.target === target;
    this.#network?.pin(isSame ? pinned?.probabilities : undefined);
  }

  /** Shows the run as it goes on. */
  follow(): void {
    this.#pinned = undefined;
    this.#changed();
  }

  /** A run has started. */
  begin({ config, shape, step, frame }: RunFacts): void {
    find("thinking").hidden = !frame;
    find("not-shown").hidden = frame !== undefined;
    const frames = this.#frames;
    this.#frames = this.#anatomist = this.#anatomy = this.#pinned = undefined;
    this.walk.show(undefined);
    if (!frame) return;
    this.#reach.begin(config);
    // A run that goes on in another worker keeps its past.
    this.#frames = frames?.has(step, frame) ? frames : new Frames(shape);
    this.#frames.add(step, frame);
    this.#anatomist = new Anatomist(config);
    const anatomy = this.#anatomist.open(step, frame);
    const point = (place: Place | undefined) => this.#point(place);
    this.#network = new NetworkView(find("network"), anatomy, point);
    this.#weights = new WeightsView(find("weights"), anatomy, point);
    this.draw();
  }

  /** Settings that took effect at once. */
  change(config: RunFacts["config"]): void {
    if (this.#frames) this.#anatomist = new Anatomist(config);
    this.#anatomy = undefined;
    this.#changed();
  }

  add({ frames }: Progress): void {
    if (!frames || !this.#frames) return;
    const length = frames.parameters.length / frames.steps.length;
    for (const [i, step] of frames.steps.entries()) {
      this.#frames.add(step, frames.parameters.slice(i * length, (i + 1) * length));
    }
  }

  /** Draws the step that is looked at; where the run `isStill`, only if the visitor chose it. */
  draw(isStill = false): void {
    if (isStill && this.#pinned === undefined) return;
    const frames = this.#frames;
    if (!frames || !this.#anatomist) return;
    const place = this.#pinned === undefined ? frames.count - 1 : frames.placeOf(this.#pinned);
    const { step, parameters } = frames.at(place);
    const { max } = this.#scrubber;
    if (max !== String(frames.count - 1)) this.#scrubber.max = String(frames.count - 1);
    if (this.#scrubber.value !== String(place)) this.#scrubber.value = String(place);
    this.#scrubber.setAttribute("aria-valuetext", `after ${step} steps`);
    this.#follow.disabled = this.#pinned === undefined;
    setText(this.#follow, this.#follow.disabled ? "Following" : `Back to step ${frames.last}`);
    setText(find("shown-step"), String(step));
    if (this.#anatomy?.step === step && place < frames.count - 1) return;
    const anatomy = this.#anatomist.open(step, parameters);
    this.#anatomy = anatomy;
    this.#network?.show(anatomy);
    this.#weights?.show(anatomy);
    this.#reach.show(anatomy);
    this.walk.show(anatomy);
    setText(find("clipping"), clippingLine(anatomy, this.#anatomist.config));
    find("clipping").classList.toggle(
      "clipped",
      anatomy.clippedCount > 0 || anatomy.normFactor < 1,
    );
    find("formula").ariaLive = "off"; // a number that is pointed at is read once, not at every step
    this.#showFormula();
  }

  /** After the colour scheme has changed. */
  redraw(): void {
    this.#network?.redraw();
    this.#weights?.redraw();
  }

  #point(place: Place | undefined): void {
    if (place) this.#place = place;
    find("formula").ariaLive = "polite";
    this.#showFormula();
  }

  #showFormula(): void {
    const [place, anatomy] = [this.#place, this.#anatomy];
    const isFilled = place !== undefined && anatomy !== undefined && fits(place, anatomy);
    setText(find("formula"), isFilled ? formulaOf(place, anatomy) : HINT);
    find("formula").classList.toggle("filled", isFilled);
  }
}

/** Whether a place of an earlier run is one of this. */
function fits(place: Place, { shape, cellName, tensors }: Anatomy): boolean {
  if (place.kind === "weight") {
    const [rows = 1, columns = 1] = tensors.find(({ name }) => name === place.name)?.shape ?? [];
    return place.row < rows && place.column < columns;
  }
  if (place.t >= shape.T) return false;
  if (place.kind === "probability") return place.token < shape.V;
  if (place.kind === "gate" && !GATES[cellName].some(({ slot }) => slot === place.slot))
    return false;
  return place.unit < shape.H && (place.kind !== "cell" || cellName === "lstm");
}

function clippingLine(
  { loss, gradNorm, clippedCount, normFactor, gradients }: Anatomy,
  { clipNorm, clipValue }: Pick<Config, "clipNorm" | "clipValue">,
): string {
  const clips = [
    ...(clipNorm > 0 ? [`gradients × ${number(normFactor)} by the norm`] : []),
    ...(clipValue > 0 ? [`${clippedCount} of ${gradients.length} clipped by value`] : []),
  ];
  return `loss ${number(loss)} · gradient norm ${number(gradNorm)} · ${clips.join(", ") || "clipping is off"}`;
}
