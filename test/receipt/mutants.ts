// Receipts with something in them changed, which are read or refused by name.

import { expect } from "vitest";
import { ReceiptError, readReceipt } from "../../src/receipt/receipt.ts";
import type { Numbers } from "../support.ts";

const STRANGE = [null, -1, 1e300, 0.5, "", "x", [], {}, true, "0".repeat(64), [[]], { step: 1 }];

/** Reads a receipt with something in it changed, so many times. @returns how often it was still one. */
export function mutate(json: string, numbers: Numbers, times: number): number {
  let read = 0;
  for (let time = 0; time < times; time++) {
    const receipt = JSON.parse(json);
    let at = receipt;
    for (;;) {
      const keys = Object.keys(at);
      const key = numbers.pick(keys);
      const isDeeper = Object(at[key]) === at[key] && Object.keys(at[key]).length > 0;
      if (isDeeper && numbers.integer(0, 3) > 0) {
        at = at[key];
        continue;
      }
      if (numbers.integer(0, 5) === 0) delete at[key];
      else at[key] = numbers.pick(STRANGE);
      break;
    }
    try {
      readReceipt(receipt);
      read++;
    } catch (error) {
      expect(error, JSON.stringify(receipt).slice(0, 500)).toBeInstanceOf(ReceiptError);
      expect((error as Error).message.length).toBeLessThan(600);
    }
  }
  return read;
}
