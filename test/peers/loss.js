// Time to a loss: what training on a text reaches in a minute and in five, by ello in f64 and f32, on one
// thread and on all, and by PyTorch at its best number of threads. Each run has as many epochs as fit into its
// time, along one cosine. Goes on where it stopped; wants a quiet machine, hours for all.
//
//   npm run bench:loss -- run TEXT RESULTS.jsonl [PATTERN]   those whose names match; PYTHON with PyTorch
//   npm run bench:loss -- table TEXT RESULTS.jsonl           prints Markdown
//   npm run bench:loss -- chart TEXT RESULTS.jsonl OUT.png   the five minutes, as a picture

import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { CLI, rowsOf, run, runTorch, trainedOf } from "./runs.js";

/**
 * @typedef {{ cell: string, layers: number, H: number, dropout: number, rate: number, warmup: number, least: number }} Network
 * @typedef {{ by: "ello" | "PyTorch", network: Network, precision: "f64" | "f32", threads: number, budget: number }} Entry
 * @typedef {{ name: string, budget: number, threads: number, epochs: number, seconds: number, validation: number[], parametersSha256?: string, node?: string }} Row
 */

const BUDGETS = [60, 300]; // s of training
const CALIBRATION = 100; // steps that tell the speed
const SEED = 1;
const IS_WIDE = Number.parseInt(process.versions.node, 10) >= 24;

/** Those that were best at these times, quick ones and large ones. @type {Network[]} */
const NETWORKS = [
  { cell: "rnn", layers: 1, H: 256, dropout: 0, rate: 4e-3, warmup: 100, least: 0.1 },
  { cell: "gru", layers: 1, H: 256, dropout: 0, rate: 8e-3, warmup: 0, least: 0 },
  { cell: "gru", layers: 2, H: 256, dropout: 0.25, rate: 4e-3, warmup: 100, least: 0.1 },
  { cell: "lstm", layers: 2, H: 256, dropout: 0.25, rate: 4e-3, warmup: 100, least: 0.1 },
];

/** @returns {Entry[]} */
function entries() {
  const all = availableParallelism();
  return BUDGETS.toReversed().flatMap((budget) =>
    NETWORKS.toReversed().flatMap((network) => {
      /** @type {("f64" | "f32")[]} */
      const precisions = ["f32", "f64"];
      const ours = precisions.flatMap((precision) =>
        [all, 1].map((threads) => ({ by: "ello", network, precision, threads, budget })),
      );
      return /** @type {Entry[]} */ ([
        ...ours,
        { by: "PyTorch", network, precision: "f32", threads: 0, budget },
      ]);
    }),
  );
}

/** @param {Entry} entry */
function nameOf({ by, network: { cell, layers, H, dropout }, precision, threads }) {
  const drops = dropout > 0 ? `, dropout ${dropout}` : "";
  const network = `${cell} ${layers > 1 ? `${layers} × ` : ""}${H}${drops}`;
  const how = threads === 0 ? "its best" : `${threads} thread${threads > 1 ? "s" : ""}`;
  return `${by} ${network} ${precision}, ${how}`;
}

/** Epochs that fit. @param {number} charsPerSecond @param {string} text @param {number} budget */
function epochsFor(charsPerSecond, text, budget) {
  const { length } = [...readFileSync(text, "utf8")];
  return Math.max(1, Math.floor((budget * charsPerSecond) / trainedOf(length)));
}

