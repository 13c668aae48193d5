// The curves of a run while it goes on: zoom by dragging or by choosing a part, values under the
// cursor or the arrow keys, logarithmic loss, a smoothing of one's own.

import uPlot from "uplot";
import { type Columns, History } from "../../curves/history.ts";
import { DARK, LIGHT } from "../../curves/options.ts";
import { curveSummary } from "../../curves/summary.ts";
import { textCurveData, textCurveOptions } from "../../curves/text-options.ts";
import { type Comparing, type Kept, type Pinned, withOther } from "../compare/pinned.ts";
import type { RunFacts } from "../training/protocol.ts";
import { find, setText } from "./elements.ts";
import { isDark } from "./preferences.ts";

const [LEAST_HEIGHT, MOST_HEIGHT] = [220, 300]; // CSS pixels, where type has its ordinary size
const ASPECT = 0.6; // height for each pixel of width
const ORDINARY = 16; // CSS pixels
const MEAN = 2; // place of the smoothed loss among the series
/** Places of the series by the id of their box. */
const SERIES: Readonly<Record<string, number>> = {
  "show-loss": 1,
  "show-mean": MEAN,
  "show-validation": 3,
  "show-accuracy": 4,
  "show-norm": 5,
};
/** Axes on the right, by the id of their series' box. */
const AXES = [
  { id: "show-accuracy", scale: "accuracy", label: "Accuracy (%)" },
  { id: "show-norm", scale: "norm", label: "Gradient norm" },
];
const LEAST_LOSS = 1e-6; // on the logarithmic scale
const SMOOTHING = 0.95; // where each step is on another part of the text; else there is nothing to smooth

export class LiveCurves implements Comparing {
  readonly #box = find("curves");
  readonly #isLog = find<HTMLInputElement>("log-scale");
  readonly #smoothing = find<HTMLInputElement>("smoothing");
  readonly #part = find<HTMLSelectElement>("part");
  #columns: Columns = new History().columns;
  #plot: uPlot;
  #hasValidation = false;
  /** Whether the visitor chose how much is smoothed. */
  #isSmoothingChosen = false;
  /** The range of steps that was zoomed to. */
  #zoom: { min: number; max: number } | undefined;
  #pinned: Pinned | undefined;

