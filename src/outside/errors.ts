// What all errors of the library have in common, and the kinds that need no more than a name. Each text says
// what was expected, what was found instead and what to do.

/**
 * An error that the library throws on purpose; all of its own are of this class. Those that have no name of
 * their own are called RangeError, as they were before they had a class.
 */
export class ElloError extends RangeError {}

/** A dataset, ids, an array or an engine that does not fit the model or the call. */
export class DataError extends ElloError {}

/** A model, or the file of one, that takes more bytes than there can be. */
export class MemoryError extends ElloError {}

/** Weights that give numbers that are not finite, where there is nothing to go back to. */
export class WeightsError extends ElloError {}

/** What this JavaScript engine or page has not: SIMD, relaxed SIMD, threads that start and end. */
export class SupportError extends ElloError {
  override readonly name = "SupportError";
}

/** A call on a model that was closed. */
export class ClosedError extends ElloError {
  override readonly name = "ClosedError";
  constructor(call: string) {
    super(
      `${call}: expected an open model, got one that was closed; make another, or close it later`,
    );
  }
}
