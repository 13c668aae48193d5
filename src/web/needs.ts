// What the page cannot do without, beside a script that runs: said in words in place of what would fail.

/** What is missing here and what to do; undefined where nothing is. */
export function unmetNeed(): string | undefined {
  if (self.origin === "null") {
    return "This page starts workers, which a page opened as a file or in a sandboxed frame may not: open it from a server, in a tab of its own.";
  }
  if (typeof WebAssembly === "undefined") {
    return "This page needs WebAssembly, which this browser does not have or has switched off. Lockdown Mode switches it off, and can be left for this site alone.";
  }
  return undefined;
}

/** Why the cores could not be loaded, and what to do: `reason` is the error in words. */
export function whyNotLoaded(error: unknown, reason: string): string {
  return error instanceof WebAssembly.CompileError
    ? `This browser cannot run the core (${reason}): it takes WebAssembly with vectors, which browsers have since 2023.`
    : `${reason}. Reload the page to try again.`;
}
