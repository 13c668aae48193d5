// A network that PyTorch trained goes on with a text of one's own, and back to PyTorch.
//
//   node examples/fine-tune.js model.safetensors vocabulary.json text.txt out.safetensors

import { readFile, writeFile } from "node:fs/promises";
import { corpusOf, modelFrom, saveCheckpoint, score, splitCorpus, train } from "ello";

const [file, tokens, source, out] = process.argv.slice(2);
const vocabulary = JSON.parse(await readFile(tokens, "utf8")); // in the order of PyTorch's ids
const text = await readFile(source, "utf8");

const model = await modelFrom(await readFile(file), {
  ...{ vocabulary, seqLength: 25, batchSize: 4 },
  ...{ epochs: 5, learningRate: 5e-3, schedule: "cosine", valFraction: 0, unknown: "skip" },
});
const before = await score(model, text);
const { training } = splitCorpus(corpusOf(text, model.config, model.vocabulary), model.config);
for await (const { epoch, step, loss } of train(model, training)) {
  if (step % training.stepsPerEpoch === 0) console.log(`epoch ${epoch}: ${loss.toFixed(3)}`);
}
const after = await score(model, text);
console.log(`perplexity ${before.perplexity.toFixed(2)}, then ${after.perplexity.toFixed(2)}`);
await writeFile(out, await saveCheckpoint(model)); // loads with load_file and load_state_dict
