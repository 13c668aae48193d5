// The script inside curves.html: draws the run that stands beside it in the file, with zoom and the
// values under the cursor. Bundled into one file by the build; asks the network for nothing.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import "./curves-viewer.css";
import type { Columns } from "../curves/history.ts";
import { CurveView } from "./curve-view.ts";

const { columns, isCorpus } = JSON.parse(document.getElementById("run")?.textContent ?? "{}") as {
  columns: Columns;
  isCorpus: boolean;
};
const view = new CurveView(document.getElementById("curves") as HTMLElement, uPlot, isCorpus);
view.show(columns);
