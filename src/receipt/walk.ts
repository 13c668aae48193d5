// The walk along a chain: each link compared with where the replay stands.

import type { Link } from "../model/chain.ts";
import type { StepRecord } from "../model/record.ts";
import type { Progress } from "../model/state.ts";
import type { Trainer } from "../train/trainer.ts";
import { linkSha256, standOf } from "./chain.ts";
import type { Chained } from "./receipt.ts";
import type { Difference, Segment } from "./segment.ts";

/** The links of a segment, met one after the other. */
export class Walk {
  equal = 0;
  readonly #links: readonly Link[];
  readonly #segment: Segment;
  #previous: string;
  #at: number;

  constructor({ chain }: Chained, segment: Segment, beginning: string) {
    this.#links = chain.links;
    this.#segment = segment;
    // The state's own link is met first.
    this.#at = segment.state ? segment.first - 1 : segment.first;
    this.#previous = chain.links[this.#at - 1]?.sha256 ?? beginning;
  }

  get isDone(): boolean {
    return this.#at > this.#segment.last;
  }

  /** Links of the chain up to here, those before the segment too. */
  get met(): number {
    return this.#at;
  }

  /** Whether the last link is of a run that was stopped in the evaluation that the trainer is in. */
  endsInEvaluation({ progress }: Trainer): boolean {
    const link = this.#links[this.#at];
    const isLast = this.#at === this.#links.length - 1;
    return isLast && link?.step === progress.step && link.validation === undefined;
  }

  /** Compares the links that are due where the trainer stands. */
  async meet(
    { progress, state }: Trainer,
    record: StepRecord | undefined,
  ): Promise<Difference | undefined> {
    for (;;) {
      const link = this.#links[this.#at];
      if (this.isDone || !link) return undefined;
      if (link.step !== progress.step || (link.rollbacks ?? 0) !== progress.rollbacks) {
        return this.#passed(link, progress);
      }
      const isOfState = !record && this.#segment.state !== undefined;
      // What a link says of the step before it is not in a state that was kept there.
      const stand = isOfState ? link : standOf(progress, record);
      const differs = (what: string, receipt: unknown, replay: unknown) =>
        ({
          link: this.#at,
          step: link.step,
          what,
          receipt: `${receipt}`,
          replay: `${replay}`,
        }) as const;
      if (stand.loss !== link.loss) return differs("loss", link.loss, stand.loss);
      if (stand.validation !== link.validation) {
        return differs("validation loss", link.validation, stand.validation);
      }
      const hash = await linkSha256(this.#previous, stand, state.arrays);
      if (hash !== link.sha256) return differs("SHA-256 of the link", link.sha256, hash);
      this.#previous = hash;
      this.#at++;
      this.equal++;
    }
  }

  /** The difference of a link that the run has gone past; one it may go back to, as it ends, is waited for. */
  #passed(link: Link, { step, rollbacks }: Pick<Progress, "step" | "rollbacks">) {
    const before = this.#links[this.#at - 1];
    const isBack = link.step < (before?.step ?? 0) && link.rollbacks === before?.rollbacks;
    const own = link.rollbacks ?? 0;
    const isPast = rollbacks > own || (rollbacks === own && step > link.step);
    if (!isPast || isBack) return undefined;
    const place = (at: number, back: number) =>
      `step ${at}${back > 0 ? `, gone back ${back} times` : ""}`;
    const [receipt, replay] = [place(link.step, own), place(step, rollbacks)];
    return { link: this.#at, step: link.step, what: "place of the link", receipt, replay };
  }

  /** The difference of a run that ended before its receipt's last link. */
  missing({ step }: Pick<Progress, "step">): Difference | undefined {
    if (this.isDone) return undefined;
    const next = this.#links[this.#at] as Link;
    const what = "end of the run";
    return {
      link: this.#at,
      step: next.step,
      what,
      receipt: `later`,
      replay: `after step ${step}`,
    };
  }
}
