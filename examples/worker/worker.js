// The worker: trains, and tells about every tenth of a second; a message stops it, and the model is kept.

import { fit, sample } from "ello";

const stop = new AbortController();
addEventListener("message", async ({ data }) => {
  if (data === "stop") return stop.abort();
  const settings = { hiddenSize: 48, batchSize: 8, epochs: 30 };
  let told = 0;
  const onRecord = ({ epoch, loss }) => {
    if (performance.now() - told < 100) return;
    told = performance.now();
    postMessage({ progress: epoch / settings.epochs, loss });
  };
  const model = await fit(data.text, settings, { onRecord, signal: stop.signal });
  let written = "";
  for await (const piece of sample(model, { prime: "she ", length: 60, temperature: 0.5 }))
    written += piece;
  postMessage({ progress: 1, written });
});
