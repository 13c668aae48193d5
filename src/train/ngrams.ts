// What counting gives: n-gram models with Witten and Bell's smoothing, fitted on one part of a text and
// scored on another. The yardstick that shows what a trained model is worth.
//
//   P(c | context of n - 1) = (count of context and c + kinds · P(c | context of n - 2))
//                             / (count of context + kinds),
//
// where `kinds` is how many different characters followed the context; from the uniform distribution
// up, and where a context was never seen, the shorter one's (Witten & Bell, IEEE Trans. Inf. Theory
// 37(4), 1991; the interpolated form of Chen & Goodman, 1998).

import type { Corpus } from "../data/corpus.ts";
import type { Tokens } from "../data/tokens.ts";
import { DataError } from "../outside/errors.ts";

/** Orders that are counted: unigram … 6-gram. */
export const ORDERS = 6;
/** Most tokens that can be counted, for their memory's sake. */
export const MOST_COUNTED = 2 ** 24;
const PIECE = 2 ** 16; // tokens between two calls of `going`
/** Most characters that are counted at the end of a run without being asked: some seconds. */
const SOON_COUNTED = 2 ** 22;

/** Which tokens are counted, from the first, and which are scored, each from those before it. */
export interface Extent {
  readonly trainingEnd: number;
  readonly begin: number;
  readonly end: number;
}

/** A list of counts that grows. */
class Counts {
  #values = new Int32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const longer = new Int32Array(2 * this.#length);
      longer.set(this.#values);
      this.#values = longer;
    }
    this.#values[this.#length++] = value;
  }

  at(i: number): number {
    return this.#values[i] as number;
  }

  add(i: number, value: number): void {
    this.#values[i] = this.at(i) + value;
  }
}

/**
 * n-grams of one length, numbered as they come, with what was counted of each. A table of its own, half
 * empty, with the next place for one that is taken: a fifth of a Map's time and a quarter of its memory.
 */
class Grams {
  readonly #V: number;
  /** The number of the n-gram less its first token times V, plus that token; -1 for none. */
  #keys = new Float64Array(2048).fill(-1);
  #numbers = new Int32Array(2048);
  /** How often each came. */
  readonly counts = new Counts();
  /** How often something followed it, and how many different tokens did. */
  readonly followed = new Counts();
  readonly kinds = new Counts();

  constructor(V: number) {
    this.#V = V;
  }

  /** The number of an n-gram; undefined for one that was not counted. */
  find(rest: number | undefined, first: number): number | undefined {
    if (rest === undefined) return undefined;
    const place = this.#placeOf(rest * this.#V + first);
    return this.#keys[place] === -1 ? undefined : this.#numbers[place];
  }

  /** The number of an n-gram, which comes once more. */
  count(rest: number, first: number): number {
    const key = rest * this.#V + first;
    let place = this.#placeOf(key);
    if (this.#keys[place] === -1) {
      if (2 * this.counts.length >= this.#keys.length) {
        this.#grow();
        place = this.#placeOf(key);
      }
      this.#keys[place] = key;
      this.#numbers[place] = this.counts.length;
      for (const list of [this.counts, this.followed, this.kinds]) list.push(0);
    }
    const number = this.#numbers[place] as number;
    this.counts.add(number, 1);
    return number;
  }

  /** Where a key stands, or would. */
  #placeOf(key: number): number {
    const last = this.#keys.length - 1;
    const high = Math.floor(key / 2 ** 32);
    const mixed = Math.imul(key ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1);
    let place = (mixed ^ (mixed >>> 15)) & last;
    while (this.#keys[place] !== -1 && this.#keys[place] !== key) place = (place + 1) & last;
    return place;
  }

  #grow(): void {
    const [keys, numbers] = [this.#keys, this.#numbers];
    this.#keys = new Float64Array(2 * keys.length).fill(-1);
    this.#numbers = new Int32Array(2 * keys.length);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as number;
      if (key === -1) continue;
      const place = this.#placeOf(key);
      this.#keys[place] = key;
      this.#numbers[place] = numbers[i] as number;
    }
  }
}

