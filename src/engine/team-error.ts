// The error of an engine that has lost one of its threads.

import { ElloError } from "../outside/errors.ts";

/** A thread of a model failed or stood still. The weights are those of the step before. */
export class TeamError extends ElloError {
  override readonly name = "TeamError";
  /** `patience`: ms that it was waited for. */
  constructor(patience: number) {
    super(
      `threads: expected each to do its part, got one that failed or did nothing for ${(patience / 1000).toFixed(0)} s; the weights are those of the step before; go on with one thread (in code: await engine.disband())`,
    );
  }
}
