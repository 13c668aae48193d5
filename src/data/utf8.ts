// Strict UTF-8, a chunk at a time: code points out, or the place of the first fault.

import { ElloError } from "../outside/errors.ts";

/** Bytes that are not UTF-8. */
export class Utf8Error extends ElloError {
  override readonly name = "Utf8Error";
  /** Of the first byte of the faulty sequence, from the start of the file. */
  readonly offset: number;
  constructor(offset: number, what: string) {
    super(`expected UTF-8, got ${what} at byte ${offset}`);
    this.offset = offset;
  }
}

const BYTE_ORDER_MARK = 0xfeff;
const SMALLEST = [0, 0x80, 0x800, 0x10000]; // code point of a sequence with so many more bytes
const LARGEST = 0x10ffff;
const SURROGATES = [0xd800, 0xdfff] as const;

/** Decodes one file. A byte order mark at its start is dropped. */
export class Utf8Decoder {
  #offset = 0; // of the next byte
  #start = 0; // of the sequence in work
  #point = 0;
  #missing = 0;
  #length = 0; // bytes after the first of the sequence in work

  /** Calls `take` with every code point that ends in `bytes`. @throws {Utf8Error} */
  decode(bytes: Uint8Array, take: (point: number) => void): void {
    for (const byte of bytes) {
      if (this.#missing > 0) this.#follow(byte, take);
      else if (byte < 0x80) take(byte);
      else this.#lead(byte);
      this.#offset++;
    }
  }

  /** Ends the file. @throws {Utf8Error} if it ends inside a sequence. */
  end(): void {
    if (this.#missing > 0) throw new Utf8Error(this.#start, "a sequence cut off by the end");
  }

  #lead(byte: number): void {
    this.#start = this.#offset;
    this.#length = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    if (byte < 0xc2 || byte > 0xf4) throw this.#fault(byte);
    this.#point = byte & (0x3f >> this.#length);
    this.#missing = this.#length;
  }

  #follow(byte: number, take: (point: number) => void): void {
    if ((byte & 0xc0) !== 0x80) throw this.#fault(byte);
    this.#point = this.#point * 64 + (byte & 0x3f);
    if (--this.#missing > 0) return;
    const point = this.#point;
    const isSurrogate = point >= SURROGATES[0] && point <= SURROGATES[1];
    if (point < (SMALLEST[this.#length] as number) || point > LARGEST || isSurrogate) {
      throw this.#fault(byte);
    }
    if (point !== BYTE_ORDER_MARK || this.#start > 0) take(point);
  }

  #fault(byte: number): Utf8Error {
    return new Utf8Error(this.#start, `0x${byte.toString(16).padStart(2, "0")} in a sequence`);
  }
}
