// What counting gives: against the definition, by strings, on small texts.

import { expect, test, vi } from "vitest";
import { ConfigError, corpusOf, ngramLoss, splitCorpus, TEXT_DEFAULTS } from "../../src/index.ts";
import { counterOf } from "../../src/train/ngrams.ts";
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
