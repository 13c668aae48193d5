// Counts in values from outside.

/** Whether a value is an integer from 0 that a double holds. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
