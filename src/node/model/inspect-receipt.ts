// What a receipt.json says, in lines. Read with suspicion: it may come from anywhere.

import { parseJson } from "../../outside/json.ts";
import { quoted, shown as shownText } from "../../outside/printable.ts";
import { defaultsOf, SETTINGS } from "../../settings/check.ts";
import { flagOf } from "../flags/train-flags.ts";

const LONGEST = 200; // characters shown of a fact

/** Whether a file is JSON by its first character. */
export function isJson(bytes: Uint8Array): boolean {
  return /^\s*[[{]/.test(new TextDecoder().decode(bytes.subarray(0, 4096)));
}

/** @throws {RangeError} for other JSON. */
export function describeReceipt(bytes: Uint8Array): string[] {
  const receipt = parse(bytes);
  const { config, parametersSha256: hashes, steps, text, textSha256, final, best } = receipt;
  const { stopped, engine, threads, version } = receipt;
  if (Object(hashes).final === undefined || Object(config) !== config) {
    throw new RangeError(
      "expected a safetensors file or a receipt.json, got other JSON; as weights --init-from reads it",
    );
  }
  const { links } = Object(receipt["chain"]);
  const isOnText = Object(config).input === "";
  const defaults = defaultsOf(isOnText);
  const settings = SETTINGS.filter((name) => Object(config)[name] !== defaults[name]).map(
    (name) => `${flagOf(name)} ${shown(Object(config)[name])}`,
  );
  const lines: [string, unknown][] = [
    ["text", Array.isArray(text) ? text.join(", ") : undefined],
    ["SHA-256 of the text", textSha256],
    ["settings other than the defaults", settings.join(" ") || "none"],
    ["last step", final === null ? undefined : facts(final)],
    ["best validation", best === null ? undefined : facts(best)],
    ["stopped", stopped],
    ["engine", `${shown(engine)}, threads ${shown(threads)}`],
    ["version", version],
    ["chain", Array.isArray(links) ? `${links.length} links, which verify replays` : undefined],
  ];
  return [
    `a receipt: the record of a run of ${shown(steps)} steps`,
    `SHA-256 of the parameters ${shown(Object(hashes).final)}`,
    ...lines.flatMap(([name, value]) =>
      value === undefined ? [] : [`  ${name}: ${shown(value)}`],
    ),
  ];
}

function parse(bytes: Uint8Array): Record<string, unknown> {
  try {
    return Object(parseJson(new TextDecoder().decode(bytes)));
  } catch {
    throw new RangeError(
      "expected a safetensors file or a receipt.json, got text that begins like JSON and is not",
    );
  }
}

/** The numbers of an entry and of those inside it. */
function facts(entry: unknown): string {
  return Object.entries(Object(entry))
    .map(([name, value]) =>
      Object(value) === value ? `${name} (${facts(value)})` : `${name} ${shown(value)}`,
    )
    .join(", ");
}

function shown(value: unknown): string {
  if (typeof value === "string") return shownText(value, LONGEST);
  return value === undefined ? "none" : quoted(value, LONGEST);
}
