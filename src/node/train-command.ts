// `npm run train`: makes the model, runs the epoch loop, logs it, writes the files of the run.

import { readFile, stat } from "node:fs/promises";
import { loadCheckpoint, saveCheckpoint } from "../checkpoint/checkpoint.ts";
import { parseWeights } from "../checkpoint/json-weights.ts";
import { sha256 } from "../checkpoint/sha256.ts";
import { type Checkpoint, restoreWeights } from "../checkpoint/weights.ts";
import { History } from "../curves/history.ts";
import { printable } from "../data/printable.ts";
import {
  createModel,
  DivergenceError,
  type Model,
  PairDataset,
  predictedText,
  train,
} from "../index.ts";
import type { StepRecord } from "../train/record.ts";
import { curvesHtml } from "./curves-html.ts";
import { drawCurves } from "./curves-picture.ts";
import { RunError, reasonOf } from "./errors.ts";
import type { TrainOptions } from "./options.ts";
import type { Output } from "./output.ts";
import { finalOf, receiptJson, textSha256 } from "./receipt.ts";
import { RunFiles } from "./run-files.ts";

/** Runs the command. @throws whatever ends it early; after a divergence the files are written. */
export async function runTrain(options: TrainOptions, output: Output): Promise<void> {
  const { config, initFrom, outDir, fixedSize } = options;
  const dataset = new PairDataset(config.input, config.target);
  const start = initFrom === undefined ? undefined : await readWeights(initFrom);
  const hiddenSize = start && !fixedSize ? start.H : config.hiddenSize;
  const model = await createModel(dataset, { ...config, hiddenSize });
  if (start) named(`--init-from ${initFrom}`, () => restoreWeights(model, start));
  const files = new RunFiles(outDir);
  try {
    await trainAndWrite(model, dataset, options, files, output);
  } finally {
    files.discard();
    model.engine.close();
  }
}

async function trainAndWrite(
  model: Model,
  dataset: PairDataset,
  options: TrainOptions,
  files: RunFiles,
  output: Output,
): Promise<void> {
  const { parameters, name: engine, threads, shape } = model.engine;
  const initial = await sha256(parameters);
  const history = new History();
  const lastEpoch = model.config.epochs - 1;
  const began = performance.now();
  let record: StepRecord | undefined;
  const predictions = model.engine.predictions.slice(); // of the last record
  let divergence: DivergenceError | undefined;
  try {
    for (record of train(model, dataset)) {
      const { epoch, loss, accuracy, gradNorm } = record;
      files.addMetrics(JSON.stringify({ epoch, loss, accuracy, gradNorm }));
      history.append(record);
      predictions.set(model.engine.predictions);
      if (epoch % options.logEvery === 0 || epoch === lastEpoch) {
        if (options.json) await output.line(JSON.stringify(record));
        else if (!options.quiet) await output.line(progressLine(record, predictedText(model)));
      }
      await output.breathe();
    }
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    divergence = error;
  }
  const seconds = (performance.now() - began) / 1000;
  const steps = record ? record.step + 1 : 0;
  const charsPerSecond = (steps * shape.T * shape.B) / seconds;
  const paths = files.finish({
    [`curves.${options.curves}`]: await drawCurves(history.columns, model.config, options.curves),
    "curves.html": await curvesHtml(history.columns, model.config),
    "model.safetensors": await saveCheckpoint(model),
    "receipt.json": receiptJson({
      config: model.config,
      vocabulary: model.vocabulary.ixToChar,
      textSha256: await textSha256(dataset),
      parametersSha256: { initial, final: await sha256(parameters) },
      final: finalOf(record, model.vocabulary.decode(predictions)),
      ...(divergence && { stopped: divergence.message }),
      engine,
      threads,
      seconds,
      charsPerSecond,
    }),
  });
  if (!options.quiet && !options.json) {
    await output.line(`Wrote ${paths.join(", ")}`);
    await output.line(speedLine(model, steps, seconds, charsPerSecond));
  }
  if (divergence) throw divergence;
}

function progressLine({ epoch, loss, accuracy }: StepRecord, predicted: string): string {
  const percent = (100 * accuracy).toFixed(2);
  return `Epoch ${epoch}: Predicted '${printable(predicted)}', Loss: ${loss.toFixed(4)}, Accuracy: ${percent}%`;
}

function speedLine(model: Model, steps: number, seconds: number, charsPerSecond: number): string {
  const { threads } = model.engine;
  const { engine, fast } = model.config;
  const name = engine === "wasm" && fast ? "fast wasm" : engine;
  const speed = Math.round(charsPerSecond).toLocaleString("en-US");
  const team = threads === 1 ? "1 thread" : `${threads} threads`;
  return `${steps} epochs in ${seconds.toFixed(3)} s, ${speed} characters/s (${name} engine, ${team})`;
}

/** Reads a weights file: JSON if it begins with a brace, safetensors otherwise. */
async function readWeights(path: string): Promise<Checkpoint> {
  let file: Uint8Array;
  try {
    if (!(await stat(path)).isFile()) throw new Error("EISDIR: not a regular file");
    file = await readFile(path);
  } catch (error) {
    throw new RunError(
      `--init-from: expected a readable file, got ${reasonOf(error)} for ${JSON.stringify(path)}`,
    );
  }
  const isJson = /^\s*[[{]/.test(new TextDecoder().decode(file.subarray(0, 4096)));
  return named(`--init-from ${path}`, async () =>
    isJson ? parseWeights(new TextDecoder().decode(file)) : loadCheckpoint(file),
  );
}

/** Puts the file's name before the text of an error about its content. */
function named<Result>(name: string, work: () => Result): Result {
  const rethrow = (error: unknown): never => {
    throw new RunError(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  };
  try {
    const result = work();
    return result instanceof Promise ? (result.catch(rethrow) as Result) : result;
  } catch (error) {
    return rethrow(error);
  }
}
