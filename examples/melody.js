// Notes are no text: ids with names, here of a scale, for a MIDI player as numbers.

import { fit, predict, sampleIds, sequenceOf } from "ello";

const names = ["C4", "D4", "E4", "F4", "G4", "A4", "B4", "C5"];
const midi = [60, 62, 64, 65, 67, 69, 71, 72];
const phrases = [
  [0, 2, 4, 7, 4, 2],
  [1, 3, 5, 3, 1, 6],
  [4, 5, 6, 7, 4, 0],
];
const song = Array.from({ length: 120 }, (_, i) => phrases[(i * i) % 3]).flat();

const notes = sequenceOf(song, { size: names.length, names });
const model = await fit(notes, { hiddenSize: 32, batchSize: 4, seqLength: 24, epochs: 12 });

const { likeliest } = await predict(model, "C4 E4 G4", { count: 2 });
console.log(
  likeliest.map(({ token, probability }) => `${token} ${probability.toFixed(2)}`).join(", "),
);
const melody = [];
for await (const id of sampleIds(model, { prime: [0, 2], length: 16, seed: 3 }))
  melody.push(midi[id]);
console.log(melody.join(" "));
