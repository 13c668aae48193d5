// ONNX files: the very bytes that onnxruntime was seen to run to our numbers (campaigns/onnx.campaign.ts), and
// the command that writes them.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { toOnnx } from "../../src/checkpoint/onnx.ts";
import { sha256 } from "../../src/checkpoint/sha256.ts";
import { saveCheckpoint } from "../../src/index.ts";
import { command, makeFolder } from "../node/run.ts";
import { CELLS, torchModel } from "./onnx-models.ts";

const KNOWN: Readonly<Record<(typeof CELLS)[number], string>> = {
  rnn: "04e6543ba9b274b57d6d9e15d29d2d22f74118076caa43bb26d011c7a9ea35f9",
  gru: "841e39e7a0fe03875a812c27a6a6332c072f67f6fb3f67694e67d0d4b8a5da1c",
  lstm: "7275f1430d2b71742a459a98cea880e77aa07802be6b4cf07a2ac7a8d6678d31",
};

test.each(CELLS)("%s: the file that onnxruntime ran", async (cell) => {
  expect(await sha256(toOnnx(await torchModel(cell)))).toBe(KNOWN[cell]);
});

test("the command writes it, and nothing over a model", async () => {
  const cwd = makeFolder();
  const model = await torchModel("gru");
  writeFileSync(join(cwd, "model.safetensors"), await saveCheckpoint(model));
  const words = ["export", "model.safetensors", "--onnx"];
  expect(await command(cwd, ...words, "model.onnx")).toEqual({
    ...{ code: 0, stderr: "" },
    stdout: expect.stringMatching(/^Wrote model\.onnx, [\d,]+ bytes, of model\.safetensors\n$/),
  });
  const written = new Uint8Array(readFileSync(join(cwd, "model.onnx")));
  expect(written).toEqual(toOnnx(model));
  for (const [file, got] of [
    ["model.safetensors", "model.safetensors"],
    [".onnx", ".onnx"],
  ] as const) {
    expect(await command(cwd, ...words, file)).toEqual({
      ...{ code: 2, stdout: "" },
      stderr: `--onnx: expected a file to write, FILE.onnx, got ${got}\n`,
    });
  }
  expect((await command(cwd, "export", "model.safetensors")).stderr).toMatch(/, got none\n$/);
  expect((await command(cwd, ...words, "no/model.onnx")).code).toBe(1);
  expect((await command(cwd, "export", "--help")).stdout).toMatch(/^Usage: .*export \[flags\]/);
});
