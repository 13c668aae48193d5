// Events for TensorBoard, in a file for each part of a run: records of TensorFlow's TFRecord format, each
// an Event of its tensorflow/core/util/event.proto.

import { Message } from "../../checkpoint/protobuf.ts";
import type { StepRecord } from "../../model/record.ts";
import type { RunFile } from "../folder/names.ts";
import type { RunFiles } from "../folder/run-files.ts";
import { scalarsOf, type Tracker } from "./tracker.ts";

const VERSION = "brain.Event:2";
// Kinds of sessions' logs, tensors and data.
const START = 1;
const STRING = 7;
const TENSOR = 2;

export class TensorBoard implements Tracker {
  readonly #files: RunFiles;
  #file: RunFile | undefined;

  constructor(files: RunFiles) {
    this.#files = files;
  }

  record(record: StepRecord): void {
    const { step, rolledBack } = record;
    const isFirst = this.#file === undefined;
    if (isFirst) this.#add(new Message().add(3, VERSION));
    // TensorBoard then forgets what it has of this step and those behind it, in this file and the others; but for
    // the first START of all, so every file has one.
    if (rolledBack || isFirst) {
      this.#add(new Message().integer(2, step).add(7, new Message().integer(1, START)));
    }
    // In f32, as TensorBoard holds them.
    const values = scalarsOf(record).map(([tag, value]) =>
      new Message().add(1, tag).float(2, value),
    );
    this.#add(new Message().integer(2, step).add(5, new Message().add(1, ...values)));
  }

  /** A text, as the plugin of that name shows it: as Markdown, in which lines with four spaces are as they are. */
  sample({ step }: StepRecord, text: string): void {
    const plugin = new Message().add(1, new Message().add(1, "text"));
    const lines = text.split("\n").map((line) => `    ${line}`);
    const tensor = new Message().integer(1, STRING).add(2, new Message()).add(8, lines.join("\n"));
    const value = new Message().add(1, "sample").add(8, tensor).add(9, plugin.integer(4, TENSOR));
    this.#add(new Message().integer(2, step).add(5, new Message().add(1, value)));
  }

  #add(event: Message): void {
    const now = Date.now();
    this.#file ??= this.#files.nextEvents(now);
    this.#files.add(this.#file, framed(event.double(1, now / 1000).bytes()));
  }
}

/** A TFRecord: length, its checksum, the data, its checksum; all little-endian. */
export function framed(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length, true); // of 64 bits, whose upper half is 0
  view.setUint32(8, masked(bytes.subarray(0, 8)), true);
  bytes.set(data, 12);
  view.setUint32(12 + data.length, masked(data), true);
  return bytes;
}

/** CRC-32C, turned and moved, as checksums of checksums are weak. */
function masked(data: Uint8Array): number {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Of each byte, of the polynomial of Castagnoli, its bits reversed. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  return crc;
});

/** The checksum of iSCSI (RFC 3720), of "123456789" 0xe3069283. */
export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 255] as number);
  return ~crc >>> 0;
}
