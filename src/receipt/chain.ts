// Makes the chain of a run as it goes. The arrays are copied at once and hashed beside the training, so a link
// costs the copy.

import { sha256 } from "../checkpoint/sha256.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import type { Chain, Change, Link } from "../model/chain.ts";
import type { StepRecord } from "../model/record.ts";
import type { Progress, StateArrays } from "../model/state.ts";
import type { Config } from "../settings/check.ts";
import type { Trainer } from "../train/trainer.ts";

const LINKS = 50; // about, of a run without evaluations
const FEWEST_STEPS = 20; // from one link to the next: with fewer a link costs over 1 % at H 128

/** What a link hashes, in this order; those of the optimizer as far as it has them. */
const HASHED = ["parameters", "firstMoment", "secondMoment", "state"] as const;

/** What a link says beside its hash. */
export type Stand = Omit<Link, "sha256">;

/** Steps from one link to the next: 1, 2 or 5 and zeros. */
export function stepsBetween(steps: number): number {
  const least = Math.max(FEWEST_STEPS, steps / LINKS);
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((digit) => digit * power).find((every) => every >= least) ?? power;
}

/** SHA-256 of a vocabulary: its unit, a line feed, its tokens in the order of their ids as JSON. */
export function vocabularySha256({ unit, ixToChar }: Vocabulary): Promise<string> {
  return sha256Of(`${unit}\n${JSON.stringify(ixToChar)}`);
}

/** What stands before the first link. */
export async function beginning(textSha256: string, vocabulary: Vocabulary): Promise<string> {
  return sha256Of(`ello-chain-1 ${textSha256} ${await vocabularySha256(vocabulary)}\n`);
}

/**
 * The hash of a link: of `previous`, the numbers as the 16 hexadecimal digits of their f64 (- for none), and a
 * line for each array with its name and the SHA-256 of its bytes, little-endian. The arrays are copied before
 * this returns.
 */
export async function linkSha256(
  previous: string | Promise<string>,
  { step, rollbacks = 0, loss, validation }: Stand,
  arrays: StateArrays,
): Promise<string> {
  const hashes = HASHED.map(async (name) => {
    const array = arrays[name];
    return array && array.length > 0 ? `${name} ${await sha256(array)}\n` : "";
  });
  const numbers = [step, rollbacks, bitsOf(loss), bitsOf(validation)].join(" ");
  const all = await Promise.all(hashes);
  return sha256Of(`ello-link-1 ${await previous} ${numbers}\n${all.join("")}`);
}

/** The bits of a number, the sign first. */
function bitsOf(value: number | null | undefined): string {
  if (value === null || value === undefined) return "-";
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}

function sha256Of(text: string): Promise<string> {
  return sha256(new TextEncoder().encode(text));
}

/** Where a run stands. */
export function standOf(
  { step, rollbacks }: Pick<Progress, "step" | "rollbacks">,
  record?: Pick<StepRecord, "loss" | "validation">,
): Stand {
  return {
    step,
    ...(rollbacks > 0 && { rollbacks }),
    loss: record?.loss ?? null,
    ...(record?.validation && { validation: record.validation.loss }),
  };
}

/** The chain of a run that is training. */
export class GrowingChain {
  readonly every: number;
  readonly #initFrom: string | undefined;
  readonly #links: Promise<Link>[];
  readonly #changes: Change[];
  /** The last link's hash, or what stands before the first. */
  #last: Promise<string>;
  #lastStand: Stand | undefined;
  /** The last record, once there was one; until then `#here` is where the run stands. */
  #record: StepRecord | undefined;
  readonly #here: Link | undefined;

  private constructor(first: Promise<string>, { every, links, here, changes, initFrom }: Chain) {
    this.every = every;
    this.#initFrom = initFrom;
    this.#links = links.map(async (link) => link);
    this.#changes = [...changes];
    this.#lastStand = links.at(-1);
    this.#last = links.at(-1) ? Promise.resolve((links.at(-1) as Link).sha256) : first;
    this.#here = here;
  }

  /** That of a new run, with the link of its first weights. */
  static begin(
    { model, steps, state }: Trainer,
    textSha256: string,
    initFrom?: string,
  ): GrowingChain {
    const first = beginning(textSha256, model.vocabulary);
    const none = { every: stepsBetween(steps), links: [], changes: [] };
    const chain = new GrowingChain(first, { ...none, ...(initFrom !== undefined && { initFrom }) });
    chain.#add(standOf(state.progress), state.arrays);
    return chain;
  }

  /** That of a run that goes on. */
  static from(chain: Chain): GrowingChain {
    return new GrowingChain(Promise.resolve(""), chain);
  }

  /** After each record: adds a link if it is time for one. @returns whether it did. */
  follow(record: StepRecord, trainer: Trainer): boolean {
    this.#record = record;
    const { progress, steps } = trainer;
    const isDue = progress.step % this.every === 0 || progress.step === steps;
    if (!isDue && !record.validation) return false;
    this.#add(standOf(progress, record), trainer.state.arrays);
    return true;
  }

  /** Settings that change here. `before`: what they were. */
  change(before: Partial<Config>, { step, rollbacks }: Pick<Progress, "step" | "rollbacks">): void {
    const links = this.#links.length;
    this.#changes.push({ step, ...(rollbacks > 0 && { rollbacks }), links, before });
  }

  /** The chain so far, to where the trainer stands. @throws what hashing threw. */
  async upTo({ progress, state }: Trainer): Promise<Chain> {
    const here = this.#hereOf(progress, state.arrays);
    return {
      every: this.every,
      links: await Promise.all(this.#links),
      ...(here && { here: await here }),
      changes: [...this.#changes],
      ...(this.#initFrom !== undefined && { initFrom: this.#initFrom }),
    };
  }

  #hereOf(progress: Readonly<Progress>, arrays: StateArrays): Promise<Link> | Link | undefined {
    const record = progress.pending ?? this.#record;
    if (!record) return this.#here;
    const stand = standOf(progress, record);
    const { step, rollbacks } = this.#lastStand ?? {};
    const isThere = step === stand.step && rollbacks === stand.rollbacks && !progress.pending;
    return isThere ? undefined : linkOf(this.#last, stand, arrays);
  }

  #add(stand: Stand, arrays: StateArrays): void {
    const link = linkOf(this.#last, stand, arrays);
    link.catch(() => {}); // whoever asks for the chain is told
    this.#links.push(link);
    this.#last = link.then(({ sha256 }) => sha256);
    this.#last.catch(() => {});
    this.#lastStand = stand;
  }
}

async function linkOf(previous: Promise<string>, stand: Stand, arrays: StateArrays): Promise<Link> {
  return { ...stand, sha256: await linkSha256(previous, stand, arrays) };
}
