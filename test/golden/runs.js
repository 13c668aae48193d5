// The runs whose bits are golden: short, and of every kind. Plain JavaScript that needs only the library and
// SHA-256, so that Node, browsers and other engines can run it.

/**
 * The SHA-256 of the weights of each run, and what one of them writes. `own` is how they are to be computed:
 * engine and threads, which decide nothing.
 * @param {any} ello what `import * from "ello"` gives
 * @param {{ engine?: "wasm" | "reference", threads?: number, only?: readonly string[] }} [own]
 * @returns {Promise<Record<string, string>>}
 */
export async function goldenRuns(ello, { engine = "wasm", threads = 1, only } = {}) {
  const text = "she sells sea shells by the sea shore; the shells she sells are naïve. ";
  const small = {
    hiddenSize: 12,
    seqLength: 9,
    batchSize: 12,
    epochs: 2,
    valFraction: 0.1,
    seed: 7,
  };
  /** @type {Record<string, Record<string, unknown>>} */
  const onText = {
    ...{ rnn: { cell: "rnn" }, gru: { cell: "gru" }, lstm: { cell: "lstm" } },
    "lstm, 2 layers, dropout": { cell: "lstm", layers: 2, dropout: 0.3 },
    "gru, 3 layers, step schedule": { cell: "gru", layers: 3, schedule: "step", decayAfter: 1 },
    sgd: { cell: "rnn", optimizer: "sgd", momentum: 0.9, learningRate: 0.05 },
    ...{
      adagrad: { cell: "rnn", optimizer: "adagrad" },
      rmsprop: { cell: "rnn", optimizer: "rmsprop" },
    },
    adamw: { cell: "rnn", optimizer: "adamw", weightDecay: 0.01 },
    "orthogonal, clipped by value": { cell: "rnn", init: "orthogonal", clipValue: 0.01 },
    "of many units": { cell: "gru", hiddenSize: 67, batchSize: 16, epochs: 1 },
    "rnn in f32": { cell: "rnn", precision: "f32" },
    "gru in f32": { cell: "gru", precision: "f32" },
    "lstm in f32, 2 layers, dropout": { cell: "lstm", layers: 2, dropout: 0.3, precision: "f32" },
    bytes: { cell: "gru", unit: "byte" },
  };
  /** @param {string} name */
  const isWanted = (name) => only === undefined || only.includes(name);
  /** @param {any} model */
  const hashOf = async ({ engine: { parameters } }) => {
    const bytes = new Uint8Array(parameters.slice().buffer);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  /** @type {Record<string, string>} */
  const found = {};
  if (isWanted("hello")) {
    const data = ello.hello();
    const model = await ello.createModel(data, { engine });
    for (const _ of ello.train(model, data));
    found["hello"] = await hashOf(model);
    model.close();
  }
  for (const [name, settings] of Object.entries(onText)) {
    if (!isWanted(name) && !(name === "gru" && isWanted("what gru writes"))) continue;
    const all = { ...small, ...settings, engine, ...(engine === "wasm" && { threads }) };
    const { training, validation } = ello.splitCorpus(
      ello.corpusOf(text.repeat(12), { ...ello.TEXT_DEFAULTS, ...all }),
      { ...ello.TEXT_DEFAULTS, ...all },
    );
    const model = await ello.createModel(training, all);
    for (const _ of ello.train(model, training, { validation }));
    if (isWanted(name)) found[name] = await hashOf(model);
    if (name === "gru" && isWanted("what gru writes")) {
      let written = "";
      const options = { prime: "she ", length: 60, temperature: 0.8, topP: 0.95, seed: 3 };
      for await (const piece of ello.sample(model, options)) written += piece;
      found["what gru writes"] = written;
    }
    model.close();
  }
  return found;
}
