// A Python with PyTorch, where there is one, and what it lacks of the README's lines.

import { run } from "./node/run.ts";

const ROOT = new URL("..", import.meta.url).pathname;

/** What the package `safetensors` does, for machines without it. */
export const SAFETENSORS = `
import json, torch
def load_file(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    header.pop("__metadata__")
    part = lambda entry: bytearray(data[slice(*entry["data_offsets"])])
    return {
        name: torch.frombuffer(part(entry), dtype=torch.float64).reshape(entry["shape"])
        for name, entry in header.items()
    }
`;

/** A Python with PyTorch. */
export async function findTorch(): Promise<string | undefined> {
  for (const python of [process.env["PYTHON"] ?? "python3", "/usr/bin/python3"]) {
    const { code } = await run(python, ["-c", "import torch, numpy"], ROOT).catch(() => ({
      code: 1,
    }));
    if (code === 0) return python;
  }
  return undefined;
}
