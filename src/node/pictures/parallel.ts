// Parallel coordinates as SVG inside a page: an upright line for each setting and one for the loss, and a run as
// the way across them. Its colours are those of the page's style.

import { shown } from "../../outside/printable.ts";
import { escapeHtml } from "./curves-html.ts";

/** A run as it crosses the settings. */
export interface Crossing {
  readonly name: string;
  readonly values: readonly (string | number | boolean)[];
  /** Nats a character. */
  readonly loss: number;
}

const HEIGHT = 340; // CSS pixels
const WIDTH = 860;
const LEAST_GAP = 120; // between two settings
const SIDE = 70;
const TOP = 46;
const BOTTOM = 20;
const SHADES = 5; // of the lines, from the best to the worst
const MOST_LABELS = 9; // of one setting
const LOG_FROM = 20; // times the lowest value, from which a setting is drawn by its logarithm

/** Where the values of a setting stand, 0 (bottom) … 1, and what is written beside them. */
interface Scale {
  readonly title: string;
  placeOf(value: string | number | boolean): number;
  readonly labels: readonly { readonly text: string; readonly place: number }[];
}

/** The picture, the best run on top. `names`: of the settings. */
export function parallelSvg(names: readonly string[], crossings: readonly Crossing[]): string {
  const scales = [
    ...names.map((name, i) =>
      scaleOf(
        name,
        crossings.map(({ values }) => values[i] ?? ""),
      ),
    ),
    lossScale(crossings.map(({ loss }) => loss)),
  ];
  const gaps = scales.length - 1;
  const gap = Math.max(LEAST_GAP, (WIDTH - 2 * SIDE) / Math.max(1, gaps));
  const width = Math.round(2 * SIDE + gap * gaps);
  const x = (i: number): number => Math.round(SIDE + gap * i);
  const y = (place: number): number => TOP + (HEIGHT - TOP - BOTTOM) * (1 - place);
  const axes = scales.map(({ title, labels }, i) => {
    const isLoss = i === scales.length - 1;
    const texts = labels.map(({ text, place }) => {
      const [at, anchor] = isLoss ? [x(i) + 8, "start"] : [x(i) - 8, "end"];
      return `<text class="value" x="${at}" y="${y(place) + 4}" text-anchor="${anchor}">${escapeHtml(shown(text, 14))}</text>`;
    });
    return `<line class="axis" x1="${x(i)}" x2="${x(i)}" y1="${y(0)}" y2="${y(1)}"/><text class="title" x="${x(i)}" y="20" text-anchor="middle">${escapeHtml(title)}</text>${texts.join("")}`;
  });
  // The best last, so that it is on top.
  const worstFirst = crossings.toSorted((a, b) => b.loss - a.loss);
  const lines = worstFirst.map(({ name, values, loss }, i) => {
    const places = [...values, loss].map((value, at) => (scales[at] as Scale).placeOf(value));
    const points = places.map((place, at) => `${x(at)},${y(place).toFixed(1)}`).join(" ");
    const rank = crossings.length - 1 - i;
    const shade = Math.floor((rank * SHADES) / crossings.length);
    return `<polyline class="run shade${shade}" points="${points}"><title>${escapeHtml(`${name}: ${loss.toFixed(4)}`)}</title></polyline>`;
  });
  return `<div class="wide"><svg class="parallel" viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}" role="img" aria-label="The runs across their settings, and the loss that each came to">${lines.join("")}${axes.join("")}</svg></div>`;
}

function scaleOf(title: string, values: readonly (string | number | boolean)[]): Scale {
  const different = [...new Set(values)];
  const areNumbers = different.every((value) => typeof value === "number");
  if (!areNumbers || different.length <= MOST_LABELS) {
    const ordered = areNumbers
      ? different.toSorted((a, b) => Number(a) - Number(b))
      : different.toSorted();
    const placeOf = (value: string | number | boolean): number =>
      ordered.length < 2 ? 0.5 : ordered.indexOf(value) / (ordered.length - 1);
    const labels = ordered.map((value) => ({ text: `${value}`, place: placeOf(value) }));
    return { title, placeOf, labels };
  }
  return numberScale(title, different.map(Number), false);
}

function lossScale(losses: readonly number[]): Scale {
  return numberScale("loss", losses, true);
}

function numberScale(title: string, numbers: readonly number[], isDown: boolean): Scale {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const isLog = !isDown && low > 0 && high / low >= LOG_FROM;
  const onScale = isLog ? Math.log : (value: number) => value;
  const placeOf = (value: string | number | boolean): number => {
    if (low === high) return 0.5;
    const share = (onScale(Number(value)) - onScale(low)) / (onScale(high) - onScale(low));
    return isDown ? 1 - share : share;
  };
  const between = isLog ? Math.sqrt(low * high) : (low + high) / 2;
  const own = low === high ? [low] : [low, between, high];
  const labels = own.map((value) => ({
    text: isDown ? value.toFixed(3) : `${Number(value.toPrecision(3))}`,
    place: placeOf(value),
  }));
  return { title, placeOf, labels };
}
