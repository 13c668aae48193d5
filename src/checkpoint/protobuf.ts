// Writes protocol buffers: the few kinds of fields that an ONNX file and TensorBoard's events have.

const VARINT = 0;
const DOUBLE = 1;
const BYTES = 2;
const FLOAT = 5;
const ENCODER = new TextEncoder();

/** A message, field by field. */
export class Message {
  readonly #parts: Uint8Array[] = [];

  /** An integer from 0 on; the fields of a list one by one. */
  integer(field: number, ...values: number[]): this {
    for (const value of values) {
      this.#push(varint((field << 3) | VARINT));
      this.#push(varint(value));
    }
    return this;
  }

  /** Texts, bytes or messages; the fields of a list one by one. */
  add(field: number, ...values: (string | Uint8Array | Message)[]): this {
    for (const value of values) {
      const bytes =
        typeof value === "string"
          ? ENCODER.encode(value)
          : value instanceof Message
            ? value.bytes()
            : value;
      this.#push(varint((field << 3) | BYTES));
      this.#push(varint(bytes.length));
      this.#push(bytes);
    }
    return this;
  }

  double(field: number, value: number): this {
    this.#push(varint((field << 3) | DOUBLE));
    return this.#push(new Uint8Array(Float64Array.of(value).buffer));
  }

  float(field: number, value: number): this {
    this.#push(varint((field << 3) | FLOAT));
    return this.#push(new Uint8Array(Float32Array.of(value).buffer));
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const length = this.#parts.reduce((sum, part) => sum + part.length, 0);
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  #push(part: Uint8Array): this {
    this.#parts.push(part);
    return this;
  }
}

/** Seven bits a byte, the lowest first. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.from([...bytes, rest]);
}
