// What stands where inside the small buffers of layout.ts.

// statistics
export const LOSS: i32 = 0;
export const CORRECT: i32 = 1;
export const GRADIENT_NORM: i32 = 2;
export const STATISTICS: u64 = 3;

// rule
export const SCALE: i32 = 0; // what the gradient of each position counts
export const LEARNING_RATE: i32 = 1;
export const CLIP_VALUE: i32 = 2; // Infinity clips nothing
export const CLIP_NORM: i32 = 3; // Infinity clips nothing
export const FIRST_DECAY: i32 = 4;
export const FIRST_GAIN: i32 = 5;
export const SECOND_DECAY: i32 = 6;
export const SECOND_GAIN: i32 = 7;
export const ROOT_SCALE: i32 = 8; // of the root of the second moment
export const EPSILON: i32 = 9; // added to that root
export const KEEP: i32 = 10; // share of a parameter that decoupled weight decay leaves
export const DROPOUT: i32 = 11; // share of units that are dropped
export const SEED: i32 = 12; // of the dropout, two words of 32 bits
export const UPDATE: i32 = 14; // updates done before, two words of 32 bits
export const FACTOR: i32 = 16; // of every gradient, from CLIP_NORM and the norm; the core's own
// -CLIP_VALUE; the core's own. Not by f64x2.neg, of which V8 gets 256 bits wrong (docs/design.md).
export const CLIP_LOWER: i32 = 17;
export const RULE: u64 = 18;

// generator
export const COUNTER: i32 = 0;
export const STREAM: i32 = 2;
export const KEY: i32 = 4;
export const BLOCK: i32 = 8;
export const GENERATOR_WORDS: u64 = 12;
