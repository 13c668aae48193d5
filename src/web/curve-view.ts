// The curves of a run in a page.

import type uPlot from "uplot";
import { type Columns, History } from "../curves/history.ts";
import { curveData, curveOptions, DARK, LIGHT } from "../curves/options.ts";
import { textCurveData, textCurveOptions } from "../curves/text-options.ts";
import { PlotView } from "./plot-view.ts";

export class CurveView {
  readonly #view: PlotView;
  readonly #dataOf: (columns: Columns) => uPlot.AlignedData;

  /** `isCorpus`: the figure of a run on a corpus, else that of a pair of texts. */
  constructor(box: HTMLElement, Plot: typeof uPlot, isCorpus = false) {
    const optionsOf = isCorpus ? textCurveOptions : curveOptions;
    this.#dataOf = isCorpus ? textCurveData : curveData;
    this.#view = new PlotView(
      box,
      Plot,
      (size, isDark) => optionsOf(size, isDark ? DARK : LIGHT),
      this.#dataOf(new History().columns),
    );
  }

  /** Shows these columns; the arrays are read, not kept whole. */
  show(columns: Columns): void {
    this.#view.show(this.#dataOf(columns));
  }
}
