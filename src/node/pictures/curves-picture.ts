// The curves as a picture: uPlot's plot with a heading and a legend, which in a page are DOM.

import type uPlot from "uplot";
import type { Columns } from "../../curves/history.ts";
import {
  curveData,
  curveOptions,
  curveSubtitle,
  curveTitle,
  type FigureOf,
  isCorpusRun,
  LIGHT,
} from "../../curves/options.ts";
import { textCurveData, textCurveOptions } from "../../curves/text-options.ts";
import type { Config } from "../../settings/check.ts";
import { drawPicture, type PictureFormat } from "./canvas.ts";
import { drawHeading, fillBackground, type Heading, headingHeight } from "./heading.ts";

// CSS pixels.
const SIZE = { width: 900, height: 480 };

/** The curves of a run with its settings in the heading. */
export function drawCurves(
  columns: Columns,
  config: Config,
  of: FigureOf,
  format: PictureFormat,
): Promise<Uint8Array> {
  const isCorpus = isCorpusRun(config);
  const { learned, run } = curveTitle(config, of);
  const heading: Heading = {
    title: learned,
    run,
    subtitle: curveSubtitle(config),
    legend: isCorpus
      ? [
          { label: "Loss", colour: LIGHT.raw },
          { label: "Smoothed", colour: LIGHT.loss },
          { label: "Validation", colour: LIGHT.validation },
        ]
      : [
          { label: "Loss", colour: LIGHT.loss },
          { label: "Accuracy", colour: LIGHT.accuracy },
        ],
  };
  const describe = () => ({
    ...(isCorpus ? textCurveOptions : curveOptions)(SIZE, LIGHT),
    padding: [headingHeight(heading), 12, 8, 8] as uPlot.Padding,
    legend: { show: false },
    cursor: { show: false },
    hooks: { drawClear: [fillBackground], draw: [(plot: uPlot) => drawHeading(plot, heading)] },
  });
  return drawPicture(SIZE, describe, (isCorpus ? textCurveData : curveData)(columns), format);
}
