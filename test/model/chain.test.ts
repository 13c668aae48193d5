// A chain from outside is one, or is refused by the field that is wrong.

import { describe, expect, test } from "vitest";
import { type Chain, faultOfChain, isSha256 } from "../../src/model/chain.ts";

const sha256 = "0123456789abcdef".repeat(4);
const CHAIN: Chain = {
  every: 10,
  links: [
    { step: 0, loss: null, sha256 },
    { step: 10, rollbacks: 1, loss: 0.5, validation: 0.25, sha256 },
  ],
  here: { step: 12, loss: -0.5, sha256 },
  changes: [{ step: 3, rollbacks: 2, links: 1, before: { learningRate: 0.1 } }],
  initFrom: "model.safetensors",
};

const link = (change: object) => ({
  ...CHAIN,
  links: [CHAIN.links[0], { ...CHAIN.links[1], ...change }],
});
const here = (change: object) => ({ ...CHAIN, here: { ...CHAIN.here, ...change } });
const change = (own: object) => ({ ...CHAIN, changes: [{ ...CHAIN.changes[0], ...own }] });

test("a chain, and one without what may be absent", () => {
  expect(faultOfChain(CHAIN)).toBeUndefined();
  expect(faultOfChain({ every: 1, links: [], changes: [] })).toBeUndefined();
  expect(faultOfChain(link({ rollbacks: undefined, validation: undefined }))).toBeUndefined();
  expect(faultOfChain(link({ rollbacks: 0, loss: null }))).toBeUndefined();
  expect(faultOfChain(change({ rollbacks: undefined, step: 0, before: {} }))).toBeUndefined();
  expect(faultOfChain({ ...CHAIN, initFrom: "x".repeat(4096) })).toBeUndefined();
});

describe("is refused", () => {
  test.each<[string, unknown]>([
    ["every", undefined],
    ["every", null],
    ["every", { ...CHAIN, every: 0 }],
    ["every", { ...CHAIN, every: 1.5 }],
    ["every", { ...CHAIN, every: "10" }],
    ["links", { ...CHAIN, links: {} }],
    ["links", { ...CHAIN, links: undefined }],
    ["links[1]", link({ step: -1 })],
    ["links[1]", link({ step: 0.5 })],
    ["links[1]", link({ step: 2 ** 53 })],
    ["links[1]", link({ step: undefined })],
    ["links[1]", link({ rollbacks: -1 })],
    ["links[1]", link({ rollbacks: null })],
    ["links[1]", link({ loss: undefined })],
    ["links[1]", link({ loss: "1" })],
    ["links[1]", link({ loss: Number.NaN })],
    ["links[1]", link({ validation: null })],
    ["links[1]", link({ validation: Number.POSITIVE_INFINITY })],
    ["links[1]", link({ sha256: sha256.toUpperCase() })],
    ["links[1]", link({ sha256: `${sha256}0` })],
    ["links[1]", link({ sha256: `0${sha256}` })],
    ["links[1]", link({ sha256: [sha256] })],
    ["links[0]", { ...CHAIN, links: [null] }],
    ["here", here({ step: -1 })],
    ["here", { ...CHAIN, here: null }],
    ["changes", { ...CHAIN, changes: {} }],
    ["changes", { ...CHAIN, changes: undefined }],
    ["changes[0]", change({ step: -1 })],
    ["changes[0]", change({ rollbacks: 0.5 })],
    ["changes[0]", change({ links: -1 })],
    ["changes[0]", change({ links: undefined })],
    ["changes[0]", change({ before: { seed: 1 } })],
    ["changes[0]", change({ before: { hiddenSize: 12 } })],
    ["changes[0]", change({ before: null })],
    ["changes[0]", change({ before: "x" })],
    ["changes[0]", change({ before: { depth: 1 } })],
    ["changes[0]", change({ before: { hiddenSize: 0 } })],
    ["initFrom", { ...CHAIN, initFrom: 1 }],
    ["initFrom", { ...CHAIN, initFrom: "x".repeat(4097) }],
  ])("by %s: %j", (field, value) => {
    const [found, expected, got] = faultOfChain(value) ?? [];
    expect(found).toBe(field);
    expect(expected).toMatch(/^(an integer above 0|a list of |\{ step, |the name of a file)/);
    const own = field.replace(/\[\d\]/, "") as keyof Chain;
    const given = Object(value)[own];
    expect(got).toEqual(field.endsWith("]") ? given[Number(field.at(-2))] : given);
  });
});

test("a SHA-256 is 64 digits in lower case", () => {
  expect([sha256, sha256.slice(1), "", undefined, 5].map(isSha256)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
});
