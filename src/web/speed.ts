// How fast a run goes, as its visitor sees it.

const MOMENTS = 1000; // ms that the speed is taken over

/** Steps a second over the last moments. */
export class Speed {
  readonly #seen: { readonly time: number; readonly step: number }[] = [];

  /** Notes that `step` steps were done at `time`, ms. @returns steps a second; 0 while too little is known. */
  at(time: number, step: number): number {
    this.#seen.push({ time, step });
    while (time - (this.#seen[1]?.time ?? time) > MOMENTS) this.#seen.shift();
    const [first = { time, step }] = this.#seen;
    const passed = time - first.time;
    return passed > MOMENTS / 4 ? (1000 * (step - first.step)) / passed : 0;
  }
}
