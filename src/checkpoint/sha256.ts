// SHA-256 through Web Crypto, which Node and browsers share.

/** Lower-case hexadecimal SHA-256 of the bytes behind a view. */
export async function sha256(view: Uint8Array | Float64Array): Promise<string> {
  // A copy, since Web Crypto refuses views of shared or growing memory.
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
