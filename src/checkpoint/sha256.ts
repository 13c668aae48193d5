// SHA-256 through Web Crypto, which Node and browsers share; in plain code where a browser keeps it back.

import { sha256Plain } from "./sha256-plain.ts";

/** Lower-case hexadecimal SHA-256 of the bytes behind a view. */
export async function sha256(view: Uint8Array | Float64Array | Float32Array): Promise<string> {
  const { buffer, byteOffset, byteLength } = view;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return Array.from(await digestOf(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function digestOf(bytes: Uint8Array): Promise<Uint8Array> {
  const { subtle } = crypto as Partial<Crypto>; // for secure contexts only
  if (!subtle) return sha256Plain(bytes);
  // A copy of a part, since Web Crypto refuses views of shared or growing memory.
  const isWhole = bytes.byteLength === bytes.buffer.byteLength;
  const own = isWhole ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice();
  return new Uint8Array(await subtle.digest("SHA-256", own));
}

/** The text of a run on a pair as bytes. */
export function pairBytes({ input, target }: { input: string; target: string }): Uint8Array {
  return new TextEncoder().encode(`${input}\n${target}`);
}

/** Their SHA-256. A corpus has that of its bytes. */
export function pairSha256(pair: { input: string; target: string }): Promise<string> {
  return sha256(pairBytes(pair));
}
