// Log lines that are not like the others: those the model finds unlikely.

import { fit, score } from "ello";

/** A line of a server's log, as they usually are. */
const usual = (i) =>
  `${["GET", "GET", "POST"][i % 3]} /api/${["users", "orders", "items"][(i * 7) % 3]}/${(i * 37) % 100} 200 ${10 + ((i * 13) % 40)}ms\n`;
const log = Array.from({ length: 600 }, (_, i) => usual(i)).join("");

const settings = { hiddenSize: 64, batchSize: 8, epochs: 6, unknown: "symbol" }; // what was never seen is unlikely too
const model = await fit(log, settings);

const lines = [
  "GET /api/users/42 200 31ms",
  "POST /api/items/7 200 18ms",
  "GET /api/users/../../etc/passwd 200 3ms",
  "GET /api/orders/12 500 9999ms",
];
for (const line of lines) {
  const { bits, logProbabilities } = await score(model, `\n${line}\n`);
  const first = logProbabilities.findIndex((one) => one < -5); // nats: less than one in 148
  const mark = bits > 2 ? `strange from "${line.slice(first, first + 8)}" on` : "as usual";
  console.log(`${bits.toFixed(1)} bits a character: ${line} (${mark})`);
}
