// The figure of a run on a corpus: losses over steps; accuracy and gradient norm at a click.

import type uPlot from "uplot";
import type { Columns } from "./history.ts";
import { curveOptions, type Size, type Theme } from "./options.ts";

const HEADROOM = 0.05; // of the range of losses

/** uPlot options: loss of single steps, its mean, validation; hidden at first: accuracy, norm. */
export function textCurveOptions(size: Size, theme: Theme): uPlot.Options {
  const { axes = [], ...common } = curveOptions(size, theme);
  const [x, left] = axes as [uPlot.Axis, uPlot.Axis];
  const nats = (_plot: uPlot, value: number | null) =>
    value == null ? "–" : `${value.toFixed(4)} nats/char`;
  return {
    ...common,
    scales: {
      x: { time: false },
      loss: { range: (_plot, low, high) => around(low, high) },
      accuracy: { range: () => [0, 100] },
      norm: {},
    },
    axes: [{ ...x, label: "Step" }, left],
    series: [
      { label: "Step", value: (_plot, value) => value ?? "–" },
      { label: "Loss", scale: "loss", stroke: theme.raw, width: 1, value: nats },
      { label: "Smoothed", scale: "loss", stroke: theme.loss, width: 2, value: nats },
      {
        label: "Validation",
        scale: "loss",
        stroke: theme.validation,
        width: 2,
        spanGaps: true,
        points: { show: true, size: 7, fill: theme.background },
        value: nats,
      },
      {
        label: "Accuracy",
        scale: "accuracy",
        stroke: theme.muted,
        width: 1,
        show: false,
        value: (_plot, value) => (value == null ? "–" : `${value.toFixed(1)} %`),
      },
      {
        label: "Gradient norm",
        scale: "norm",
        stroke: theme.gradNorm,
        width: 1,
        show: false,
        value: (_plot, value) => (value == null ? "–" : value.toPrecision(3).replace("-", "−")),
      },
    ],
  };
}

function around(low: number | null, high: number | null): [number, number] {
  if (low == null || high == null) return [0, 1];
  const margin = (high - low) * HEADROOM || HEADROOM;
  return [low - margin, high + margin];
}

/** History as uPlot data, in the order of the series; a validation stands at the step before it. */
export function textCurveData(columns: Columns): uPlot.AlignedData {
  const { step, loss, smoothed, accuracy, gradNorm } = columns;
  const validation: (number | null)[] = step.map(() => null);
  let at = 0;
  for (const [i, value] of columns.validation.entries()) {
    const place = (columns.validationStep[i] as number) - 1;
    while (at + 1 < step.length && (step[at + 1] as number) <= place) at++;
    if (step.length > 0) validation[at] = value;
  }
  return [step, loss, smoothed, validation, accuracy, gradNorm];
}
