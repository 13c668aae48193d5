// Time to a loss: what training on a text reaches in a minute and in five, by ello in f64 and f32, on one
// thread and on all, and by PyTorch at its best number of threads. Each run has as many epochs as fit into its
// time, along one cosine. Speeds are measured first, on a quiet machine; what the runs reach depends on no
// clock, so they may then be made at any time, as many at once as there are cores, and a run's seconds are
// those of its characters at its speed, an evaluated one counting as a third of one trained on (the forward
// pass). Each command goes on where it stopped.
//
//   npm run bench:loss -- speeds TEXT SPEEDS.jsonl                    minutes, quiet; PYTHON with PyTorch
//   npm run bench:loss -- run TEXT SPEEDS.jsonl RESULTS.jsonl [PATTERN]   hours; those whose names match
//   npm run bench:loss -- table TEXT RESULTS.jsonl                    prints Markdown
//   npm run bench:loss -- chart TEXT RESULTS.jsonl OUT.png            the five minutes, as a picture

import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { CLI, rowsOf, run, runTorch, trainedOf } from "./runs.js";

/**
 * @typedef {{ cell: string, layers: number, H: number, dropout: number, rate: number, warmup: number, least: number }} Network
 * @typedef {{ by: "ello" | "PyTorch", network: Network, precision: "f64" | "f32", threads: number }} Side
 * @typedef {{ name: string, round: number, charsPerSecond: number }} Speed
 * @typedef {{ name: string, budget: number, threads: number, epochs: number, seconds: number, validation: number[], parametersSha256?: string, node?: string }} Row
 */

const BUDGETS = [60, 300]; // s of training
const CALIBRATION = 40; // steps that tell the speed
const ROUNDS = 2; // of them, the best counts
const EVALUATED = 1 / 3; // of the work of training on as many characters
const SEED = 1;
const IS_WIDE = Number.parseInt(process.versions.node, 10) >= 24;
const ALL = availableParallelism();

/** Those that were best at these times, quick ones and large ones. @type {Network[]} */
const NETWORKS = [
  { cell: "rnn", layers: 1, H: 256, dropout: 0, rate: 4e-3, warmup: 100, least: 0.1 },
  { cell: "gru", layers: 1, H: 256, dropout: 0, rate: 8e-3, warmup: 0, least: 0 },
  { cell: "gru", layers: 2, H: 256, dropout: 0.25, rate: 4e-3, warmup: 100, least: 0.1 },
  { cell: "lstm", layers: 2, H: 256, dropout: 0.1, rate: 4e-3, warmup: 100, least: 0.1 },
];

/** Every network by each; the slowest first. @returns {Side[]} */
function sides() {
  const threads = [...new Set([ALL, 1])];
  return NETWORKS.toReversed().flatMap((network) => [
    ...threads.flatMap((of) => [
      {
        by: /** @type {const} */ ("ello"),
        network,
        precision: /** @type {const} */ ("f64"),
        threads: of,
      },
      {
        by: /** @type {const} */ ("ello"),
        network,
        precision: /** @type {const} */ ("f32"),
        threads: of,
      },
      {
        by: /** @type {const} */ ("PyTorch"),
        network,
        precision: /** @type {const} */ ("f32"),
        threads: of,
      },
    ]),
  ]);
}

/** @param {Side} side */
function nameOf({ by, network: { cell, layers, H, dropout }, precision, threads }) {
  const drops = dropout > 0 ? `, dropout ${dropout}` : "";
  const network = `${cell} ${layers > 1 ? `${layers} × ` : ""}${H}${drops}`;
  return `${by} ${network} ${precision}, ${threads} thread${threads > 1 ? "s" : ""}`;
}

/** Trains by ello. @param {string} text @param {Side} side @param {Record<string, number>} more */
async function ours(text, { network, precision, threads }, more) {
  const { cell, layers, H, dropout, rate, warmup, least } = network;
  const folder = mkdtempSync(join(tmpdir(), "ello-loss-"));
  const out = join(folder, "out");
  const flags = {
    ...{ text, cell, layers, dropout, precision, threads, seed: SEED, "hidden-size": H },
    ...{ "learning-rate": rate, "warmup-steps": warmup, "min-learning-rate": rate * least },
    ...{ schedule: "cosine", "out-dir": out, ...more },
  };
  const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  try {
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
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Trains by PyTorch. @param {string} text @param {Side} side @param {{ epochs: number, steps: number }} more */
function theirs(text, { network, precision, threads }, { epochs, steps }) {
  const { cell, layers, H, dropout, rate, warmup, least } = network;
  const words = [text, cell, layers, H, dropout, SEED, epochs, "--rate", rate];
  const schedule = ["--warmup", warmup, "--least", least, "--precision", precision];
  return runTorch([...words, ...schedule, "--threads", threads, "--steps", steps]);
}

/** @param {string} text @param {string} file */
async function measureAll(text, file) {
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of sides()) {
      const name = nameOf(side);
      if (rowsOf(file).some((row) => row.name === name && row.round === round)) continue;
      const charsPerSecond =
        side.by === "ello"
          ? (await ours(text, side, { "max-steps": CALIBRATION })).receipt.charsPerSecond
          : (await theirs(text, side, { epochs: 1, steps: CALIBRATION }))[0].charsPerSecond;
      appendFileSync(file, `${JSON.stringify({ name, round, charsPerSecond })}\n`);
      console.log(`${name}: ${Math.round(charsPerSecond)} characters/s`);
    }
  }
}