/** @param {string} text @param {Entry} entry @returns {Promise<Row>} */
async function ours(text, entry) {
  const { network, precision, threads, budget } = entry;
  const { cell, layers, H, dropout, rate, warmup, least } = network;
  const folder = mkdtempSync(join(tmpdir(), "ello-loss-"));
  const train = async (/** @type {Record<string, string | number>} */ more) => {
    const out = join(folder, "out");
    rmSync(out, { recursive: true, force: true });
    const flags = {
      ...{ text, cell, layers, dropout, precision, threads, seed: SEED, "hidden-size": H },
      ...{ "learning-rate": rate, "warmup-steps": warmup, "min-learning-rate": rate * least },
      ...{ schedule: "cosine", "out-dir": out, ...more },
    };
    const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
    await run(process.execPath, [
      CLI,
      "train",
      ...words,
      "--quiet",
      ...(IS_WIDE ? ["--wide"] : []),
    ]);
    const losses = rowsOf(join(out, "metrics.jsonl")).flatMap(
      ({ validation }) => validation?.loss ?? [],
    );
    return { receipt: JSON.parse(readFileSync(join(out, "receipt.json"), "utf8")), losses };
  };
  try {
    const { receipt: first } = await train({ "max-steps": CALIBRATION });
    const epochs = epochsFor(first.charsPerSecond, text, budget);
    const { receipt, losses } = await train({ epochs });
    return {
      ...{ name: nameOf(entry), budget, threads, epochs, seconds: receipt.seconds },
      ...{ validation: losses, node: process.version },
      parametersSha256: receipt.parametersSha256.final,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {string} text @param {Entry} entry @returns {Promise<Row>} */
async function theirs(text, entry) {
  const { network, precision, budget } = entry;
  const { cell, layers, H, dropout, rate, warmup, least } = network;
  const train = (
    /** @type {number} */ threads,
    /** @type {number} */ epochs,
    /** @type {number} */ steps,
  ) => {
    const words = [text, cell, layers, H, dropout, SEED, epochs, "--rate", rate];
    const schedule = ["--warmup", warmup, "--least", least, "--precision", precision];
    const how = ["--threads", threads, "--steps", steps];
    return runTorch([...words, ...schedule, ...how]);
  };
  const speeds = [];
  for (const threads of new Set([1, availableParallelism()])) {
    const [{ charsPerSecond }] = await train(threads, 1, CALIBRATION);
    speeds.push({ threads, charsPerSecond });
  }
  speeds.sort((a, b) => b.charsPerSecond - a.charsPerSecond);
  const [{ threads, charsPerSecond }] = /** @type {[typeof speeds[0]]} */ (speeds);
  const epochs = epochsFor(charsPerSecond, text, budget);
  const rows = await train(threads, epochs, 0);
  const seconds = rows.reduce((sum, row) => sum + row.seconds, 0);
  const validation = rows.map((row) => row.validation);
  return { name: nameOf(entry), budget, threads, epochs, seconds, validation };
}

/** @param {string} text @param {string} file @param {string} pattern */
async function runAll(text, file, pattern) {
  const done = new Set(rowsOf(file).map(({ name, budget }) => `${name} ${budget}`));
  for (const entry of entries()) {
    const key = `${nameOf(entry)} ${entry.budget}`;
    if (done.has(key) || !new RegExp(pattern).test(key)) continue;
    const row = await (entry.by === "ello" ? ours(text, entry) : theirs(text, entry));
    appendFileSync(file, `${JSON.stringify(row)}\n`);
    console.log(
      `${key}: ${Math.min(...row.validation).toFixed(3)} after ${row.seconds.toFixed(0)} s`,
    );
  }
}

/** What counting gives. @param {string} text */
async function counted(text) {
  const { ngramLoss } = await import("../../build/index.js");
  return ngramLoss(readFileSync(text, "utf8")).best;
}

/** @param {string} text @param {string} file */
async function printTable(text, file) {
  /** @type {Row[]} */
  const rows = rowsOf(file);
  const names = [...new Set(rows.map(({ name }) => name))];
  console.log("| | threads | best after 60 s | epochs | best after 300 s | epochs | s |");
  console.log("|---|---:|---:|---:|---:|---:|---:|");
  const best = (/** @type {string} */ name) =>
    Math.min(...rows.filter((row) => row.name === name).flatMap(({ validation }) => validation));
  for (const name of names.toSorted((a, b) => best(a) - best(b))) {
    const cells = BUDGETS.flatMap((budget) => {
      const row = rows.find((one) => one.name === name && one.budget === budget);
      return row ? [Math.min(...row.validation).toFixed(3), row.epochs] : ["–", "–"];
    });
    const long = rows.find((row) => row.name === name && row.budget === BUDGETS[1]);
    const threads = rows.find((row) => row.name === name)?.threads;
    console.log(`| ${[name, threads, ...cells, long?.seconds.toFixed(0) ?? "–"].join(" | ")} |`);
  }
  const { order, loss } = await counted(text);
  console.log(`\nCounting, ${order} characters at a time: ${loss.toFixed(3)}`);
}

/** @param {string} text @param {string} file @param {string} picture */
async function drawChart(text, file, picture) {
  const { drawLossChart } = await import("../../build/node/bench/loss-chart.js");
  const curves = rowsOf(file)
    .filter(({ budget }) => budget === BUDGETS[1])
    .map(({ name, seconds, epochs, validation }) => ({
      name,
      seconds: validation.map((_, i) => (seconds * (i + 1)) / epochs),
      losses: validation,
    }));
  const { loss } = await counted(text);
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores · Node ${process.version}`;
  writeFileSync(picture, await drawLossChart({ curves, counted: loss, machine }));
}

const [command, text = "", file = "", last = ""] = process.argv.slice(2);
if (command === "run" && file) await runAll(text, file, last);
else if (command === "table" && file) await printTable(text, file);
else if (command === "chart" && last) await drawChart(text, file, last);
else
  console.log(
    "npm run bench:loss -- run TEXT RESULTS.jsonl [PATTERN] | table TEXT RESULTS.jsonl | chart TEXT RESULTS.jsonl OUT.png",
  );
