// What a sweep on a queue is asked for, by flags of `sweep`.

import { UsageError } from "../errors.ts";
import type { FlagTable, Given } from "../flags/flags.ts";

export interface QueueAsked {
  readonly url: string;
  readonly models: boolean;
  readonly textDir: string | undefined;
  /** Whether one is only looked at; `name` says which. */
  readonly isWatch: boolean;
  readonly name: string | undefined;
}

export const QUEUE_FLAGS: FlagTable = {
  queue: { value: "URL", help: "workers on other hosts make the runs: redis://host:6379" },
  models: { help: "with --queue: the models come back too", needs: "queue" },
  "text-dir": { value: "DIR", help: "with --queue: a folder that all hosts share", needs: "queue" },
  watch: { help: "follow a sweep on --queue: NAME, or the last one", needs: "queue" },
};

/** @returns undefined where the runs are made here. @throws {UsageError} */
export function queueOf({ flags, files, spelled }: Given): QueueAsked | undefined {
  const url = flags.get("queue")?.at(-1);
  if (url === undefined) return undefined;
  const isWatch = flags.has("watch");
  const other = [...spelled].find(([name]) => name !== "queue" && name !== "watch");
  if (isWatch && (other || files.length > 1)) {
    throw new UsageError(
      `--watch: expected --queue and one name, got ${other?.[1] ?? `${files.length} names`} as well`,
    );
  }
  const textDir = flags.get("text-dir")?.at(-1);
  return { url, models: flags.has("models"), textDir, isWatch, name: files[0] };
}
