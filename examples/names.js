// New names in the manner of those that are there.

import { fit, sample } from "ello";

const names = `anna ben clara david ella felix greta hannah ida jakob karla leo marie noah olga paul
rosa simon tessa ursula viktor walter yara zoe amelie boris carlo daria elias frieda gustav helene
ivan jonas katja lukas mila nora oskar pia quentin ruth stefan thea udo vera wilma xaver yannis`;
const text = `${names.split(/\s+/).join("\n")}\n`;

const model = await fit(text, {
  hiddenSize: 48,
  batchSize: 4,
  seqLength: 20,
  epochs: 90,
  valFraction: 0,
});
let written = "";
for await (const piece of sample(model, { prime: "\n", length: 200, temperature: 0.7, seed: 7 })) {
  written += piece;
}
const known = new Set(text.split("\n"));
console.log(
  [...new Set(written.split("\n").slice(0, -1))].filter((name) => !known.has(name)).join(" "),
);
