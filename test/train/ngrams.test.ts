// What counting gives: against the definition, by strings, on small texts.

import { expect, test, vi } from "vitest";
import { ConfigError, corpusOf, ngramLoss, splitCorpus, TEXT_DEFAULTS } from "../../src/index.ts";
import { counterOf, MOST_COUNTED, ngramLosses, ORDERS } from "../../src/train/ngrams.ts";
import { Numbers } from "../support.ts";

const TOLERANCE = 1e-12;

/** How often `part` stands in `text`, overlapping. */
function count(text: string, part: string): number {
  let found = 0;
  for (let i = 0; i + part.length <= text.length; i++) if (text.startsWith(part, i)) found++;
  return found;
}

/** P(c | context) by Witten and Bell, over the characters of `alphabet`. */
function probability(training: string, alphabet: string[], context: string, c: string): number {
  const shorter =
    context === "" ? 1 / alphabet.length : probability(training, alphabet, context.slice(1), c);
  const followers = alphabet.map((one) => count(training, context + one));
  const all = followers.reduce((sum, own) => sum + own, 0);
  if (all === 0) return shorter;
  const kinds = followers.filter((own) => own > 0).length;
  return (count(training, context + c) + kinds * shorter) / (all + kinds);
}

function byHand(text: string, cut: number, order: number): number {
  const alphabet = [...new Set(text)];
  const training = text.slice(0, cut);
  let loss = 0;
  for (let i = cut + 1; i < text.length; i++) {
    const context = text.slice(Math.max(0, i - order + 1), i);
    loss -= Math.log(probability(training, alphabet, context, text[i] as string));
  }
  return loss / (text.length - cut - 1);
}

const numbers = new Numbers(3);
const random = Array.from({ length: 120 }, () => "abc"[numbers.integer(0, 2)]).join("");

test.each([
  "she sells sea shells by the sea shore ".repeat(3),
  random,
  `${"ab".repeat(40)}cxyz`, // contexts and characters that training has not
])("orders 1 to 6 of %j are those of the definition", (text) => {
  const settings = { valFraction: 0.25, seqLength: 5, batchSize: 1 };
  const { losses, best, counted, scored } = ngramLoss(text, settings);
  const cut = text.length - Math.floor(text.length * 0.25);
  expect([counted, scored]).toEqual([cut, text.length - cut - 1]);
  for (const [i, loss] of losses.entries()) {
    expect(Math.abs(loss / byHand(text, cut, i + 1) - 1), `order ${i + 1}`).toBeLessThan(TOLERANCE);
  }
  expect(losses.length).toBe(6);
  expect(best.loss).toBe(Math.min(...losses));
  expect(losses[best.order - 1]).toBe(best.loss);
});

test("of a text with many different n-grams, whose tables grow, they are those of plain counting", () => {
  const draws = new Numbers(8);
  const V = 60;
  const ids = Array.from({ length: 14_000 }, () => draws.integer(0, V - 1));
  const tokens = { at: (i: number) => ids[i] as number };
  const cut = 11_000;
  const losses = ngramLosses(tokens, V, { trainingEnd: cut, begin: cut + 1, end: ids.length });
  // How often each came, and what followed it, by their tokens as text.
  const counts = new Map<string, number>();
  const followers = new Map<string, Map<number, number>>();
  for (let i = 0; i < cut; i++) {
    for (let n = 0; n < ORDERS && n <= i; n++) {
      const context = ids.slice(i - n, i).join(" ");
      const own = followers.get(context) ?? new Map<number, number>();
      own.set(ids[i] as number, (own.get(ids[i] as number) ?? 0) + 1);
      followers.set(context, own);
      counts.set(context, (counts.get(context) ?? 0) + 1);
    }
  }
  expect(followers.size).toBeGreaterThan(2 ** 15);
  const plain = Array.from({ length: ORDERS }, () => 0);
  for (let i = cut + 1; i < ids.length; i++) {
    let probability = 1 / V;
    for (let n = 0; n < ORDERS; n++) {
      const context = ids.slice(i - n, i).join(" ");
      const own = followers.get(context);
      if (own) {
        const all = counts.get(context) as number;
        const count = own.get(ids[i] as number) ?? 0;
        probability = (count + own.size * probability) / (all + own.size);
      }
      plain[n] = (plain[n] as number) - Math.log(probability) / (ids.length - cut - 1);
    }
  }
  for (const [n, loss] of losses.entries()) {
    expect(Math.abs(loss / (plain[n] as number) - 1), `order ${n + 1}`).toBeLessThan(TOLERANCE);
  }
});

test("the first tokens are scored from what stands before them", () => {
  // From the very first on: there is no context before it, and a short one before the next.
  const ids = [0, 1, 0, 1, 1, 0];
  const all = { trainingEnd: 4, begin: 0, end: 3 };
  const losses = ngramLosses({ at: (i) => ids[i] as number }, 2, all);
  // Of order 1: P(0) = P(1) = (2 + 2 / 2) / (4 + 2); of order 2, after 0: (2 + 1/2) / (2 + 1) for 1,
  // after 1: (1 + 1/2) / (1 + 1) for 0.
  expect(losses[0]).toBeCloseTo(Math.log(2), 14);
  expect(losses[1]).toBeCloseTo(-(Math.log(0.5) + Math.log(2.5 / 3) + Math.log(1.5 / 2)) / 3, 14);
});

test("more than can be counted is refused, and what is not soon counted is not begun", () => {
  const same = { at: () => 0 };
  const many = { trainingEnd: MOST_COUNTED + 1, begin: 0, end: 1 };
  expect(() => ngramLosses(same, 2, many)).toThrow(
    `n-grams: expected at most ${MOST_COUNTED} characters to count, got ${MOST_COUNTED + 1}; take a shorter text`,
  );
  const corpus = corpusOf("abab", TEXT_DEFAULTS);
  expect(counterOf(corpus, { begin: 2 ** 22 + 1, end: 2 ** 23 })).toBeUndefined();
  expect(counterOf(corpus, { begin: 2 ** 22, end: 2 ** 23 })).toBeDefined();
});

test("a text of which nothing is held out cannot be scored", () => {
  expect(() => ngramLoss("abcdefgh".repeat(9), { valFraction: 0 })).toThrow(ConfigError);
});

test("a long text is counted once, and says that it goes on", () => {
  const config = { ...TEXT_DEFAULTS, seqLength: 9, batchSize: 1 };
  const corpus = corpusOf(random.repeat(3000), config); // 360,000 characters: five and a half pieces
  const { validation } = splitCorpus(corpus, config);
  const count = counterOf(corpus, validation);
  const going = vi.fn();
  const counted = count?.(going);
  expect(going.mock.calls.length).toBeGreaterThanOrEqual(5);
  expect(count?.()).toBe(counted);
  expect(counterOf(corpus, undefined)).toBeUndefined();
});