  constructor() {
    this.#plot = this.#make();
    this.#isLog.addEventListener("change", () => this.#remake());
    this.#smoothing.addEventListener("input", () => {
      this.#isSmoothingChosen = true;
      this.#writeSmoothing();
      this.show(this.#columns);
    });
    this.#part.addEventListener("change", () => {
      this.#zoom = undefined;
      this.show(this.#columns);
    });
    for (const id of Object.keys(SERIES)) find(id).addEventListener("change", () => this.#remake());
    find("zoom-out").addEventListener("click", () => {
      this.#part.value = "1";
      this.#zoom = undefined;
      this.show(this.#columns);
    });
    this.#box.tabIndex = 0;
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.#plot.setSize(this.#size())).observe(this.#box);
  }

  /** A run has started. */
  begin({ hasValidation, stepsPerEpoch }: Pick<RunFacts, "hasValidation" | "stepsPerEpoch">): void {
    if (!this.#isSmoothingChosen) {
      this.#smoothing.value = String(stepsPerEpoch > 1 ? SMOOTHING : 0);
      this.#writeSmoothing();
    }
    this.#hasValidation = hasValidation;
    this.#zoom = undefined;
    setText(find("curves-summary"), "");
    find("about-validation").hidden = !hasValidation;
    find("counted-reading").hidden = !hasValidation;
    find("show-validation").closest("label")?.toggleAttribute("hidden", !hasValidation);
    this.#remake();
  }

  show(columns: Columns): void {
    this.#columns = columns;
    this.#plot.setData(this.#data(), this.#isWhole);
    const { step } = columns;
    const share = Number(this.#part.value);
    const last = step.at(-1) ?? 0;
    if (this.#zoom) this.#plot.setScale("x", this.#zoom);
    else if (share < 1) this.#plot.setScale("x", { min: last * (1 - share), max: last });
  }

  keep(): Kept {
    const { step, loss } = this.#columns;
    return { steps: step.slice(), loss: loss.slice() };
  }

  /** Draws the loss of another run beside. */
  pin(pinned: Pinned | undefined): void {
    const isSame = this.#pinned?.name === pinned?.name && this.#pinned?.loss === pinned?.loss;
    this.#pinned = pinned;
    if (!isSame) this.#remake();
  }

  /** Says them in words, where the run rests. */
  tell(columns: Columns): void {
    setText(find("curves-summary"), curveSummary(columns));
  }

  /** After the colour scheme has changed. */
  redraw(): void {
    this.#remake();
  }

  #writeSmoothing(): void {
    setText(find("smoothing-value"), Number(this.#smoothing.value).toFixed(2));
  }

  get #isWhole(): boolean {
    return !this.#zoom && this.#part.value === "1";
  }

  #isThere(id: string): boolean {
    return id !== "show-validation" || this.#hasValidation;
  }

  #isShown(id: string): boolean {
    return this.#isThere(id) && find<HTMLInputElement>(id).checked;
  }

  #remake(): void {
    this.#plot.destroy();
    this.#plot = this.#make();
    this.show(this.#columns);
  }

  #make(): uPlot {
    const theme = isDark() ? DARK : LIGHT;
    const options = textCurveOptions(this.#size(), theme);
    const { series, scales, axes = [] } = options;
    for (const [id, place] of Object.entries(SERIES)) {
      series[place] = { ...series[place], show: this.#isShown(id) };
    }
    for (const { id, ...axis } of AXES) {
      const stroke = series[SERIES[id] as number]?.stroke;
      if (this.#isShown(id)) {
        axes.push({
          ...axes[1],
          ...axis,
          ...(stroke && { stroke }),
          side: 1,
          grid: { show: false },
        });
      }
    }
    if (this.#pinned) {
      const label = `Pinned: ${this.#pinned.name}`;
      series.push({ ...series[MEAN], label, stroke: theme.muted, dash: [6, 4], spanGaps: true });
    }
    if (this.#isLog.checked) {
      const range: uPlot.Range.Function = (_plot, low, high) => [
        Math.max(LEAST_LOSS, (low ?? LEAST_LOSS) / 1.2),
        Math.max(10 * LEAST_LOSS, (high ?? 1) * 1.2),
      ];
      options.scales = { ...scales, loss: { distr: 3, log: 10, range } };
    }
    const keepZoom = (plot: uPlot): void => {
      if (plot.select.width === 0) return;
      const { left, width } = plot.select;
      this.#zoom = { min: plot.posToVal(left, "x"), max: plot.posToVal(left + width, "x") };
    };
    const forget = (plot: uPlot): void => {
      plot.over.addEventListener("dblclick", () => {
        this.#zoom = undefined;
      });
    };
    const tick = (plot: uPlot, place: number | null): void => {
      for (const [id, own] of Object.entries(SERIES)) {
        if (own === place && this.#isThere(id))
          find<HTMLInputElement>(id).checked = plot.series[place]?.show !== false;
      }
    };
    return new uPlot(
      {
        ...options,
        axes: axes.map(scaled),
        hooks: { setSelect: [keepZoom], ready: [forget], setSeries: [tick] },
      },
      this.#data(),
      this.#box,
    );
  }

  #data(): uPlot.AlignedData {
    const data = textCurveData(this.#columns);
    const keep = Number(this.#smoothing.value);
    data[MEAN] = smooth(this.#columns.loss, keep);
    const { steps, loss } = this.#pinned ?? {};
    if (!steps || !loss) return data;
    return withOther(data, steps, smooth(loss, keep)) as uPlot.AlignedData;
  }

  #size(): { width: number; height: number } {
    const width = this.#box.clientWidth;
    const height = Math.max(LEAST_HEIGHT, Math.min(MOST_HEIGHT, width * ASPECT));
    return { width, height: height * scale() };
  }

  /** Arrow keys move the cursor a hundredth of the width. */
  #key(event: KeyboardEvent): void {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const width = this.#plot.over.clientWidth;
    const from = this.#plot.cursor.left ?? -1;
    const left = (from < 0 ? width / 2 : from) + (direction * width) / 100;
    const inside = Math.max(0, Math.min(width - 1, left));
    this.#plot.setCursor({ left: inside, top: this.#plot.over.clientHeight / 2 });
  }
}

/** How large type is on the page: a canvas does not grow with it by itself. */
function scale(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / ORDINARY;
}

/** An axis as large as the page's type. */
function scaled({ font, labelFont, size, labelSize, ...axis }: uPlot.Axis): uPlot.Axis {
  const larger = (text: unknown) =>
    String(text).replace(/[\d.]+(?=px)/, (pixels) => String(Number(pixels) * scale()));
  return {
    ...axis,
    font: larger(font),
    labelFont: larger(labelFont),
    size: Number(size) * scale(),
    labelSize: Number(labelSize) * scale(),
  };
}

/** Exponential mean that keeps a share of itself at each value; less while there are few. */
function smooth(values: readonly number[], keep: number): number[] {
  let mean = 0;
  return values.map((value, i) => {
    const kept = Math.min(keep, i / (i + 10));
    mean = kept * mean + (1 - kept) * value;
    return mean;
  });
}
