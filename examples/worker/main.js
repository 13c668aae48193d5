// The page: starts the worker, shows how far it is, stops it.

const find = (id) => document.querySelector(`#${id}`);
const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
worker.onmessage = ({ data }) => {
  if (data.progress !== undefined) find("progress").value = data.progress;
  if (data.loss !== undefined) find("loss").textContent = `${data.loss.toFixed(3)} nats`;
  if (data.written !== undefined) find("written").textContent = data.written;
};
find("stop").addEventListener("click", () => worker.postMessage("stop"));
worker.postMessage({ text: "she sells sea shells by the sea shore. ".repeat(40) });
