// What is done where an engine loses a thread: the same again with one, which gives the same bits.

import type { Engine } from "../engine/engine.ts";
import { TeamError } from "../engine/team-error.ts";

/** Does `work`; where a thread is lost in it, tells `lost`, ends the others and does it again. */
export async function despiteLostThreads<Result>(
  engine: Engine,
  work: () => Result | Promise<Result>,
  lost: () => void | Promise<void>,
): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TeamError && engine.disband)) throw error;
      await lost();
      await engine.disband();
    }
  }
}
