// A model in the browser's own storage (IndexedDB): trained on the first visit, opened on the next ones.

import { fit, modelFrom, saveCheckpoint, score } from "ello";

/** One request of the store. */
function store(mode, work) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("models", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("files");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction("files", mode);
      const request = work(transaction.objectStore("files"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    };
  });
}

const text = "she sells sea shells by the sea shore. ".repeat(40);
const kept = await store("readonly", (files) => files.get("sea"));
const model = kept
  ? await modelFrom(kept)
  : await fit(text, { hiddenSize: 32, batchSize: 8, epochs: 8 });
if (!kept) {
  const file = await saveCheckpoint(model);
  await store("readwrite", (files) => files.put(file, "sea"));
}
const { perplexity } = await score(model, text);
document.querySelector("#said").textContent =
  `${kept ? "opened" : "trained"}: perplexity ${perplexity.toFixed(4)}`;
