// Receipts in folders: those of a class, of a sweep, of what was tried today.

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { quoted } from "../../outside/printable.ts";
import { type Chained, ReceiptError, readReceipt } from "../../receipt/receipt.ts";
import { reasonOf, UsageError } from "../errors.ts";
import { readJson } from "../read-file.ts";

/** A receipt's file: itself, or that of a run's folder; undefined for a folder of several. @throws {UsageError} */
export async function receiptOf(name: string, command: string): Promise<string | undefined> {
  try {
    if (!(await stat(name)).isDirectory()) return name;
    const own = join(name, "receipt.json");
    return (await stat(own).catch(() => undefined)) ? own : undefined;
  } catch (error) {
    throw new UsageError(
      `${command}: expected a receipt.json, or a folder with one or several, got ${reasonOf(error)} for ${quoted(name)}`,
    );
  }
}

/** Reads a receipt's file. @throws {ReceiptError} */
export async function readReceiptIn(path: string): Promise<Chained> {
  const value = await readJson(path).catch((error: unknown) => {
    throw new ReceiptError(`expected a receipt of a run, got ${reasonOf(error)}`);
  });
  return readReceipt(value);
}

/** The receipts in a folder and those below it, sorted: files ending in .json that are one. @throws {UsageError} */
export async function receiptsIn(folder: string, command: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder, { recursive: true });
  } catch (error) {
    throw new UsageError(
      `${command}: expected a folder, got ${reasonOf(error)} for ${quoted(folder)}`,
    );
  }
  const paths = names.filter(
    (name) => name.endsWith(".json") && !/(^|[/\\])node_modules[/\\]/.test(name),
  );
  const found: string[] = [];
  for (const name of paths.toSorted(byNumbers)) {
    const path = join(folder, name);
    if (await isReceipt(path)) found.push(path);
  }
  return found;
}

/** 2 before 10. */
function byNumbers(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

/** Whether a file says that it is one, or has the name of one. */
async function isReceipt(path: string): Promise<boolean> {
  if (/(^|[/\\])receipt\.json$/.test(path)) return true;
  try {
    return `${Object(await readJson(path)).format}`.startsWith("ello-receipt-");
  } catch {
    return false;
  }
}
