// Elements and rows of the buffers that layout.ts lays out: the only plain loads and stores. Numbers are
// `real` but where a name says Double.

import { LANES, PANEL, wholeVectors } from "./real";

/** Element `index` of a buffer. */
export function get(base: usize, index: i32): real {
  return load<real>(base + ((<usize>index) << alignof<real>()));
}

/** Sets element `index` of a buffer. */
export function set(base: usize, index: i32, value: real): void {
  store<real>(base + ((<usize>index) << alignof<real>()), value);
}

/** Address of element `index` of a buffer. */
export function at(base: usize, index: i32): usize {
  return base + ((<usize>index) << alignof<real>());
}

/** The vector of elements from `index` on. */
export function getVector(base: usize, index: i32): v128 {
  return v128.load(base + ((<usize>index) << alignof<real>()));
}

/** Element `index` of a buffer in all lanes. */
export function getSplat(base: usize, index: i32): v128 {
  return v128.load_splat<real>(base + ((<usize>index) << alignof<real>()));
}

/** Sets the vector of elements from `index` on. */
export function setVector(base: usize, index: i32, vector: v128): void {
  v128.store(base + ((<usize>index) << alignof<real>()), vector);
}

/** Address of row `row` of a matrix with `columns` columns. */
export function rowOf(base: usize, row: i32, columns: i32): usize {
  return base + ((<usize>row * <usize>columns) << alignof<real>());
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

/** Element `index` of a buffer of f64. */
export function getDouble(base: usize, index: i32): f64 {
  return load<f64>(base + ((<usize>index) << 3));
}

/** Sets element `index` of a buffer of f64. */
export function setDouble(base: usize, index: i32, value: f64): void {
  store<f64>(base + ((<usize>index) << 3), value);
}

// Bulk operations of memory are calls out of the module, some 20 ns each: a twentieth of a step of `hello`
// was spent on them. Loops of vectors are as quick for many elements.

/** Copies `count` elements, a multiple of LANES. */
export function copyVectors(to: usize, from: usize, count: i32): void {
  for (let i = 0; i < count; i += LANES) setVector(to, i, getVector(from, i));
}

/** Zeros `count` elements. */
export function clear(to: usize, count: i32): void {
  const zero = v128.splat<real>(0);
  const whole = wholeVectors(count);
  for (let i = 0; i < whole; i += LANES) setVector(to, i, zero);
  for (let i = whole; i < count; i++) set(to, i, 0);
}

/**
 * Transposes four rows of PANEL elements, at a, b, c, d: the four of each column to `to`, PANEL elements
 * from column to column.
 */
export function transpose(a: usize, b: usize, c: usize, d: usize, to: usize): void {
  for (let k = 0; k < PANEL; k += LANES) {
    const a0 = getVector(a, k);
    const b0 = getVector(b, k);
    const c0 = getVector(c, k);
    const d0 = getVector(d, k);
    const column = at(to, k * PANEL);
    if (sizeof<real>() == 8) {
      setVector(column, 0, v128.shuffle<f64>(a0, b0, 0, 2));
      setVector(column, 2, v128.shuffle<f64>(c0, d0, 0, 2));
      setVector(column, 4, v128.shuffle<f64>(a0, b0, 1, 3));
      setVector(column, 6, v128.shuffle<f64>(c0, d0, 1, 3));
    } else {
      const ab = v128.shuffle<f32>(a0, b0, 0, 4, 1, 5);
      const cd = v128.shuffle<f32>(c0, d0, 0, 4, 1, 5);
      const ab2 = v128.shuffle<f32>(a0, b0, 2, 6, 3, 7);
      const cd2 = v128.shuffle<f32>(c0, d0, 2, 6, 3, 7);
      setVector(column, 0, v128.shuffle<f64>(ab, cd, 0, 2));
      setVector(column, PANEL, v128.shuffle<f64>(ab, cd, 1, 3));
      setVector(column, 2 * PANEL, v128.shuffle<f64>(ab2, cd2, 0, 2));
      setVector(column, 3 * PANEL, v128.shuffle<f64>(ab2, cd2, 1, 3));
    }
  }
}
