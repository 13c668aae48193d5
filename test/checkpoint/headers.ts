// The header of a safetensors file, read and changed as JSON; the tensors' bytes stay as they are.

export type Header = Record<string, any>;

/** The header's JSON, and the bytes behind it. */
export function headerOf(file: Uint8Array): { header: Header; data: Uint8Array } {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  return { header, data: file.subarray(8 + length) };
}

/** The file with a header changed by `change`. */
export function withHeader(file: Uint8Array, change: (header: Header) => void): Uint8Array {
  const { header, data } = headerOf(file);
  change(header);
  const json = new TextEncoder().encode(JSON.stringify(header));
  const changed = new Uint8Array(8 + json.length + data.length);
  new DataView(changed.buffer).setBigUint64(0, BigInt(json.length), true);
  changed.set(json, 8);
  changed.set(data, 8 + json.length);
  return changed;
}

/** The file with these fields of its metadata; one that is undefined is taken away. */
export function withMetadata(
  file: Uint8Array,
  fields: Readonly<Record<string, string | undefined>>,
): Uint8Array {
  return withHeader(file, (header) => Object.assign(header["__metadata__"], fields));
}
