// The safetensors format (github.com/huggingface/safetensors): an 8-byte little-endian header
// length, a JSON header, then the tensors' bytes. Writes and reads F64 and F32. Knows no model.

import type { Reals } from "../engine/precision.ts";
import { JsonError, parseJson } from "../outside/json.ts";
import { quoted } from "../outside/printable.ts";
import { CheckpointError, expectEach } from "./error.ts";
import { refusePickle } from "./pickle.ts";

/** A tensor as it stands in a file; `data` is row-major. Read ones are views of the file's bytes. */
export interface FileTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Reals;
}

export interface TensorFile {
  readonly tensors: readonly FileTensor[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bytes of a file at most: what one array holds in Node 20. */
export const FILE_LIMIT = 2 ** 32;

const LENGTH_BYTES = 8;
const HEADER_LIMIT = 100_000_000; // bytes, that of the format
const HEADER_VALUES = 1_000_000; // a model of 100,000 tensors
const HEADER_DEPTH = 3; // file, tensor, shape
const ALIGNMENT = 8; // of the tensors' bytes in the file
const ELEMENT_BYTES: Readonly<Record<string, number>> = { F64: 8, F32: 4 };

/** The format's name for what an array holds. */
export function dtypeOf(data: Reals): "F64" | "F32" {
  return data instanceof Float64Array ? "F64" : "F32";
}

/**
 * Bytes of a file with these tensors, in this order, F64 or F32 as they are.
 * @throws {CheckpointError} for what could not be read back.
 */
export function encodeSafetensors({ tensors, metadata }: TensorFile): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const { name, shape, data } of tensors) {
    expectEach(name, data, "a finite value", Number.isFinite);
    const begin = end;
    end += data.byteLength;
    header[name] = { dtype: dtypeOf(data), shape, data_offsets: [begin, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = Math.ceil((LENGTH_BYTES + json.length) / ALIGNMENT) * ALIGNMENT;
  if (start - LENGTH_BYTES > HEADER_LIMIT) throw tooLarge("header", HEADER_LIMIT, json.length);
  if (start + end > FILE_LIMIT) throw tooLarge("file", FILE_LIMIT, start + end);
  const file = new Uint8Array(start + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(start - LENGTH_BYTES), true);
  file.fill(0x20, LENGTH_BYTES, start);
  file.set(json, LENGTH_BYTES);
  let at = start;
  for (const { data } of tensors) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/**
 * Reads a file, trusting nothing in it.
 * @throws {CheckpointError} naming the first field that is wrong.
 */
export function decodeSafetensors(file: Uint8Array): TensorFile {
  const header = parseHeader(file);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const start = LENGTH_BYTES + Number(view.getBigUint64(0, true));
  const entries = Object.entries(header).filter(([name]) => name !== "__metadata__");
  const placed = entries.map(([name, entry]) => ({ name, ...parseEntry(name, entry) }));
  placed.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  for (const { name, begin, end: next } of placed) {
    if (begin !== end)
      throw new CheckpointError(`${name}.data_offsets`, `begin ${end}`, `${begin}`);
    end = next;
  }
  if (start + end !== file.length) {
    throw new CheckpointError("file", `${start + end} bytes`, `${file.length}`);
  }
  const tensors = placed.map(({ name, shape, dtype, begin, length }) => {
    const Kind = dtype === "F64" ? Float64Array : Float32Array;
    const at = start + begin;
    const bytes = file.subarray(at, at + length * Kind.BYTES_PER_ELEMENT);
    // A view where the platform allows it, so that a file is not held twice.
    const { buffer, byteOffset } =
      bytes.byteOffset % Kind.BYTES_PER_ELEMENT === 0 ? bytes : Uint8Array.from(bytes);
    const data = new Kind(buffer as ArrayBuffer, byteOffset, length);
    expectEach(name, data, "a finite value", Number.isFinite);
    return { name, shape, data };
  });
  return { tensors, metadata: parseMetadata(header["__metadata__"]) };
}

function tooLarge(what: string, limit: number, bytes: number): CheckpointError {
  return new CheckpointError(what, `at most ${limit} bytes`, `${bytes}; use a smaller model`);
}

function parseHeader(file: Uint8Array): Record<string, unknown> {
  refusePickle(file);
  if (file.length < LENGTH_BYTES) {
    throw new CheckpointError("file", "a safetensors file", `${file.length} bytes`);
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = view.getBigUint64(0, true);
  const room = Math.min(HEADER_LIMIT, file.length - LENGTH_BYTES);
  if (length > room) {
    throw new CheckpointError("header", `at most ${room} bytes`, `${length}; is the file whole?`);
  }
  const bytes = file.subarray(LENGTH_BYTES, LENGTH_BYTES + Number(length));
  let header: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    header = parseJson(text, { depth: HEADER_DEPTH, values: HEADER_VALUES });
  } catch (error) {
    const got = error instanceof JsonError ? error.message : "text that is not UTF-8";
    throw new CheckpointError("header", "JSON", got);
  }
  return objectOf("header", header);
}

function objectOf(field: string, value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new CheckpointError(field, "a JSON object", quoted(value));
  }
  return value as Record<string, unknown>;
}

interface Entry {
  dtype: string;
  shape: number[];
  length: number;
  begin: number;
  end: number;
}

function parseEntry(name: string, value: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = objectOf(name, value);
  if (typeof dtype !== "string" || !Object.hasOwn(ELEMENT_BYTES, dtype)) {
    throw new CheckpointError(`${name}.dtype`, "F64 or F32", quoted(dtype));
  }
  const sizes = naturals(`${name}.shape`, shape);
  const [begin, end] = naturals(`${name}.data_offsets`, offsets, 2) as [number, number];
  const length = sizes.reduce((product, size) => product * size, 1);
  const bytes = length * (ELEMENT_BYTES[dtype] as number);
  if (!Number.isSafeInteger(bytes)) {
    throw new CheckpointError(`${name}.shape`, "a size that memory can hold", quoted(shape));
  }
  if (end - begin !== bytes) {
    throw new CheckpointError(
      `${name}.data_offsets`,
      `${bytes} bytes for its shape`,
      `${end - begin}`,
    );
  }
  return { dtype, shape: sizes, length, begin, end };
}

function naturals(field: string, value: unknown, count?: number): number[] {
  const fits =
    Array.isArray(value) &&
    (count === undefined || value.length === count) &&
    value.every((item) => Number.isSafeInteger(item) && item >= 0);
  if (!fits) {
    const what = count === undefined ? "integers from 0" : `${count} integers from 0`;
    throw new CheckpointError(field, what, quoted(value));
  }
  return value;
}

function parseMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  const metadata = objectOf("__metadata__", value);
  for (const [key, text] of Object.entries(metadata)) {
    if (typeof text !== "string") {
      throw new CheckpointError(`__metadata__.${key}`, "a string", quoted(text));
    }
  }
  return metadata as Record<string, string>;
}
