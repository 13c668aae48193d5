// What ends a command from outside: at once, or, where a command asks for it, politely the first time.

const CODES: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

let polite: (() => void) | undefined;

/** Leaves by exit() at a signal, so that what is not finished writing is removed. */
export function listenToSignals(): void {
  for (const [signal, code] of Object.entries(CODES)) {
    process.on(signal, () => {
      const first = polite;
      polite = undefined;
      if (first) first();
      else process.exit(code);
    });
  }
}

/** Calls `stop` at the first signal instead; the second one ends the process. */
export function stopPolitely(stop: () => void): void {
  polite = stop;
}
