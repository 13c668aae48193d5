// The curves of several runs as a picture.

import type uPlot from "uplot";
import { comparisonOptions, strokeOf } from "../../curves/comparison.ts";
import { LIGHT } from "../../curves/options.ts";
import type { LineUp } from "../runs/line-up.ts";
import { drawPicture, type PictureFormat } from "./canvas.ts";
import { drawHeading, fillBackground, type Heading, headingHeight } from "./heading.ts";

const SIZE = { width: 900, height: 520 }; // CSS pixels
const MOST_NAMED = 12; // lines that the legend names

/** Draws it: the first lines are named, the others are there. */
export function drawComparison(
  { title, axis, labels, places, lines }: LineUp,
  format: PictureFormat,
): Promise<Uint8Array> {
  const named = labels.slice(0, MOST_NAMED);
  const heading: Heading = {
    title: [`${title} of ${labels.length} runs`],
    subtitle: `${labels.length > named.length ? `the best ${named.length} are named · ` : ""}the best first · lower is better`,
    isLegendBelow: true,
    legend: named.map((label, i) => {
      const { stroke: colour, dash } = strokeOf(i, false);
      return { label, colour, ...(dash.length > 0 && { dash }) };
    }),
  };
  const describe = () => ({
    ...comparisonOptions({ axis, labels }, SIZE, LIGHT, false),
    padding: [headingHeight(heading), 24, 0, 8] as uPlot.Padding,
    legend: { show: false },
    cursor: { show: false },
    hooks: { drawClear: [fillBackground], draw: [(plot: uPlot) => drawHeading(plot, heading)] },
  });
  return drawPicture(SIZE, describe, [[...places], ...lines.map((line) => [...line])], format);
}
