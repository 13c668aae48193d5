// A uPlot in a page that follows its box and the page's colour scheme.

import type uPlot from "uplot";
import type { Size } from "../curves/options.ts";

const ASPECT = 0.5; // height for each pixel of width
const LEAST_HEIGHT = 240; // CSS pixels
const MOST_HEIGHT = 480;

export class PlotView {
  readonly #box: HTMLElement;
  readonly #Plot: typeof uPlot;
  readonly #describe: (size: Size, isDark: boolean) => uPlot.Options;
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");
  #plot: uPlot | undefined;
  #data: uPlot.AlignedData;

  /**
   * Draws into `box` what `describe` says, with this data at first. `Plot` is uPlot, passed in so that every
   * bundle brings it once.
   */
  constructor(
    box: HTMLElement,
    Plot: typeof uPlot,
    describe: (size: Size, isDark: boolean) => uPlot.Options,
    data: uPlot.AlignedData,
  ) {
    this.#box = box;
    this.#Plot = Plot;
    this.#describe = describe;
    this.#data = data;
    this.#make();
    this.#dark.addEventListener("change", () => this.#make());
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(box);
  }

  show(data: uPlot.AlignedData): void {
    this.#data = data;
    this.#plot?.setData(data);
  }

  #make(): void {
    this.#plot?.destroy();
    this.#plot = new this.#Plot(
      this.#describe(this.#size(), this.#dark.matches),
      this.#data,
      this.#box,
    );
  }

  #size(): Size {
    const width = this.#box.clientWidth;
    const height = Math.min(Math.max(width * ASPECT, LEAST_HEIGHT), MOST_HEIGHT);
    return { width, height };
  }
}
