// A long list of token ids in as few bytes as they need: blocks, so that growing copies nothing.

type Block = Uint8Array | Uint16Array | Uint32Array;

const BLOCK_BITS = 20;
const BLOCK = 2 ** BLOCK_BITS; // tokens
const SMALLEST = 2 ** 10; // the first block grows from here: most texts that are asked about are short
const KINDS = [Uint8Array, Uint16Array, Uint32Array] as const;

export class Tokens {
  #blocks: Block[] = [];
  #kind = 0; // of KINDS
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Bytes that the blocks take. */
  get bytes(): number {
    return this.#blocks.reduce((sum, block) => sum + block.byteLength, 0);
  }

  /** Appends an id from 0 to 2^32 - 1. */
  push(id: number): void {
    this.#makeRoomFor(id);
    const length = this.#length;
    if (length % BLOCK === 0) {
      this.#blocks.push(new KINDS[this.#kind as 0](length === 0 ? SMALLEST : BLOCK));
    } else if (length === this.#blocks[0]?.length && length < BLOCK) {
      const larger = new KINDS[this.#kind as 0](2 * length);
      larger.set(this.#blocks[0]);
      this.#blocks[0] = larger;
    }
    (this.#blocks.at(-1) as Block)[length % BLOCK] = id;
    this.#length++;
  }

  /** The id at a position from 0 to length - 1. */
  at(position: number): number {
    const block = this.#blocks[Math.floor(position / BLOCK)] as Block;
    return block[position % BLOCK] as number;
  }

  /** Replaces every id by what `ids` has for it, in place; ids below 0 are left out. */
  replace(ids: ArrayLike<number>): void {
    for (let i = 0; i < ids.length; i++) this.#makeRoomFor(ids[i] as number);
    let kept = 0;
    for (let position = 0; position < this.#length; position++) {
      const id = ids[this.at(position)] as number;
      if (id < 0) continue;
      (this.#blocks[Math.floor(kept / BLOCK)] as Block)[kept % BLOCK] = id;
      kept++;
    }
    this.#length = kept;
    this.#blocks.length = Math.ceil(kept / BLOCK);
  }

  /** Widens the blocks to a kind that holds `id`. */
  #makeRoomFor(id: number): void {
    const before = this.#kind;
    while (id >= 256 ** (2 ** this.#kind)) this.#kind++;
    if (this.#kind === before) return;
    const wider = KINDS[this.#kind as 0];
    for (let i = 0; i < this.#blocks.length; i++) {
      this.#blocks[i] = wider.from(this.#blocks[i] as Block);
    }
  }
}