/**
 * Mean loss of the n-gram models of orders 1 … `ORDERS` on the tokens `begin` … `end` - 1, nats a
 * token, of a vocabulary of V. `going` is called now and then, since it may take seconds.
 * @throws {DataError} for more tokens than can be counted.
 */
export function ngramLosses(
  tokens: Pick<Tokens, "at">,
  V: number,
  { trainingEnd, begin, end }: Extent,
  going: () => void = () => {},
): number[] {
  if (trainingEnd > MOST_COUNTED) {
    throw new DataError(
      `n-grams: expected at most ${MOST_COUNTED} characters to count, got ${trainingEnd}; take a shorter text`,
    );
  }
  const grams = Array.from({ length: ORDERS + 1 }, () => new Grams(V));
  (grams[0] as Grams).count(0, 0); // the empty one
  countAll(grams, tokens, trainingEnd, going);
  const losses = new Array<number>(ORDERS).fill(0);
  for (let i = begin; i < end; i++) {
    if (i % PIECE === 0) going();
    let probability = 1 / V;
    let context: number | undefined = 0;
    let gram: number | undefined = 0;
    for (let n = 1; n <= ORDERS; n++) {
      const { followed, kinds } = grams[n - 1] as Grams;
      const own = grams[n] as Grams;
      gram = i - n + 1 < 0 ? undefined : own.find(gram, tokens.at(i - n + 1));
      if (context !== undefined && followed.at(context) > 0) {
        const count = gram === undefined ? 0 : own.counts.at(gram);
        const weight = kinds.at(context);
        probability = (count + weight * probability) / (followed.at(context) + weight);
      }
      losses[n - 1] = (losses[n - 1] as number) - Math.log(probability);
      context = i - n < 0 ? undefined : own.find(context, tokens.at(i - n));
    }
  }
  return losses.map((loss) => loss / (end - begin));
}

/** Counts the n-grams of the first `end` tokens. */
function countAll(
  grams: readonly Grams[],
  tokens: Pick<Tokens, "at">,
  end: number,
  going: () => void,
): void {
  // By length, those that end before token i.
  let contexts: number[] = [0];
  for (let i = 0; i < end; i++) {
    if (i % PIECE === 0) going();
    const now = [0];
    for (let n = 1; n <= Math.min(ORDERS, i + 1); n++) {
      const own = grams[n] as Grams;
      const number = own.count(now[n - 1] as number, tokens.at(i - n + 1));
      const { followed, kinds } = grams[n - 1] as Grams;
      const context = contexts[n - 1] as number;
      followed.add(context, 1);
      if (own.counts.at(number) === 1) kinds.add(context, 1);
      now.push(number);
    }
    contexts = now;
  }
}

/** What counting gives on the part of a text that a run holds out. */
export interface NgramLoss {
  /** Of orders 1 … 6, nats a character. */
  readonly losses: readonly number[];
  /** The best of them. */
  readonly best: { readonly order: number; readonly loss: number };
  /** How many characters were counted, from the first, and how many scored. */
  readonly counted: number;
  readonly scored: number;
}

/** Counts the part of a corpus that is trained on and scores what is held out, all but its first. */
export function countedLoss(
  { tokens, vocabulary }: Corpus,
  { begin, end }: Pick<Extent, "begin" | "end">,
  going?: () => void,
): NgramLoss {
  const extent = { trainingEnd: begin, begin: begin + 1, end };
  const losses = ngramLosses(tokens, vocabulary.size, extent, going);
  const loss = Math.min(...losses);
  const best = { order: losses.indexOf(loss) + 1, loss };
  return { losses, best, counted: begin, scored: end - begin - 1 };
}

/** What counting gives on a text, the first time after some seconds, in which it calls `going`. */
export type Counter = (going?: () => void) => NgramLoss;

/** Counts at the end of a run on a part that it holds out; undefined for none, or one not soon counted. */
export function counterOf(
  corpus: Corpus,
  part: Pick<Extent, "begin" | "end"> | undefined,
): Counter | undefined {
  if (!part || part.begin > SOON_COUNTED) return undefined;
  let counted: NgramLoss | undefined;
  return (going) => {
    counted ??= countedLoss(corpus, part, going);
    return counted;
  };
}
