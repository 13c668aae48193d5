// Files that a visitor gives are taken in the order they were given, however long the reading of each takes.

let last: Promise<unknown> = Promise.resolve();

/** Does work after that of what was given before. It reads, and begins what that leads to without awaiting its end. */
export function inOrder<T>(work: () => Promise<T>): Promise<T> {
  const done = last.then(work);
  last = done.catch(() => {});
  return done;
}
