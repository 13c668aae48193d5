// An optimizer of one's own: Lion (Chen et al. 2023), ten lines on the gradients of a step.

import { corpusOf, createModel, score, splitCorpus, TEXT_DEFAULTS } from "ello";

const text = "she sells sea shells by the sea shore. ".repeat(40);
const settings = { ...TEXT_DEFAULTS, hiddenSize: 24, batchSize: 8, seqLength: 20, valFraction: 0 };
const { training } = splitCorpus(corpusOf(text, settings), settings);
const model = await createModel(training, settings);

const { engine, config } = model;
const momentum = new Float64Array(engine.parameters.length);
for (let step = 0; step < 300; step++) {
  training.load(step % training.stepsPerEpoch, engine.inputs, engine.targets);
  if (engine.gradientsOf(config).outcome !== "done")
    throw new Error("the numbers left their range");
  for (let i = 0; i < momentum.length; i++) {
    const gradient = engine.gradients[i];
    engine.parameters[i] -= 3e-3 * Math.sign(0.9 * momentum[i] + 0.1 * gradient);
    momentum[i] = 0.99 * momentum[i] + 0.01 * gradient;
  }
  engine.updates++;
}
console.log((await score(model, text)).perplexity.toFixed(2));
