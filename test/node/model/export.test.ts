// `export`: the command that writes ONNX files; what stands in them is test/checkpoint/onnx.test.ts's.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { toOnnx } from "../../../src/checkpoint/onnx.ts";
import { saveCheckpoint } from "../../../src/index.ts";
import { torchModel } from "../../checkpoint/onnx-models.ts";
import { command, makeFolder } from "../run.ts";

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
