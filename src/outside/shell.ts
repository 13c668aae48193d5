// Words of a command line that is shown to be copied.

/** A word as a shell takes it. */
export function shellWord(word: string): string {
  return /^[\w./:=+@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
