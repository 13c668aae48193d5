// The likeliest next letters below what is typed. A text that grows costs one step a letter.

import { fit, predict } from "ello";

const text = "she sells sea shells by the sea shore. ".repeat(40);
const model = await fit(text, { hiddenSize: 32, batchSize: 8, epochs: 12 });

const field = document.querySelector("#text");
const list = document.querySelector("#next");

async function suggest() {
  const { value } = field;
  if (value === "") return list.replaceChildren();
  const { likeliest } = await predict(model, value, { count: 3, unknown: "skip" });
  if (value !== field.value) return; // an older answer
  const items = likeliest.map(({ token, probability }) => {
    const item = document.createElement("li");
    item.textContent = `${token === " " ? "a blank" : token}, ${Math.round(100 * probability)} %`;
    return item;
  });
  list.replaceChildren(...items);
}

field.addEventListener("input", suggest);
await suggest();
document.body.dataset.ready = "";
