// PyTorch's own files, which are Python programs: recognised, never read.

import { CheckpointError } from "./error.ts";

// How what torch.save writes begins: a zip file or, before PyTorch 1.6, a pickle of its magic number.
const BEGINNINGS = [
  [0x50, 0x4b, 0x03, 0x04],
  [0x80, 0x02, 0x8a, 0x0a],
];

/** @throws {CheckpointError} for a file of torch.save, with the line of Python that converts it. */
export function refusePickle(file: Uint8Array): void {
  if (!BEGINNINGS.some((bytes) => bytes.every((byte, at) => file[at] === byte))) return;
  throw new CheckpointError(
    "file",
    "safetensors",
    'PyTorch\'s pickle (a .pt or .pth); convert it in Python: import torch; from safetensors.torch import save_file; save_file(torch.load("model.pt", map_location="cpu", weights_only=True), "model.safetensors")',
  );
}
