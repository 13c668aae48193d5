// Reads a piece of text with a copy of the run's weights, for the page to look into: what the network
// held and expected at each character, what its units follow, and how far back a loss reaches.

import type { Vocabulary } from "../../data/vocabulary.ts";
import type { Engine } from "../../engine/engine.ts";
import { dimensionsOf, type Shape } from "../../engine/shape.ts";
import { featuresOf, groupsOf } from "../../trace/features.ts";
import { Trace } from "../../trace/trace.ts";
import type { Data } from "./data.ts";
import { Likeliest } from "./likeliest.ts";
import { partsAt } from "./parts.ts";
import type { Found, Look, LookJob, Reached, ReachJob, SearchJob } from "./protocol.ts";
import type { Run } from "./run.ts";
import { placesAhead } from "./searching.ts";

const MOST = 400; // tokens read at once
const AHEAD = 2000; // tokens read on to find units
const WORK = 4e8; // weights gone through for that at most: about a second
const PLACES = 8; // told of those found
const AROUND = 10; // characters to either side of one
const BEFORE = 1000; // tokens before the piece that say in what line, quotes and brackets it begins

interface Passage {
  readonly tokens: Int32Array;
  /** Those behind it. */
  readonly ahead: (most: number) => Int32Array;
  readonly before: Int32Array;
  readonly from: number;
  readonly total: number;
  readonly unknown: readonly string[];
}

export class Reading {
  #trace: Trace | undefined;
  #passage: Passage | undefined;
  #states: Float64Array = new Float64Array();
  #vocabulary: Vocabulary | undefined;
  #number = 0;

