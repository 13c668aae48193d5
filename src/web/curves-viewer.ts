// The script inside curves.html, and inside the page of a comparison: draws what stands beside it in the file, with
// zoom and the values under the cursor. Bundled into one file by the build; asks the network for nothing.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import "./curves-viewer.css";
import { type Comparison, comparisonOptions } from "../curves/comparison.ts";
import type { Columns } from "../curves/history.ts";
import { DARK, LIGHT } from "../curves/options.ts";
import { CurveView } from "./curve-view.ts";
import { PlotView } from "./plot-view.ts";

/** What a file holds: the curves of a run, or of several. */
type Content = { readonly columns: Columns; readonly isCorpus: boolean } | Comparison;

const content = JSON.parse(document.getElementById("run")?.textContent ?? "{}") as Content;
const box = document.getElementById("curves") as HTMLElement;
if ("columns" in content) {
  new CurveView(box, uPlot, content.isCorpus).show(content.columns);
} else {
  const describe = (size: { width: number; height: number }, isDark: boolean) =>
    comparisonOptions(content, size, isDark ? DARK : LIGHT, isDark);
  new PlotView(box, uPlot, describe, [
    [...content.places],
    ...content.lines.map((line) => [...line]),
  ]);
}
