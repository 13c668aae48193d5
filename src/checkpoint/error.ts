// The one error of everything that reads a model from outside.

/** A file that is not the model it should be; the text names the field, what was expected and got. */
export class CheckpointError extends RangeError {
  override readonly name = "CheckpointError";
  constructor(field: string, expected: string, got: string) {
    super(`${field}: expected ${expected}, got ${got}`);
  }
}