/**
 * The sides to be run: ello's all, PyTorch's at their better number of threads; with their speeds.
 * @param {Speed[]} speeds @returns {(Side & { speed: number })[]}
 */
function runners(speeds) {
  const known = sides().map((side) => {
    const own = speeds.filter(({ name }) => name === nameOf(side));
    return { ...side, speed: Math.max(...own.map(({ charsPerSecond }) => charsPerSecond)) };
  });
  return known.filter(
    ({ by, network, speed }) =>
      speed > 0 &&
      (by === "ello" ||
        known.every((other) =>
          other.by === by && other.network === network ? other.speed <= speed : true,
        )),
  );
}

/** Seconds of an epoch. @param {number} length of the text @param {number} speed */
function secondsOf(length, speed) {
  const trained = trainedOf(length);
  return (trained + EVALUATED * (length - trained)) / speed;
}

/** @param {string} text @param {string} speeds @param {string} file @param {string} pattern */
async function runAll(text, speeds, file, pattern) {
  const { length } = [...readFileSync(text, "utf8")];
  const done = new Set(rowsOf(file).map(({ name, budget }) => `${name} ${budget}`));
  const left = BUDGETS.flatMap((budget) =>
    runners(rowsOf(speeds)).map((side) => ({ ...side, budget })),
  )
    .map((side) => ({ ...side, key: `${nameOf(side)} ${side.budget}` }))
    .filter(({ key }) => !done.has(key) && new RegExp(pattern).test(key))
    .toSorted((a, b) => b.budget * b.threads - a.budget * a.threads);
  const next = async () => {
    for (let side = left.shift(); side; side = left.shift()) {
      const { budget, threads, speed, key } = side;
      const epoch = secondsOf(length, speed);
      const epochs = Math.max(1, Math.floor(budget / epoch));
      const alone = { ...side, threads: 1 }; // the same bits, or the same draws
      const row = { name: nameOf(side), budget, threads, epochs, seconds: epochs * epoch };
      if (side.by === "ello") {
        const { receipt, losses } = await ours(text, alone, { epochs });
        const { parametersSha256, node } = receipt;
        const proof = { parametersSha256: parametersSha256.final, node: node ?? process.version };
        appendFileSync(file, `${JSON.stringify({ ...row, validation: losses, ...proof })}\n`);
      } else {
        const rows = await theirs(text, alone, { epochs, steps: 0 });
        const validation = rows.map((one) => one.validation);
        appendFileSync(file, `${JSON.stringify({ ...row, validation })}\n`);
      }
      console.log(`${key}: ${epochs} epochs`);
    }
  };
  await Promise.all(Array.from({ length: ALL }, next));
}

/** What counting gives. @param {string} text */
async function counted(text) {
  const { ngramLoss } = await import("../../build/lib/ello.js");
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
  /** @type {Row[]} */
  const rows = rowsOf(file);
  const most = Math.max(...rows.map(({ threads }) => threads));
  const curves = rows
    .filter(({ budget }) => budget === BUDGETS[1])
    .flatMap(({ name, threads, seconds, epochs, validation }) => {
      const [, by, network = "", precision] = /^(\w+) (.*) (f\d\d), /.exec(name) ?? [];
      if (by === "ello" && threads < most) return []; // the table has them
      const maker = /** @type {"f32" | "f64" | "PyTorch"} */ (by === "ello" ? precision : by);
      const times = validation.map((_, i) => (seconds * (i + 1)) / epochs);
      return [{ network, by: maker, seconds: times, losses: validation }];
    })
    .toSorted((a, b) => a.network.localeCompare(b.network));
  const { loss } = await counted(text);
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores · Node ${rows.find(({ node }) => node)?.node ?? process.version}, ${most} threads`;
  writeFileSync(picture, await drawLossChart({ curves, counted: loss, machine }));
}

const [command, text = "", file = "", last = "", pattern = ""] = process.argv.slice(2);
if (command === "speeds" && file) await measureAll(text, file);
else if (command === "run" && last) await runAll(text, file, last, pattern);
else if (command === "table" && file) await printTable(text, file);
else if (command === "chart" && last) await drawChart(text, file, last);
else
  console.log(
    "npm run bench:loss -- speeds TEXT SPEEDS.jsonl | run TEXT SPEEDS.jsonl RESULTS.jsonl [PATTERN] | table TEXT RESULTS.jsonl | chart TEXT RESULTS.jsonl OUT.png",
  );
