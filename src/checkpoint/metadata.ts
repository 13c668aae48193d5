// What a file says about its model in words: format, configuration, vocabulary. Read with suspicion.

import { Vocabulary, VocabularyError } from "../data/vocabulary.ts";
import type { Model } from "../model/model.ts";
import { JsonError, parseJson } from "../outside/json.ts";
import { quoted } from "../outside/printable.ts";
import { type Config, ConfigError, completeConfig, SETTINGS } from "../settings/check.ts";
import { VERSION } from "../version.ts";
import { CheckpointError } from "./error.ts";

export type Metadata = Readonly<Record<string, string>>;

/** What a file says about its model. */
export function metadataOf({ config, vocabulary }: Model): Record<string, string> {
  return {
    version: VERSION,
    config: JSON.stringify(config),
    unit: vocabulary.unit,
    vocabulary: JSON.stringify(vocabulary.ixToChar),
  };
}

/** The JSON value of a field. @throws {CheckpointError} */
export function parseField(metadata: Metadata, field: string): unknown {
  try {
    return parseJson(metadata[field] ?? "");
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new CheckpointError(`__metadata__.${field}`, "JSON", error.message);
  }
}

/** @throws {CheckpointError} unless the field has this value. */
export function expectField(metadata: Metadata, field: string, expected: string): void {
  if (metadata[field] === expected) return;
  const got = metadata[field] === undefined ? "none" : quoted(metadata[field]);
  throw new CheckpointError(`__metadata__.${field}`, expected, got);
}

/** The vocabulary of V tokens. @throws {CheckpointError} */
export function vocabularyOf(metadata: Metadata, V: number): Vocabulary {
  const field = "__metadata__.vocabulary";
  const characters = parseField(metadata, "vocabulary");
  if (!Array.isArray(characters) || !characters.every((item) => typeof item === "string")) {
    throw new CheckpointError(field, "an array of characters", "something else");
  }
  if (characters.length !== V) {
    throw new CheckpointError(field, `${V} characters`, `${characters.length}`);
  }
  const unit = metadata["unit"] ?? "codepoint";
  if (unit !== "codepoint" && unit !== "byte" && unit !== "token") {
    throw new CheckpointError("__metadata__.unit", "codepoint, byte or token", quoted(unit));
  }
  try {
    return new Vocabulary(characters, unit);
  } catch (error) {
    if (!(error instanceof VocabularyError)) throw error;
    throw new CheckpointError(field, "a vocabulary", error.message);
  }
}

/** The settings that are known and fit. @throws {CheckpointError} for a value that does not. */
export function settingsOf(metadata: Metadata): Partial<Config> {
  const config = Object(parseField(metadata, "config")) as Record<string, unknown>;
  const known = Object.entries(config).filter(([name]) => SETTINGS.includes(name as keyof Config));
  const settings = Object.fromEntries(known) as Partial<Config>;
  try {
    completeConfig(settings);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new CheckpointError(`__metadata__.config.${error.setting}`, "a setting", error.problem);
  }
  return settings;
}
