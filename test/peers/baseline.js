// The rows of docs/baseline.md: the same networks by ello and by PyTorch on one text, as many at once as
// there are cores, one thread each. Goes on where it stopped: what stands in the file of results is not
// done again.
//
//   node test/peers/baseline.js run TEXT RESULTS.jsonl           needs the build, and PYTHON with PyTorch
//   node test/peers/baseline.js shapes TEXT                      for npm run bench:peers -- --json BENCH.json
//   node test/peers/baseline.js table TEXT RESULTS.jsonl BENCH.json   prints the rows as Markdown
//
// Two runs at once, and whatever else a machine does, make their own seconds worthless: the table takes
// characters a second from a quiet benchmark of the same shapes.

import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { CLI, rowsOf, run, runTorch, trainedOf } from "./runs.js";

/**
 * @typedef {{ cell: string, layers: number, H: number, dropout: number, epochs: number, seed: number }} Job
 * @typedef {Job & { by: "ello" | "PyTorch", parameters: number, train: number, validation: number[], seconds: number }} Row
 */

/** Two wide gated layers learn a text by heart: they have dropout, and two epochs more. */
const DROPOUT = 0.25;

/** Of a run that takes a core of ours five minutes: parameters times the characters that are seen. */
const QUICK = 1e12;
/** @type {Record<string, number>} */
const GATES = { rnn: 1, gru: 3, lstm: 4 };

/** Every network once, those that are quick with three seeds; the longest first. @param {string} text @returns {Job[]} */
function jobs(text) {
  const { length, V } = measured(text);
  const list = ["lstm", "gru", "rnn"].flatMap((cell) =>
    [2, 1].flatMap((layers) =>
      [256, 128].flatMap((H) => {
        const isLarge = layers === 2 && H === 256 && cell !== "rnn";
        const [dropout, epochs] = isLarge ? [DROPOUT, 10] : [0, 8];
        const parameters = (GATES[cell] ?? 1) * H * (V + H * (2 * layers - 1)) + V * H;
        const isQuick = parameters * epochs * length < QUICK;
        return (isQuick ? [1, 2, 3] : [1]).map((seed) => ({
          ...{ cell, layers, H, dropout, epochs, seed },
        }));
      }),
    ),
  );
  return list.toSorted((a, b) => a.seed - b.seed);
}

/** @param {string} text @param {Job} job @returns {Promise<Row>} */
async function ours(text, job) {
  const folder = mkdtempSync(join(tmpdir(), "ello-baseline-"));
  const { cell, layers, H, dropout, epochs, seed } = job;
  const flags = {
    ...{ cell, layers, "hidden-size": H, dropout, epochs, seed, "out-dir": join(folder, "out") },
    ...{ optimizer: "adam", "learning-rate": 4e-3, "warmup-steps": 100, schedule: "cosine" },
    ...{
      "min-learning-rate": 4e-4,
      "clip-norm": 5,
      "batch-size": 32,
      "seq-length": 50,
      threads: 1,
    },
  };
  const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  await run(process.execPath, [
    ...process.execArgv,
    CLI,
    "train",
    "--text",
    text,
    ...words,
    "--quiet",
  ]);
  const lines = rowsOf(join(folder, "out/metrics.jsonl"));
  const means = lines.flatMap(({ mean }) => (mean ? [mean] : []));
  const { seconds } = JSON.parse(readFileSync(join(folder, "out/receipt.json"), "utf8"));
  const { stdout } = await run(process.execPath, [CLI, "inspect", join(folder, "out")]);
  const parameters = Number(/([\d,]+) parameters/.exec(stdout)?.[1]?.replaceAll(",", ""));
  rmSync(folder, { recursive: true });
  const validation = lines.flatMap(({ validation }) => (validation ? [validation.loss] : []));
  return { ...job, by: "ello", parameters, train: means.at(-1).loss, validation, seconds };
}

/** @param {string} text @param {Job} job @returns {Promise<Row>} */
async function theirs(text, job) {
  const { cell, layers, H, dropout, seed, epochs } = job;
  const rows = await runTorch([text, cell, layers, H, dropout, seed, epochs]);
  const { parameters, train } = rows.at(-1);
  const seconds = rows.reduce((sum, row) => sum + row.seconds, 0);
  return {
    ...job,
    by: "PyTorch",
    parameters,
    train,
    validation: rows.map((row) => row.validation),
    seconds,
  };
}

