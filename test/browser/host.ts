// A static host for one test: files by their address, and headers for all of them, as the simplest
// servers are.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { onTestFinished } from "vitest";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
};

/** What makes a page cross-origin isolated. */
export const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export interface Host {
  readonly origin: string;
  /** Ends every connection, and takes none. */
  goOffline(): Promise<void>;
  goOnline(): Promise<void>;
}

/**
 * Serves what `read` finds at a path, "/" being "/index.html"; what it throws on is not there. Every
 * answer has a type and `headers`, nothing else. Ends with the test.
 */
export async function host(
  read: (path: string) => Buffer | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Host> {
  const server = createServer((request, response) => {
    const path = ((request.url ?? "").split("?")[0] as string).replace(/\/$/, "/index.html");
    try {
      const file = read(path);
      response.writeHead(200, { "Content-Type": TYPES[extname(path)] ?? "", ...headers });
      response.end(file);
    } catch {
      response.writeHead(404).end();
    }
  });
  const goOnline = (port = 0): Promise<void> =>
    new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  const goOffline = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await goOnline();
  onTestFinished(goOffline);
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, goOffline, goOnline: () => goOnline(port) };
}
