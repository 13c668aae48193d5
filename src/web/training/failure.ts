// What the worker could not do, in words.

/** The run that there was could not be brought back. */
export class Fatal extends Error {}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
