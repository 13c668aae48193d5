// Finds the compiled core in a page.

const url = new URL("../../build/core/release.wasm", import.meta.url);

/** The core that the package runs, compiled as it arrives. */
export async function loadCore(): Promise<WebAssembly.Module> {
  return WebAssembly.compileStreaming(fetch(url));
}
