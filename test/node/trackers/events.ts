// Reads files of events as TensorBoard does: TFRecord frames, checksums and protocol buffers, by what their
// specifications say and by nothing of what writes them.

/** What an event says. Texts are as they stand, numbers in f32. */
export interface TestEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly version?: string;
  readonly isStart?: boolean;
  readonly values: readonly { tag: string; value?: number; text?: string; plugin?: string }[];
}

/** CRC-32C bit by bit: the polynomial 0x1EDC6F41, bits reversed in and out. */
export function crc32cBitwise(bytes: Uint8Array): number {
  const reversed = (value: number, width: number) =>
    Number.parseInt(value.toString(2).padStart(width, "0").split("").reverse().join(""), 2);
  let rest = 0xffffffffn;
  for (const byte of bytes) {
    rest ^= BigInt(reversed(byte, 8)) << 24n;
    for (let bit = 0; bit < 8; bit++) {
      rest <<= 1n;
      if (rest & 0x100000000n) rest ^= 0x11edc6f41n;
    }
  }
  return reversed(Number(rest ^ 0xffffffffn), 32);
}

/** The checksum as a TFRecord has it: turned right by 15 bits, and 0xa282ead8 added. */
function masked(bytes: Uint8Array): number {
  const crc = BigInt(crc32cBitwise(bytes));
  const turned = ((crc >> 15n) | (crc << 17n)) & 0xffffffffn;
  return Number((turned + 0xa282ead8n) & 0xffffffffn);
}

/** The data of the records of a file. @throws for a length or a checksum that is wrong. */
export function recordsIn(file: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    const data = file.subarray(at + 12, at + 12 + length);
    const sums = [file.readUInt32LE(at + 8), file.readUInt32LE(at + 12 + length)];
    const expected = [masked(file.subarray(at, at + 8)), masked(data)];
    if (`${sums}` !== `${expected}`) throw new Error(`at ${at}: expected ${expected}, got ${sums}`);
    records.push(data);
    at += length + 16;
  }
  return records;
}

type Field = { number: number; wire: number; value: bigint; bytes: Buffer };

/** The fields of a message, in their order. */
function fieldsIn(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const lengths: Record<number, number> = { 1: 8, 5: 4 };
  while (at < bytes.length) {
    const key = Number(varint());
    const [number, wire] = [key >> 3, key & 7];
    const value = wire === 0 ? varint() : 0n;
    const length = wire === 2 ? Number(varint()) : (lengths[wire] ?? 0);
    if (![0, 1, 2, 5].includes(wire)) throw new Error(`expected a wire type, got ${wire}`);
    if (at + length > bytes.length) throw new Error("expected whole fields");
    fields.push({ number, wire, value, bytes: bytes.subarray(at, at + length) });
    at += length;
  }
  return fields;
}

const one = (fields: Field[], number: number) => fields.find((field) => field.number === number);
const inside = (field: Field | undefined) => fieldsIn(field?.bytes ?? Buffer.alloc(0));
const textOf = (field: Field | undefined) => field?.bytes.toString("utf8");

function valueIn(field: Field): TestEvent["values"][number] {
  const value = fieldsIn(field.bytes);
  const tag = textOf(one(value, 1)) ?? "";
  const number = one(value, 2);
  if (number) return { tag, value: number.bytes.readFloatLE() };
  const tensor = inside(one(value, 8));
  if (one(tensor, 1)?.value !== 7n) throw new Error("expected a tensor of DT_STRING");
  const metadata = inside(one(value, 9));
  const plugin = textOf(one(inside(one(metadata, 1)), 1)) ?? "";
  return { tag, text: textOf(one(tensor, 8)) ?? "", plugin };
}

/** The events of a file, in their order. */
export function eventsIn(file: Buffer): TestEvent[] {
  return recordsIn(file).map((record) => {
    const event = fieldsIn(record);
    const version = textOf(one(event, 3));
    const session = one(event, 7);
    return {
      wallTime: one(event, 1)?.bytes.readDoubleLE() ?? Number.NaN,
      step: Number(one(event, 2)?.value ?? 0n),
      ...(version !== undefined && { version }),
      ...(session && { isStart: one(inside(session), 1)?.value === 1n }),
      values: inside(one(event, 5)).map(valueIn),
    };
  });
}

/** Numbers and texts by their tags. */
export type Shown = Record<string, [step: number, unknown][]>;

/**
 * What is shown of several files: a START forgets all that is of its step or behind. TensorBoard 2 takes the
 * first for the run's own beginning, which forgets nothing; `isOld`: before, it was one as the others.
 */
export function shownOf(files: readonly Buffer[], isOld = false): Shown {
  const shown: Shown = {};
  let forgets = isOld;
  for (const { step, isStart, values } of files.flatMap(eventsIn)) {
    const isRestart = isStart && forgets;
    if (isStart) forgets = true;
    if (isRestart) {
      for (const tag of Object.keys(shown)) {
        shown[tag] = (shown[tag] ?? []).filter(([own]) => own < step);
      }
    }
    for (const { tag, value, text } of values) (shown[tag] ??= []).push([step, value ?? text]);
  }
  return shown;
}
