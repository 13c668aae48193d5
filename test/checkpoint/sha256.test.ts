// SHA-256 where a browser keeps Web Crypto back: against the standard's examples and Node's own.

import { createHash } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { pairBytes, pairSha256, sha256 } from "../../src/checkpoint/sha256.ts";
import { sha256Plain } from "../../src/checkpoint/sha256-plain.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("in plain code", () => {
  // FIPS 180-2, appendix B, and the empty message.
  test.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
    ["a".repeat(1e6), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
  ])("the standard's examples: %.20s", (message, digest) => {
    expect(hex(sha256Plain(bytesOf(message)))).toBe(digest);
  });

  test("messages of every length around the ends of blocks, also as a part of a larger one", () => {
    const all = Uint8Array.from({ length: 300 }, (_, i) => (i * 167 + 13) % 256);
    for (let length = 0; length <= 200; length++) {
      const message = all.subarray(length % 7, (length % 7) + length);
      const expected = createHash("sha256").update(message).digest("hex");
      expect(hex(sha256Plain(message)), `${length} bytes`).toBe(expected);
    }
  });
});

test("weights have the same hash with and without Web Crypto", async () => {
  const arena = Float64Array.of(1, -0, Math.PI, 1e-300);
  const part = arena.subarray(1, 3);
  const [whole, some] = [await sha256(arena), await sha256(part)];
  vi.stubGlobal("crypto", {});
  try {
    expect([await sha256(arena), await sha256(part)]).toEqual([whole, some]);
  } finally {
    vi.unstubAllGlobals();
  }
});

test("a part of a larger memory has the hash of its own bytes, each of two digits", async () => {
  const bytes = Uint8Array.of(9, 9, 0x61, 0x62, 0x63, 9);
  expect(await sha256(bytes.subarray(2, 5))).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

test("the text of a run on a pair is both, a line each", async () => {
  const pair = { input: "hell", target: "ellö" };
  expect(new TextDecoder().decode(pairBytes(pair))).toBe("hell\nellö");
  expect(await pairSha256(pair)).toBe(createHash("sha256").update("hell\nellö").digest("hex"));
});
