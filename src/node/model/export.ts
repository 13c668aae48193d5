// `npm run export`: a trained model for other programs.

import { writeFile } from "node:fs/promises";
import { toOnnx } from "../../checkpoint/onnx.ts";
import { grouped, shown } from "../../outside/printable.ts";
import { usageOf } from "../caller.ts";
import { RunError, reasonOf, UsageError } from "../errors.ts";
import { type FlagTable, flagLines, readFlags } from "../flags/flags.ts";
import type { Output } from "../output.ts";
import { foreignOf, MODEL_FLAGS, modelNameOf, readModel } from "./model-file.ts";

const FLAGS: FlagTable = {
  ...MODEL_FLAGS,
  onnx: { value: "FILE.onnx", help: "write an ONNX graph, in f32" },
  help: { help: "print this and exit" },
};

/** @throws {UsageError} @throws {RunError} */
export async function runExport(args: readonly string[], output: Output): Promise<void> {
  const given = readFlags("export", FLAGS, args);
  if (given.flags.has("help")) return output.line(help());
  const file = given.flags.get("onnx")?.at(-1);
  // So that no slip of the hand writes over a model.
  if (file === undefined || !/.\.onnx$/.test(file)) {
    const got = file === undefined ? "none" : shown(file);
    throw new UsageError(`--onnx: expected a file to write, FILE.onnx, got ${got}`);
  }
  const { path, checkpoint } = await readModel(
    modelNameOf(given, given.files),
    await foreignOf(given),
  );
  const bytes = toOnnx(checkpoint);
  try {
    await writeFile(file, bytes);
  } catch (error) {
    throw new RunError(
      `--onnx: expected a file that can be written, got ${reasonOf(error)} for ${shown(file)}`,
    );
  }
  const size = grouped(bytes.length);
  await output.line(`Wrote ${shown(file)}, ${size} bytes, of ${shown(path)}`);
}

const help = (): string => `Usage: ${usageOf("export")} [flags] [MODEL] --onnx FILE.onnx

Writes a trained model for programs that run ONNX graphs (opset 14).

${flagLines(FLAGS)}

Inputs: ids [time][batch], the state before (h, and an LSTM's c) [layers][batch][units]. Outputs:
logits and probabilities [time][batch][V], the state behind. The metadata has the vocabulary.
`;
