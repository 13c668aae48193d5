// Replays a run by its receipt, or a part of it from a state that was kept, and compares it with the receipt
// link by link.

import { sha256 } from "../checkpoint/sha256.ts";
import { TeamError } from "../engine/team-error.ts";
import { predictedText } from "../model/model.ts";
import type { StepRecord } from "../model/record.ts";
import { shown } from "../outside/printable.ts";
import { DivergenceError } from "../train/divergence.ts";
import type { Trainer } from "../train/trainer.ts";
import { beginning, stepsBetween, vocabularySha256 } from "./chain.ts";
import { type Chained, finalOf, type Receipt } from "./receipt.ts";
import type { Difference, Ground, Segment } from "./segment.ts";
import { Walk } from "./walk.ts";
import { Way } from "./way.ts";

/** How far a replay has come. */
export interface Replayed {
  readonly step: number;
  /** Links that were equal. */
  readonly equal: number;
}

/** Goes over a segment; between steps the caller may stop it. @returns the first difference, if there is one. */
export async function* replay(
  receipt: Chained,
  ground: Ground,
  segment: Segment,
): AsyncGenerator<Replayed, Difference | undefined, void> {
  const { model } = ground;
  const strange = (await strangeBeginning(receipt, ground)) ?? strangeChanges(receipt);
  if (strange) return strange;
  const { links } = receipt.chain;
  const hasEnd = segment.last === links.length - 1;
  const walk = new Walk(receipt, segment, await beginning(receipt.textSha256, model.vocabulary));
  const way = new Way(receipt, ground, segment, () => walk.met);
  const every = stepsBetween(way.trainer.steps);
  if (!segment.state && receipt.chain.every !== every) {
    return { step: 0, what: "every", receipt: `${receipt.chain.every}`, replay: `${every}` };
  }
  let record: StepRecord | undefined;
  let difference = await walk.meet(way.trainer, undefined);
  while (!difference && !walk.isDone) {
    let next: IteratorResult<StepRecord | undefined, void>;
    try {
      next = way.next();
    } catch (error) {
      if (error instanceof TeamError && model.engine.disband) {
        await model.engine.disband(); // the step in work is done again
        continue;
      }
      if (!(error instanceof DivergenceError)) throw error;
      if (way.isToChange) continue; // the run went on from there with other settings
      next = { done: true, value: undefined };
    }
    if (next.done) {
      // Where training went back as it ended, the last link is there.
      difference = await walk.meet(way.trainer, record);
      difference ??= walk.missing(way.trainer.progress);
      break;
    }
    if (next.value) {
      record = next.value;
      difference = await walk.meet(way.trainer, record);
    } else if (walk.endsInEvaluation(way.trainer)) {
      // The run was stopped in this evaluation: what it finds is not in the receipt.
      const { pending } = way.trainer.progress;
      difference = await walk.meet(way.trainer, pending ?? undefined);
    }
    yield { step: way.trainer.progress.step, equal: walk.equal };
  }
  if (difference || !hasEnd) return difference;
  if (way.isLeft) {
    const left = receipt.chain.changes.at(-1)?.step;
    return { step: receipt.steps, what: "changes", receipt: `after step ${left}`, replay: "none" };
  }
  return endOf(receipt, way.trainer, record);
}

/** Where what the receipt says of text and first weights is not so. */
async function strangeBeginning(
  receipt: Receipt,
  { model, textBytes, initialSha256 }: Ground,
): Promise<Difference | undefined> {
  const differs = (what: string, theirs: string, ours: string) => ({
    ...{ step: 0, what, receipt: shown(theirs), replay: shown(ours) },
  });
  const { vocabulary } = model;
  if (receipt.unit !== vocabulary.unit) return differs("unit", receipt.unit, vocabulary.unit);
  const own = await vocabularySha256(vocabulary);
  if (own !== receipt.vocabularySha256) return differs("vocabulary", receipt.vocabularySha256, own);
  const [theirs, ours] = [JSON.stringify(receipt.vocabulary), JSON.stringify(vocabulary.ixToChar)];
  if (theirs !== ours) return differs("vocabulary", theirs, ours);
  if (textBytes !== receipt.textBytes) {
    return differs("textBytes", `${receipt.textBytes}`, `${textBytes}`);
  }
  const { initial } = receipt.parametersSha256;
  return initial === undefined || initial === initialSha256
    ? undefined
    : differs("SHA-256 of the first parameters", initial, initialSha256);
}

/** Where changes stand that no run can have made. */
function strangeChanges({ chain, steps }: Chained): Difference | undefined {
  const { changes, links } = chain;
  const wrong = changes.find(
    (change, i) => change.links > links.length || change.links < (changes[i - 1]?.links ?? 1),
  );
  return wrong && { step: steps, what: "changes", receipt: JSON.stringify(wrong), replay: "none" };
}

/** What the receipt says of the end, and is not so. */
async function endOf(
  { final, best, parametersSha256 }: Receipt,
  { model, progress }: Trainer,
  record: StepRecord | undefined,
): Promise<Difference | undefined> {
  const { step } = progress;
  const differs = (what: string, receipt: unknown, replay: unknown) => ({
    ...{ step, what, receipt: JSON.stringify(receipt), replay: JSON.stringify(replay) },
  });
  const own = await sha256(model.engine.parameters);
  if (own !== parametersSha256.final) {
    return differs("SHA-256 of the parameters", parametersSha256.final, own);
  }
  if (!isSame(best, progress.best)) return differs("best", best, progress.best);
  if (!final || !record) return undefined;
  const predicted = final.predicted === undefined ? undefined : predictedText(model);
  const found = finalOf(record, predicted);
  return isSame(final, found) ? undefined : differs("final", final, found);
}

/** Whether two values are the same as JSON, whatever the order of their keys. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object(a) !== a || Object(b) !== b) return Object.is(a, b);
  const names = new Set([...Object.keys(Object(a)), ...Object.keys(Object(b))]);
  return [...names].every((name) => isSame(Object(a)[name], Object(b)[name]));
}
