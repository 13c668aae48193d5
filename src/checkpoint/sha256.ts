// SHA-256 through Web Crypto, which Node and browsers share.

/** Lower-case hexadecimal SHA-256 of the bytes behind a view. */
export async function sha256(view: Uint8Array | Float64Array | Float32Array): Promise<string> {
  const { buffer, byteOffset, byteLength } = view;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  // A copy of a part, since Web Crypto refuses views of shared or growing memory.
  const own = byteLength === buffer.byteLength ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", own));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** SHA-256 of the text of a run on a pair. A corpus has that of its bytes. */
export function pairSha256({ input, target }: { input: string; target: string }): Promise<string> {
  return sha256(new TextEncoder().encode(`${input}\n${target}`));
}
