// Protocol buffers: the bytes that the format's own description gives for its examples.

import { expect, test } from "vitest";
import { Message } from "../../src/checkpoint/protobuf.ts";

const hexOf = (message: Message): string => Buffer.from(message.bytes()).toString("hex");

test.each<[string, () => Message, string]>([
  ["nothing", () => new Message(), ""],
  ["an integer of two bytes", () => new Message().integer(1, 150), "089601"],
  [
    "the largest of one byte, the least of two",
    () => new Message().integer(1, 127, 128),
    "087f088001",
  ],
  ["0, and a field of two bytes", () => new Message().integer(20, 0), "a00100"],
  ["2 ** 53 - 1", () => new Message().integer(1, 2 ** 53 - 1), "08ffffffffffffff0f"],
  ["a text", () => new Message().add(2, "testing"), "120774657374696e67"],
  ["a text in UTF-8, and an empty one", () => new Message().add(1, "é", ""), "0a02c3a90a00"],
  [
    "a message in a message",
    () => new Message().add(3, new Message().integer(1, 150)),
    "1a03089601",
  ],
  ["bytes", () => new Message().add(2, Uint8Array.of(0, 255)), "120200ff"],
  ["a double", () => new Message().double(1, 1), "09000000000000f03f"],
  ["a float", () => new Message().float(2, -2), "15000000c0"],
  [
    "one after the other",
    () => new Message().integer(1, 3).add(2, "a").double(3, 0).float(4, 0).integer(5),
    `080312016119${"00".repeat(8)}25${"00".repeat(4)}`,
  ],
])("%s", (_name, message, hex) => {
  expect(hexOf(message())).toBe(hex);
});

test("what is longer than 127 bytes has a length of two", () => {
  const bytes = new Message().add(1, "x".repeat(300)).bytes();
  expect([...bytes.subarray(0, 4)]).toEqual([0x0a, 0xac, 0x02, 0x78]);
  expect(bytes.length).toBe(303);
});
