// Which units hold a span of a text, as LSTMVis asks: on throughout, off before and after; and where else
// those units are on.

/** Share of a unit's largest size from which on it is on. */
export const ON = 0.5;
/** Share of the units that must be on together elsewhere. */
const TOGETHER = 0.75;

/** A unit that is on, and on which side. */
export interface Held {
  readonly unit: number;
  /** 1 or -1. */
  readonly sign: number;
}

/** Places from `from` up to, and without, `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Whether each unit, [unit][place] in `states`, is on at each place, and on which side: 1, -1 or 0. */
export function signsOf(states: Float64Array, length: number): Int8Array {
  const signs = new Int8Array(states.length);
  for (let at = 0; at < states.length; at += length) {
    let largest = 0;
    for (let i = at; i < at + length; i++)
      largest = Math.max(largest, Math.abs(states[i] as number));
    for (let i = at; i < at + length; i++) {
      const value = states[i] as number;
      if (Math.abs(value) > ON * largest) signs[i] = Math.sign(value);
    }
  }
  return signs;
}

/** Units that are on, on one side, throughout the span, and not so at the places beside it. */
export function unitsOf(signs: Int8Array, length: number, { from, to }: Span): Held[] {
  const held: Held[] = [];
  for (let unit = 0; unit < signs.length / length; unit++) {
    const row = signs.subarray(unit * length, (unit + 1) * length);
    const sign = row[from] as number;
    const isHeld = sign !== 0 && row.subarray(from, to).every((own) => own === sign);
    if (isHeld && row[from - 1] !== sign && row[to] !== sign) held.push({ unit, sign });
  }
  return held;
}

/** Other spans in which three quarters of these units or more are on as they are there. */
export function placesOf(
  signs: Int8Array,
  length: number,
  held: readonly Held[],
  { from, to }: Span,
): Span[] {
  const needed = Math.ceil(TOGETHER * held.length);
  const places: Span[] = [];
  let since = -1;
  for (let place = 0; place <= length; place++) {
    const together = held.filter(({ unit, sign }) => signs[unit * length + place] === sign).length;
    const isOn = place < length && held.length > 0 && together >= needed;
    if (isOn && since < 0) since = place;
    if (isOn || since < 0) continue;
    if (place <= from || since >= to) places.push({ from: since, to: place });
    since = -1;
  }
  return places;
}
