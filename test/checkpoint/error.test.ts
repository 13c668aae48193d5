// The one line that a file is refused with: what it says, and that no file can fill a screen with it.

import { expect, test } from "vitest";
import { CheckpointError, expectEach } from "../../src/checkpoint/error.ts";
import { ElloError } from "../../src/outside/errors.ts";

test("names the field, what was expected and what was got", () => {
  const error = new CheckpointError("fc.bias", "shape [4]", "[5]");
  expect(error.message).toBe("fc.bias: expected shape [4], got [5]");
  expect(error.name).toBe("CheckpointError");
  expect(error).toBeInstanceOf(ElloError);
});

test("leaves out the middle of what is too long, and spells out what a terminal would obey", () => {
  const whole = new CheckpointError("f".repeat(120), "e".repeat(300), "g".repeat(500)).message;
  expect(whole).toBe(`${"f".repeat(120)}: expected ${"e".repeat(300)}, got ${"g".repeat(500)}`);
  const cut = new CheckpointError("f".repeat(121), "e".repeat(301), "g".repeat(501)).message;
  expect(cut).toMatch(/^f+…f+: expected e+…e+, got g+…g+$/);
  expect(cut.length).toBe(whole.length);
  expect(new CheckpointError("\u001b", "\r", "\u202e").message).toBe(
    "\\u001b: expected \\r, got \\u202e",
  );
});

test("names the first number that is not as it should be, by its place", () => {
  const asked: number[][] = [];
  const run = (values: number[]) =>
    expectEach("x", values, "even", (value, at) => {
      asked.push([value, at]);
      return value % 2 === 0;
    });
  expect(() => run([])).not.toThrow();
  expect(() => run([2, 4])).not.toThrow();
  expect(asked).toEqual([
    [2, 0],
    [4, 1],
  ]);
  expect(() => run([2, 5, 7])).toThrow(new CheckpointError("x[1]", "even", "5"));
});