/** @param {string} text @param {string} file */
async function runAll(text, file) {
  const keyOf = (/** @type {Job & { by: string }} */ { by, cell, layers, H, dropout, seed }) =>
    [by, cell, layers, H, dropout, seed].join();
  const done = new Set(rowsOf(file).map(keyOf));
  const left = jobs(text)
    .flatMap((job) => ["ello", "PyTorch"].map((by) => ({ ...job, by })))
    .toSorted((a, b) => a.seed - b.seed || a.by.length - b.by.length)
    .filter((job) => !done.has(keyOf(job)));
  const next = async () => {
    for (let job = left.shift(); job; job = left.shift()) {
      const { by, ...own } = job;
      const row = await (by === "ello" ? ours(text, own) : theirs(text, own));
      appendFileSync(file, `${JSON.stringify(row)}\n`);
      console.log(
        `${keyOf(row)}: ${row.validation.at(-1)?.toFixed(3)} after ${row.seconds.toFixed(0)} s`,
      );
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, next));
}

/** Characters of a text, and how many different ones. @param {string} text */
function measured(text) {
  const characters = [...readFileSync(text, "utf8")];
  return { length: characters.length, V: new Set(characters).size };
}

/** The benchmark's shapes, each network once. @param {string} text */
function shapes(text) {
  const { V } = measured(text);
  const list = jobs(text).filter(({ seed }) => seed === 1);
  return list.map(({ cell, layers, H }) => `${V}x${H}x50x32:${cell}:${layers}`).join();
}

/** @param {string} text @param {string} file @param {string} bench */
function printTable(text, file, bench) {
  const { length, V } = measured(text);
  const report = JSON.parse(readFileSync(bench, "utf8"));
  /** @param {Row} row */
  const speedOf = ({ by, cell, layers, H }) => {
    const shape = report.shapes.find(
      (/** @type {any} */ one) =>
        one.V === V && one.H === H && one.cell === cell && (one.layers ?? 1) === layers,
    );
    const name = by === "ello" ? "wasm-1" : "torch-f32-1";
    return shape?.rows.find((/** @type {any} */ row) => row.name === name)?.charsPerSecond;
  };
  /** @type {Map<string, Row[]>} */
  const groups = new Map();
  for (const row of rowsOf(file)) {
    const key = [row.cell, row.layers, row.H, row.dropout, row.by].join(" | ");
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  console.log(
    "| cell | layers | H | dropout | | parameters | train | validation after each epoch | best | seeds | characters/s | s |",
  );
  console.log("|---|---:|---:|---:|---|---:|---:|---|---:|---:|---:|---:|");
  const mean = (/** @type {number[]} */ values) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  for (const key of [...groups.keys()].toSorted(byNetwork)) {
    const rows = /** @type {[Row, ...Row[]]} */ (groups.get(key));
    const epochs = rows[0].validation.map((_, i) =>
      mean(rows.map(({ validation }) => validation[i] ?? Number.NaN)),
    );
    const speed = speedOf(rows[0]);
    const trained = rows[0].epochs * trainedOf(length);
    const cells = [
      key,
      rows[0].parameters.toLocaleString("en-US"),
      mean(rows.map(({ train }) => train)).toFixed(3),
      epochs.map((loss) => loss.toFixed(3)).join(", "),
      Math.min(...epochs).toFixed(3),
      rows.length,
      speed ? Math.round(speed).toLocaleString("en-US") : "–",
      speed ? Math.round(trained / speed).toLocaleString("en-US") : "–",
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
}

/** Cells in order, then layers, then units, ello before PyTorch. @param {string} a @param {string} b */
function byNetwork(a, b) {
  const order = ["rnn", "gru", "lstm"];
  const [[cellA = "", ...restA], [cellB = "", ...restB]] = [a.split(" | "), b.split(" | ")];
  const cells = order.indexOf(cellA) - order.indexOf(cellB);
  const sizes = Number(restA[0]) - Number(restB[0]) || Number(restA[1]) - Number(restB[1]);
  return cells || sizes || restA.join().length - restB.join().length;
}

const [command, text = "", second = "", third = ""] = process.argv.slice(2);
if (command === "run" && second) await runAll(text, second);
else if (command === "shapes" && text) console.log(shapes(text));
else if (command === "table" && third) printTable(text, second, third);
else
  console.log(
    "node test/peers/baseline.js run TEXT RESULTS.jsonl | shapes TEXT | table TEXT RESULTS.jsonl BENCH.json",
  );
