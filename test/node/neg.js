// V8's fault in 256-bit f64x2.neg (docs/design.md): two neighbouring ones, their results stored side by
// side. Prints "right" or "wrong"; for the optimizing tier run it with --no-liftoff.

// In a local, from memory at `offset`: x * -x, where x lives on beside its negation.
/** @param {number} local @param {number} offset */
const half = (local, offset) => [
  ...[0x20, 0x00, 0xfd, 0x00, 0x04, offset, 0x21, local], // x = load p + offset
  ...[0x20, local, 0x20, local, 0xfd, 0xed, 0x01], // x, f64x2.neg of x
  ...[0xfd, 0xf2, 0x01, 0x21, local], // f64x2.mul
];
/** @param {number} local @param {number} offset */
const store = (local, offset) => [0x20, 0x00, 0x20, local, 0xfd, 0x0b, 0x04, offset];
const body = [1, 2, 0x7b, ...half(1, 0), ...half(2, 16), ...store(1, 32), ...store(2, 48), 0x0b];
const MODULE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x05, 0x01, 0x60, 0x01, 0x7f, 0x00], // a type: (i32) -> ()
  ...[0x03, 0x02, 0x01, 0x00, 0x05, 0x03, 0x01, 0x00, 0x01], // a function, a memory
  ...[0x07, 0x09, 0x02, 0x01, 0x66, 0x00, 0x00, 0x01, 0x6d, 0x02, 0x00], // exports f and m
  ...[0x0a, body.length + 2, 0x01, body.length, ...body], // code, with two locals of v128
);

const { exports } = new WebAssembly.Instance(new WebAssembly.Module(MODULE));
const { f, m } = /** @type {{ f: (p: number) => void, m: WebAssembly.Memory }} */ (exports);
const numbers = new Float64Array(m.buffer);
numbers.set([1, -2.5, 0, 3]);
f(0);
const isRight = [-1, -6.25, -0, -9].every((value, i) => Object.is(value, numbers[4 + i]));
console.log(isRight ? "right" : "wrong");
