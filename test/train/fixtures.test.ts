// Agreement with programs that are not ours: the original NumPy script, and a hand.

import { describe, expect, test } from "vitest";
import { hello, PairDataset } from "../../src/data/pair.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { UpdateRule } from "../../src/engine/optimizer.ts";
import { Model, predictedText } from "../../src/model/model.ts";
import { completeConfig } from "../../src/settings/check.ts";
import { train } from "../../src/train/train.ts";
import {
  allEngines,
  arena,
  type FixtureWeights,
  fixture,
  relativeError,
  restoreWeights,
} from "../support.ts";

const TOLERANCE = 1e-12; // relative to the largest element; the others' sums run in other orders

interface OriginalRun {
  initial: FixtureWeights;
  final: FixtureWeights;
  losses: number[];
  accuracies: number[];
  predictions: Record<string, string>;
}

const SHAPE = { V: 4, H: 10, T: 4, B: 1 };
const ENGINES = [0, 1, 2]; // of `allEngines`

describe.each(ENGINES)("engine %i", (index) => {
  test("repeats the original script: 1000 losses, accuracies, predictions, final weights", async () => {
    const run = await fixture<OriginalRun>("tinyrnn-hello.json");
    const dataset = hello();
    const engine = (await allEngines(SHAPE))[index] as Engine;
    const model = new Model(completeConfig(), dataset.vocabulary, engine);
    restoreWeights(model, arena(run.initial));
    const losses: number[] = [];
    const accuracies: number[] = [];
    const predictions: Record<string, string> = {};
    for (const { epoch, loss, accuracy } of train(model, dataset)) {
      losses.push(loss);
      accuracies.push(100 * accuracy);
      if (epoch in run.predictions) predictions[epoch] = predictedText(model);
    }
    const final = arena(run.final).parameters;
    console.log(
      `${engine.name}: losses ${relativeError(losses, run.losses)}, weights ${relativeError(engine.parameters, final)}`,
    );
    expect(relativeError(losses, run.losses)).toBeLessThan(TOLERANCE);
    expect(accuracies).toEqual(run.accuracies);
    expect(predictions).toEqual(run.predictions);
    expect(relativeError(engine.parameters, final)).toBeLessThan(TOLERANCE);
  });

  test("repeats a network of one unit over two steps worked out by hand, 1000 epochs", async () => {
    const dataset = new PairDataset("ab", "ba");
    const engine = (await allEngines({ V: 2, H: 1, T: 2, B: 1 }))[index] as Engine;
    const config = completeConfig({ input: "ab", target: "ba", hiddenSize: 1 });
    const model = new Model(config, dataset.vocabulary, engine);
    const byHand = new HandNetwork([0.5, -0.3, 0.4, 0.7, -0.2, 0.1, 0.05, -0.05]);
    engine.parameters.set(byHand.weights);
    const expected: number[] = [];
    const losses: number[] = [];
    for (const { loss, accuracy } of train(model, dataset)) {
      const hand = byHand.epoch(config);
      expected.push(hand.loss);
      losses.push(loss);
      expect(accuracy).toBe(hand.accuracy);
    }
    expect(losses.length).toBe(1000);
    expect(relativeError(losses, expected)).toBeLessThan(TOLERANCE);
    expect(relativeError(engine.parameters, byHand.weights)).toBeLessThan(TOLERANCE);
  });
});

/**
 * V 2, H 1, T 2, reading a then b, to write b then a: every number has a name and every derivative
 * is written out. Weights in arena order: Wxh[a], Wxh[b], Whh, Why[a], Why[b], bh, by[a], by[b].
 */
class HandNetwork {
  readonly weights: number[];
  constructor(weights: number[]) {
    this.weights = weights;
  }

  epoch({ learningRate, clipValue }: UpdateRule): { loss: number; accuracy: number } {
    const [xa, xb, w, ya, yb, bias, ba, bb] = this.weights as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const h1 = Math.tanh(xa + bias); // reads a
    const h2 = Math.tanh(xb + bias + w * h1); // reads b
    const b1 = 1 / (1 + Math.exp(ya * h1 + ba - (yb * h1 + bb))); // probability of b at step 1
    const a2 = 1 / (1 + Math.exp(yb * h2 + bb - (ya * h2 + ba))); // probability of a at step 2
    const loss = (-Math.log(b1) - Math.log(a2)) / 2;
    const accuracy = (Number(b1 > 0.5) + Number(a2 >= 0.5)) / 2; // the first of equals is a
    const e1 = 1 - b1; // gradient at step 1's logit of a, and minus that of b
    const e2 = a2 - 1; // gradient at step 2's logit of a, and minus that of b
    const d2 = (ya - yb) * e2 * (1 - h2 * h2);
    const d1 = ((ya - yb) * e1 + w * d2) * (1 - h1 * h1);
    const gradients = [
      d1,
      d2,
      d2 * h1,
      e1 * h1 + e2 * h2,
      -e1 * h1 - e2 * h2,
      d1 + d2,
      e1 + e2,
      -e1 - e2,
    ];
    gradients.forEach((gradient, i) => {
      const clipped = Math.max(-clipValue, Math.min(clipValue, gradient));
      this.weights[i] = (this.weights[i] as number) - learningRate * clipped;
    });
    return { loss, accuracy };
  }
}