  /** @throws {MemoryError} for a network that does not fit a second time. */
  look(run: Run, job: LookJob): Look {
    const { engine, vocabulary } = run.model;
    this.#trace = undefined; // its room is needed
    const passage = passageOf(run, job);
    const { tokens, before, from, total, unknown } = passage;
    const length = tokens.length;
    const trace = length > 0 ? new Trace(engine.shape, engine.parameters, tokens) : undefined;
    this.#trace = trace;
    this.#passage = passage;
    this.#vocabulary = vocabulary;
    this.#number++;
    const characterOf = (id: number): string => vocabulary.ixToChar[id] as string;
    const characters = Array.from(tokens, characterOf);
    const states = trace ? statesByUnit(trace) : new Float64Array();
    this.#states = states;
    const features = featuresOf([...Array.from(before, characterOf), ...characters], before.length);
    const { V } = engine.shape;
    const expected = new Float64Array(length).fill(Number.NaN);
    const losses = new Float64Array(length).fill(Number.NaN);
    for (let i = 1; trace && i < length; i++) {
      expected[i] = trace.probabilities[(i - 1) * V + (tokens[i] as number)] as number;
      losses[i] = trace.losses[i - 1] as number;
    }
    const { topIds, topProbabilities } = likeliestOf(trace);
    const place = job.place === undefined ? -1 : Math.min(job.place, length - 1);
    return {
      ...{ number: this.#number, source: job.source, from, total, unknown, characters },
      ...{ expected, losses, states, topIds, topProbabilities },
      groups: groupsOf(states, features),
      step: run.step,
      ...(place >= 0 && { reached: this.#reached(place) }),
    };
  }

  /** The same of one more place; undefined if the page has another reading by now. */
  reach({ number, place }: ReachJob): Reached | undefined {
    return number === this.#number && this.#trace ? this.#reached(place) : undefined;
  }

  /** Where behind it units are on together; undefined as `reach`. */
  async search(
    { number, held }: SearchJob,
    makeEngine: (shape: Shape) => Promise<Engine>,
  ): Promise<Found | undefined> {
    const [trace, passage, states] = [this.#trace, this.#passage, this.#states];
    if (number !== this.#number || !trace || !passage) return undefined;
    const { length, parameters } = trace;
    const ahead = passage.ahead(Math.min(AHEAD, Math.floor(WORK / parameters.length)));
    const engine = await makeEngine({ ...dimensionsOf(trace.shape), T: 1, B: 1 });
    engine.parameters.set(parameters);
    const largest = held.map(({ unit }) =>
      states
        .subarray(unit * length, (unit + 1) * length)
        .reduce((most, value) => Math.max(most, Math.abs(value)), 0),
    );
    const spans = placesAhead(engine, passage.tokens, ahead, { held, largest });
    engine.close();
    const text = (from: number, to: number): string =>
      Array.from(
        ahead.subarray(Math.max(0, from), to),
        (id) => this.#vocabulary?.ixToChar[id],
      ).join("");
    return {
      read: ahead.length,
      count: spans.length,
      places: spans.slice(0, PLACES).map(({ from, to }) => ({
        from: passage.from + length + from,
        before: text(from - AROUND, from),
        text: text(from, to),
        after: text(to, to + AROUND),
      })),
    };
  }

  #reached(place: number): Reached {
    const trace = this.#trace as Trace;
    // The loss of a character is that of the place before, where it was to be guessed.
    const inputs = place > 0 ? trace.reach(place - 1).inputs : new Float64Array();
    return { place, inputs, parts: partsAt(trace, place) };
  }
}

/** What is to be read. */
function passageOf(run: Run, { source, from, length, typed }: LookJob): Passage {
  const { vocabulary } = run.model;
  const most = Math.min(MOST, length);
  if (source === "typed") {
    const unknown = [...new Set(typed)].filter(
      (one) => vocabulary.encode(one, "skip").length < vocabulary.countOf(one),
    );
    const all = vocabulary.encode(typed, "skip");
    const tokens = all.slice(0, MOST);
    const nothing = new Int32Array();
    return { tokens, ahead: () => nothing, before: nothing, from: 0, total: all.length, unknown };
  }
  const { first, total, at } = textOf(run.data, source);
  const start = Math.max(0, Math.min(from, total - most));
  const take = (begin: number, end: number) =>
    Int32Array.from({ length: end - begin }, (_, i) => at(first + begin + i));
  const end = Math.min(total, start + most);
  return {
    tokens: take(start, end),
    ahead: (count) => take(end, Math.min(total, end + count)),
    before: take(Math.max(0, start - BEFORE), start),
    ...{ from: start, total, unknown: [] },
  };
}

/** Where a part of the data stands: its first token, how many it has, and each. */
function textOf({ dataset, tokens, validation }: Data, source: LookJob["source"]) {
  if (!tokens) {
    const [inputs, targets] = [1, 2].map(() => new Int32Array(dataset.seqLength));
    dataset.load(0, inputs as Int32Array, targets as Int32Array);
    const [read, wanted] = [[...(inputs as Int32Array)], [...(targets as Int32Array)]];
    // Where the target is what comes next, its last character is the text's.
    const isNext = read.slice(1).every((id, i) => id === wanted[i]);
    const all = isNext ? [...read, wanted.at(-1) as number] : read;
    return { first: 0, total: all.length, at: (i: number) => all[i] as number };
  }
  const border = validation?.begin ?? tokens.length;
  const isTail = source === "validation" && validation !== undefined;
  const [first, end] = isTail ? [border, tokens.length] : [0, border];
  return { first, total: end - first, at: (i: number) => tokens.at(i) };
}

/** [layers·H][length], so that each unit is a row. */
function statesByUnit(trace: Trace): Float64Array {
  const { H, layers = 1 } = trace.shape;
  const { length } = trace;
  const states = new Float64Array(layers * H * length);
  for (let layer = 0; layer < layers; layer++) {
    const rows = trace.hidden(layer);
    for (let unit = 0; unit < H; unit++) {
      const to = (layer * H + unit) * length;
      for (let t = 0; t < length; t++) states[to + t] = rows[t * H + unit] as number;
    }
  }
  return states;
}

function likeliestOf(trace: Trace | undefined): Likeliest {
  const length = trace?.length ?? 0;
  const V = trace?.shape.V ?? 0;
  const likeliest = new Likeliest(length);
  for (let place = 0; trace && place < length; place++) {
    likeliest.set(place, trace.probabilities.subarray(place * V, (place + 1) * V));
  }
  return likeliest;
}
