// The logarithmic scales on which errors are drawn: narrow where that shows all of them, so that a growth of ten is
// seen, and wide where they vanish or explode.

/** Powers of ten at both ends. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

const NARROW: Range = { low: -5, high: 2 };
const MIDDLE: Range = { low: -10, high: 2 };
const WIDE: Range = { low: -18, high: 4 };
const LINES = new Map([
  [NARROW, [-4, -3, -2, -1, 0, 1]],
  [MIDDLE, [-8, -6, -4, -2, 0]],
  [WIDE, [-16, -12, -8, -4, 0]],
]);

/** The range in which these sizes are seen. */
export function rangeOf(sizes: readonly number[]): Range {
  const powers = sizes.filter((size) => size > 0).map(Math.log10);
  const holds = ({ low, high }: Range): boolean =>
    powers.every((power) => power >= low && power <= high);
  return [NARROW, MIDDLE].find(holds) ?? WIDE;
}

/** Where a size stands in a range, 0 … 1; what is out of it, at its end. */
export function shareOf(size: number, { low, high }: Range): number {
  const power = size > 0 ? Math.log10(size) : low;
  return (Math.min(high, Math.max(low, power)) - low) / (high - low);
}

/** The powers at which a line is drawn. */
export function linesOf(range: Range): readonly number[] {
  return LINES.get(range) ?? [];
}
