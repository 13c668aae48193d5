// What the units of a network follow in a text: for each the feature of its characters with which its
// state goes up and down most. Knows characters and numbers, and no network.

/** What a character can be or stand in, by a name that fits below "they follow". */
export const FEATURES = [
  "in a word",
  "after a space",
  "in quotes",
  "position in the line",
  "upper case",
  "digits",
  "in brackets",
] as const;

/** |correlation| from which on a unit is said to follow a feature. */
export const LEAST = 0.3;

const WORD = /^[\p{L}\p{N}]$/u;
const UPPER = /^\p{Lu}$/u;
const DIGIT = /^\p{Nd}$/u;
const BLANK = /^\s$/u;

/** Units that follow a feature, or none; by strength, then by number. */
export interface Group {
  /** Of FEATURES; -1: none. */
  readonly feature: number;
  readonly units: readonly number[];
  /** Of each, with the feature; 0 where there is none. */
  readonly correlations: readonly number[];
}

/**
 * [features][characters] the features of each character but the first `skipped`, which only say where the
 * others stand. A quote or bracket begins what it holds; the one that ends it is outside.
 */
export function featuresOf(characters: readonly string[], skipped = 0): Float64Array[] {
  const rows = FEATURES.map(() => new Float64Array(Math.max(0, characters.length - skipped)));
  let [isQuoted, depth, column] = [false, 0, 0];
  for (const [i, character] of characters.entries()) {
    if (character === "“" || character === "«") isQuoted = true;
    else if (character === "”" || character === "»") isQuoted = false;
    else if (character === '"') isQuoted = !isQuoted;
    if ("([{".includes(character)) depth++;
    else if (")]}".includes(character)) depth = Math.max(0, depth - 1);
    const isAfterBlank = BLANK.test(characters[i - 1] ?? "");
    const values = [
      WORD.test(character),
      isAfterBlank && !BLANK.test(character),
      isQuoted,
      column,
      UPPER.test(character),
      DIGIT.test(character),
      depth > 0,
    ];
    for (const [row, value] of values.entries()) {
      if (i >= skipped) (rows[row] as Float64Array)[i - skipped] = Number(value);
    }
    column = character === "\n" ? 0 : column + 1;
  }
  return rows;
}

/** Pearson's correlation, which of yes and no is φ's kin; 0 where one of the two never changes. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  let [meanA, meanB] = [0, 0];
  for (let i = 0; i < n; i++) {
    meanA += (a[i] as number) / n;
    meanB += (b[i] as number) / n;
  }
  let [both, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [x, y] = [(a[i] as number) - meanA, (b[i] as number) - meanB];
    both += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  return ofA > 0 && ofB > 0 ? both / Math.sqrt(ofA * ofB) : 0;
}

/** The units, [unit][place] in `states`, by what they follow: the features in their order, then none. */
export function groupsOf(states: Float64Array, features: readonly Float64Array[]): Group[] {
  const length = features[0]?.length ?? 0;
  const found = Array.from({ length: length > 0 ? states.length / length : 0 }, (_, unit) => {
    const row = states.subarray(unit * length, (unit + 1) * length);
    const all = features.map((feature) => correlation(row, feature));
    const best = all.reduce((one, r, i) => (Math.abs(r) > Math.abs(all[one] ?? 0) ? i : one), 0);
    const follows = Math.abs(all[best] ?? 0) > LEAST;
    return { unit, feature: follows ? best : -1, r: follows ? (all[best] as number) : 0 };
  });
  return [...features.keys(), -1].flatMap((feature) => {
    const own = found
      .filter((one) => one.feature === feature)
      .sort((a, b) => Math.abs(b.r) - Math.abs(a.r) || a.unit - b.unit);
    if (own.length === 0) return [];
    return { feature, units: own.map(({ unit }) => unit), correlations: own.map(({ r }) => r) };
  });
}
