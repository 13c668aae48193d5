// Elements and rows of the buffers that layout.ts lays out: the only plain loads and stores.

/** Element `index` of an f64 buffer. */
export function get(base: usize, index: i32): f64 {
  return load<f64>(base + ((<usize>index) << 3));
}

/** Sets element `index` of an f64 buffer. */
export function set(base: usize, index: i32, value: f64): void {
  store<f64>(base + ((<usize>index) << 3), value);
}

/** Address of element `index` of an f64 buffer. */
export function at(base: usize, index: i32): usize {
  return base + ((<usize>index) << 3);
}

/** Elements `index` and `index + 1` of an f64 buffer. */
export function getPair(base: usize, index: i32): v128 {
  return v128.load(base + ((<usize>index) << 3));
}

/** Element `index` of an f64 buffer in both lanes. */
export function getSplat(base: usize, index: i32): v128 {
  return v128.load64_splat(base + ((<usize>index) << 3));
}

/** Sets elements `index` and `index + 1` of an f64 buffer. */
export function setPair(base: usize, index: i32, pair: v128): void {
  v128.store(base + ((<usize>index) << 3), pair);
}

/** Address of row `row` of an f64 matrix with `columns` columns. */
export function rowOf(base: usize, row: i32, columns: i32): usize {
  return base + ((<usize>row * <usize>columns) << 3);
}

/** Element `index` of an i32 or u32 buffer. */
export function getWord(base: usize, index: i32): u32 {
  return load<u32>(base + ((<usize>index) << 2));
}

/** Sets element `index` of an i32 or u32 buffer. */
export function setWord(base: usize, index: i32, value: u32): void {
  store<u32>(base + ((<usize>index) << 2), value);
}

/** Address of element `index` of an i32 or u32 buffer. */
export function wordAt(base: usize, index: i32): usize {
  return base + ((<usize>index) << 2);
}

// Bulk operations of memory are calls out of the module, some 20 ns each: a twentieth of a step of `hello`
// was spent on them. Loops of pairs are as quick for many elements.

/** Copies `count` elements, an even number of them. */
export function copyPairs(to: usize, from: usize, count: i32): void {
  for (let i = 0; i < count; i += 2) setPair(to, i, getPair(from, i));
}

/** Zeros `count` elements. */
export function clear(to: usize, count: i32): void {
  const zero = f64x2.splat(0);
  const whole = count & ~1;
  for (let i = 0; i < whole; i += 2) setPair(to, i, zero);
  if (whole < count) set(to, whole, 0);
}

/** Transposes 4 × 4 elements: rows at a, b, c, d to 16 contiguous ones at `to`. */
export function transpose(a: usize, b: usize, c: usize, d: usize, to: usize): void {
  for (let half = 0; half < 4; half += 2) {
    const a0 = getPair(a, half);
    const b0 = getPair(b, half);
    const c0 = getPair(c, half);
    const d0 = getPair(d, half);
    const row = at(to, half * 4);
    setPair(row, 0, v128.shuffle<f64>(a0, b0, 0, 2));
    setPair(row, 2, v128.shuffle<f64>(c0, d0, 0, 2));
    setPair(row, 4, v128.shuffle<f64>(a0, b0, 1, 3));
    setPair(row, 6, v128.shuffle<f64>(c0, d0, 1, 3));
  }
}
