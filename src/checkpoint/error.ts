// The one error of everything that reads a model from outside.

import { ElloError } from "../outside/errors.ts";
import { shown } from "../outside/printable.ts";

// Characters of each part, so that no file can fill a screen.
const LONGEST_FIELD = 120;
const LONGEST_EXPECTED = 300;
const LONGEST_GOT = 500;

/** A file that is not the model it should be; the text names the field, what was expected and got. */
export class CheckpointError extends ElloError {
  override readonly name = "CheckpointError";
  constructor(field: string, expected: string, got: string) {
    super(
      `${shown(field, LONGEST_FIELD)}: expected ${shown(expected, LONGEST_EXPECTED)}, got ${shown(got, LONGEST_GOT)}`,
    );
  }
}

/** @throws {CheckpointError} naming the first value that is not as expected. */
export function expectEach(
  name: string,
  values: ArrayLike<number>,
  expected: string,
  accepts: (value: number, at: number) => boolean,
): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!accepts(value, i)) throw new CheckpointError(`${name}[${i}]`, expected, `${value}`);
  }
}
