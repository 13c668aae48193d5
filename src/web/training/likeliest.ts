// The likeliest tokens after each place of a text, for the page to show as bars.

import { TOP } from "./protocol.ts";

/** For each place the TOP likeliest tokens and their probabilities, likeliest first; of equal ones the first id. */
export class Likeliest {
  readonly topIds: Int32Array<ArrayBuffer>;
  /** -1 where there are fewer tokens than TOP. */
  readonly topProbabilities: Float64Array<ArrayBuffer>;

  constructor(places: number) {
    this.topIds = new Int32Array(places * TOP);
    this.topProbabilities = new Float64Array(places * TOP).fill(-1);
  }

  /** Puts in what stands at `place`, whose probabilities of each token these are, (V). */
  set(place: number, probabilities: Float64Array | Float32Array): void {
    const { topIds, topProbabilities } = this;
    const [first, end] = [place * TOP, (place + 1) * TOP];
    for (const [id, probability] of probabilities.entries()) {
      let at = end;
      while (at > first && probability > (topProbabilities[at - 1] as number)) at--;
      if (at === end) continue;
      topProbabilities.copyWithin(at + 1, at, end - 1);
      topIds.copyWithin(at + 1, at, end - 1);
      topProbabilities[at] = probability;
      topIds[at] = id;
    }
  }
}
