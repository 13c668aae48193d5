// The safetensors format apart from any model: what is written is laid out as it says, and each way in which a
// file can be wrong has its line.

import { describe, expect, test } from "vitest";
import { CheckpointError } from "../../src/checkpoint/error.ts";
import {
  decodeSafetensors,
  dtypeOf,
  encodeSafetensors,
  type FileTensor,
} from "../../src/checkpoint/safetensors.ts";
import { headerOf, withHeader } from "./headers.ts";

const TENSORS: FileTensor[] = [
  { name: "wide", shape: [2, 1], data: Float64Array.of(1, -0) },
  { name: "none", shape: [0, 3], data: new Float64Array(0) },
  { name: "scalar", shape: [], data: Float32Array.of(0.5) },
  { name: "list", shape: [3], data: Float32Array.of(1, 2, 3) },
];
const METADATA = { format: "pt", note: "é" };
const written = () => encodeSafetensors({ tensors: TENSORS, metadata: METADATA });
const FILE = written();

/** That the file is refused with exactly this text. */
function expectRefused(file: Uint8Array, message: string): void {
  expect(() => decodeSafetensors(file)).toThrow(CheckpointError);
  expect(() => decodeSafetensors(file)).toThrow(expect.objectContaining({ message }));
}

/** A file with this text, or these bytes, as its header and nothing behind it. */
function withText(text: string | Uint8Array): Uint8Array {
  const json = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const file = new Uint8Array(8 + json.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  return file;
}

describe("what is written", () => {
  test("comes back, of both kinds, of every shape", () => {
    expect(decodeSafetensors(written())).toStrictEqual({ tensors: TENSORS, metadata: METADATA });
    expect(TENSORS.map(({ data }) => dtypeOf(data))).toEqual(["F64", "F64", "F32", "F32"]);
  });

  test("has a header padded with blanks to eight bytes, and one tensor behind the other", () => {
    const { header, data } = headerOf(written());
    expect(header).toEqual({
      __metadata__: METADATA,
      wide: { dtype: "F64", shape: [2, 1], data_offsets: [0, 16] },
      none: { dtype: "F64", shape: [0, 3], data_offsets: [16, 16] },
      scalar: { dtype: "F32", shape: [], data_offsets: [16, 20] },
      list: { dtype: "F32", shape: [3], data_offsets: [20, 32] },
    });
    expect(data.length).toBe(32);
    for (let length = 0; length < 9; length++) {
      const file = encodeSafetensors({ tensors: [], metadata: { note: "x".repeat(length) } });
      const json = JSON.stringify({ __metadata__: { note: "x".repeat(length) } });
      expect(file.length).toBe(8 + Math.ceil(json.length / 8) * 8);
      expect(new TextDecoder().decode(file.subarray(8))).toBe(json.padEnd(file.length - 8));
    }
  });

  test("of a part of a larger array is that part", () => {
    const data = Float64Array.of(9, 1, 2, 9).subarray(1, 3);
    const file = encodeSafetensors({ tensors: [{ name: "x", shape: [2], data }], metadata: {} });
    expect(decodeSafetensors(file).tensors[0]?.data).toStrictEqual(Float64Array.of(1, 2));
  });

  test("is not what could not be read back", () => {
    const one = (data: FileTensor["data"]) => () =>
      encodeSafetensors({ tensors: [{ name: "x", shape: [2], data }], metadata: {} });
    expect(one(Float32Array.of(0, Number.NEGATIVE_INFINITY))).toThrow(
      new CheckpointError("x[1]", "a finite value", "-Infinity"),
    );
    // What only says that it is so large: no test has the room for it.
    const large = { length: 0, byteLength: 2 ** 32 } as Float32Array;
    expect(one(large)).toThrow(
      /^file: expected at most 4294967296 bytes, got 42949673\d\d; use a smaller model$/,
    );
  });

  test("has a header of at most 100 MB", () => {
    const frame = JSON.stringify({ __metadata__: { note: "" } }).length;
    const withHeaderOf = (length: number) => () =>
      encodeSafetensors({ tensors: [], metadata: { note: "x".repeat(length - frame) } });
    expect(withHeaderOf(100_000_000)().length).toBe(100_000_008);
    expect(withHeaderOf(100_000_001)).toThrow(
      new CheckpointError("header", "at most 100000000 bytes", "100000001; use a smaller model"),
    );
  });
});

describe("what is read", () => {
  test("is a view of the file where that is aligned, else a copy", () => {
    const [wide, , scalar] = decodeSafetensors(FILE).tensors;
    expect(wide?.data.buffer).toBe(FILE.buffer);
    expect(scalar?.data.buffer).toBe(FILE.buffer);
    for (let shift = 1; shift < 8; shift++) {
      const room = new Uint8Array(FILE.length + 8).subarray(shift, shift + FILE.length);
      room.set(FILE);
      const { tensors } = decodeSafetensors(room);
      expect(tensors).toStrictEqual(TENSORS);
      expect(tensors[0]?.data.buffer).not.toBe(room.buffer);
      expect(tensors[2]?.data.buffer === room.buffer).toBe(shift === 4);
    }
  });

  test("may be named in any order, and need have no metadata", () => {
    const turned = withHeader(FILE, (header) => {
      const entries = Object.entries(header).reverse();
      for (const [name] of entries) delete header[name];
      Object.assign(header, Object.fromEntries(entries));
      delete header["__metadata__"];
    });
    const { tensors, metadata } = decodeSafetensors(turned);
    expect(tensors).toStrictEqual(TENSORS);
    expect(metadata).toEqual({});
  });

  test("may be no tensor at all", () => {
    expect(decodeSafetensors(withText("{}"))).toEqual({ tensors: [], metadata: {} });
  });
});

describe("a file is refused", () => {
  test("that has not the eight bytes of a length, or fewer than it says", () => {
    expectRefused(new Uint8Array(0), "file: expected a safetensors file, got 0 bytes");
    expectRefused(new Uint8Array(7), "file: expected a safetensors file, got 7 bytes");
    expectRefused(new Uint8Array(8), "header: expected JSON, got text that is not JSON");
    const longer = withText("{}");
    longer[0] = 3;
    expectRefused(longer, "header: expected at most 2 bytes, got 3; is the file whole?");
  });

  test("with bytes that no tensor has, or without some that one has", () => {
    const { length } = FILE;
    expectRefused(FILE.slice(0, -1), `file: expected ${length} bytes, got ${length - 1}`);
    const more = new Uint8Array(length + 1);
    more.set(FILE);
    expectRefused(more, `file: expected ${length} bytes, got ${length + 1}`);
  });

  test.each<[string, string | Uint8Array, string]>([
    ["no JSON", "{", "header: expected JSON, got text that is not JSON"],
    [
      "no UTF-8",
      Uint8Array.of(0x22, 0xff, 0x22),
      "header: expected JSON, got text that is not UTF-8",
    ],
    ["a list", "[]", "header: expected a JSON object, got []"],
    ["a null", "null", "header: expected a JSON object, got null"],
    ["a text", '"x"', 'header: expected a JSON object, got "x"'],
    ["a tensor twice", '{"x":1,"x":2}', 'header: expected JSON, got the key "x" twice'],
    [
      "what is nested deeper than a shape",
      '{"x":{"shape":[[]]}}',
      "header: expected JSON, got brackets nested deeper than 3",
    ],
    [
      "more than a million values",
      `[${"0,".repeat(1_000_001)}0]`,
      "header: expected JSON, got more than 1000000 values",
    ],
    ["a tensor that is none", '{"x":5}', "x: expected a JSON object, got 5"],
    [
      "metadata that are none",
      '{"__metadata__":[]}',
      "__metadata__: expected a JSON object, got []",
    ],
    [
      "a word that is a number",
      '{"__metadata__":{"a":"b","c":5}}',
      "__metadata__.c: expected a string, got 5",
    ],
  ])("with a header of %s", (_name, text, message) => {
    expectRefused(withText(text), message);
  });

  const offsets = "list.data_offsets: expected 2 integers from 0, got ";
  test.each<[string, object, string]>([
    ["another kind", { dtype: "F16" }, 'list.dtype: expected F64 or F32, got "F16"'],
    [
      "a kind that every object has",
      { dtype: "toString" },
      'list.dtype: expected F64 or F32, got "toString"',
    ],
    ["no kind", { dtype: undefined }, "list.dtype: expected F64 or F32, got nothing"],
    ["a kind in a list", { dtype: ["F32"] }, 'list.dtype: expected F64 or F32, got ["F32"]'],
    ["no shape", { shape: undefined }, "list.shape: expected integers from 0, got nothing"],
    ["a shape of text", { shape: "3" }, 'list.shape: expected integers from 0, got "3"'],
    ["half a size", { shape: [3, 0.5] }, "list.shape: expected integers from 0, got [3,0.5]"],
    ["a size below 0", { shape: [-3, -1] }, "list.shape: expected integers from 0, got [-3,-1]"],
    ["no places", { data_offsets: undefined }, `${offsets}nothing`],
    ["one place", { data_offsets: [20] }, `${offsets}[20]`],
    ["three places", { data_offsets: [20, 32, 32] }, `${offsets}[20,32,32]`],
    ["a place below 0", { data_offsets: [-12, 0] }, `${offsets}[-12,0]`],
    [
      "a size that no number holds",
      { shape: [2 ** 51, 1], dtype: "F64" },
      "list.shape: expected a size that memory can hold, got [2251799813685248,1]",
    ],
    [
      "fewer bytes than its shape",
      { data_offsets: [20, 28] },
      "list.data_offsets: expected 12 bytes for its shape, got 8",
    ],
    [
      "of the other kind",
      { dtype: "F64" },
      "list.data_offsets: expected 24 bytes for its shape, got 12",
    ],
    ["a gap before it", { data_offsets: [24, 36] }, "list.data_offsets: expected begin 20, got 24"],
    [
      "bytes of another",
      { data_offsets: [16, 28] },
      "list.data_offsets: expected begin 20, got 16",
    ],
  ])("with a tensor of %s", (_name, change, message) => {
    expectRefused(
      withHeader(FILE, (header) => Object.assign(header["list"], change)),
      message,
    );
  });

  test("with a number that is not finite", () => {
    const file = FILE.slice();
    const view = new DataView(file.buffer);
    view.setFloat32(file.length - 4, Number.NaN, true);
    expectRefused(file, "list[2]: expected a finite value, got NaN");
  });
});

describe("PyTorch's own files", () => {
  const zip = [0x50, 0x4b, 3, 4, 0, 0, 0, 0];
  const pickle = [0x80, 2, 0x8a, 0x0a, 0, 0, 0, 0];

  test.each([[zip], [pickle], [zip.slice(0, 4)]])("are known by their beginning: %j", (bytes) => {
    expectRefused(
      Uint8Array.from(bytes),
      'file: expected safetensors, got PyTorch\'s pickle (a .pt or .pth); convert it in Python: import torch; from safetensors.torch import save_file; save_file(torch.load("model.pt", map_location="cpu", weights_only=True), "model.safetensors")',
    );
  });

  test("by the whole of it", () => {
    for (const known of [zip, pickle]) {
      for (let at = 0; at < 4; at++) {
        const other = known.with(at, 1);
        expect(() => decodeSafetensors(Uint8Array.from(other))).toThrow(
          /^header: expected at most/,
        );
      }
      expectRefused(
        Uint8Array.from(known.slice(0, 3)),
        "file: expected a safetensors file, got 3 bytes",
      );
    }
  });
});
