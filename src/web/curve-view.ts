// The curves in a page: a uPlot that follows its box and the page's colour scheme.

import type uPlot from "uplot";
import { type Columns, History } from "../curves/history.ts";
import { curveData, curveOptions, DARK, LIGHT } from "../curves/options.ts";
import { textCurveData, textCurveOptions } from "../curves/text-options.ts";

const ASPECT = 0.5; // height for each pixel of width
const LEAST_HEIGHT = 240; // CSS pixels
const MOST_HEIGHT = 480;

/** Draws into `box`. `Plot` is uPlot, passed in so that every bundle brings it once. */
export class CurveView {
  readonly #box: HTMLElement;
  readonly #Plot: typeof uPlot;
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");
  #plot: uPlot | undefined;
  #columns: Columns = new History().columns;
  readonly #isCorpus: boolean;

  /** `isCorpus`: the figure of a run on a corpus, else that of a pair of texts. */
  constructor(box: HTMLElement, Plot: typeof uPlot, isCorpus = false) {
    this.#isCorpus = isCorpus;
    this.#box = box;
    this.#Plot = Plot;
    this.#make();
    this.#dark.addEventListener("change", () => this.#make());
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(box);
  }

  /** Shows these columns; the arrays are read, not kept whole. */
  show(columns: Columns): void {
    this.#columns = columns;
    this.#plot?.setData(this.#data());
  }

  #make(): void {
    this.#plot?.destroy();
    const describe = this.#isCorpus ? textCurveOptions : curveOptions;
    const options = describe(this.#size(), this.#dark.matches ? DARK : LIGHT);
    this.#plot = new this.#Plot(options, this.#data(), this.#box);
  }

  #data(): uPlot.AlignedData {
    return (this.#isCorpus ? textCurveData : curveData)(this.#columns);
  }

  #size(): { width: number; height: number } {
    const width = this.#box.clientWidth;
    const height = Math.min(Math.max(width * ASPECT, LEAST_HEIGHT), MOST_HEIGHT);
    return { width, height };
  }
}
