// What ends a command from outside: at once, or, where a command asks for it, politely the first time.

/** A signal with the exit code that shells and job runners know it by. */
export interface Signal {
  readonly name: NodeJS.Signals;
  readonly code: number;
}

const SIGNALS: readonly Signal[] = [
  { name: "SIGHUP", code: 129 },
  { name: "SIGINT", code: 130 },
  { name: "SIGTERM", code: 143 },
];

let polite: ((signal: Signal) => void) | undefined;
let wasAsked = false;

/**
 * Leaves at a signal with a line and by exit(), so that what is not finished writing is removed.
 * `command`: what is running.
 */
export function listenToSignals(command: string): void {
  for (const signal of SIGNALS) {
    process.on(signal.name, () => {
      const first = polite;
      polite = undefined;
      if (first) {
        first(signal);
        return;
      }
      const early = command === "train" && !wasAsked;
      const when = early ? " before the first step; nothing was written" : "";
      const begin = process.stderr.isTTY ? "\n" : ""; // behind the terminal's own ^C
      process.stderr.write(`${begin}${command}: stopped by ${signal.name}${when}\n`);
      process.exit(signal.code);
    });
  }
}

/** Calls `stop` at the first signal instead; the second one ends the process. */
export function stopPolitely(stop: (signal: Signal) => void): void {
  polite = stop;
  wasAsked = true;
}
