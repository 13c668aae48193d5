// Online learning: training goes on with what comes in, from where the model is.

import type { UnknownPolicy } from "../data/vocabulary.ts";
import type { Model } from "../model/model.ts";
import { type Config, ConfigError, completeConfig } from "../settings/check.ts";
import { DivergenceError, faultOf } from "../train/divergence.ts";
import { expectOptions } from "./options.ts";
import { Pauses } from "./pauses.ts";
import { idsOf, type Reading } from "./source.ts";

/** How `learn` goes on. */
export interface LearnOptions {
  /** Of every step; the model's own where nothing is said. */
  readonly learningRate?: number;
  /** What to do with characters that the model does not know. */
  readonly unknown?: UnknownPolicy;
  /** Ends it after the step in work; what is left of the text waits. */
  readonly signal?: AbortSignal | undefined;
}

/** What a piece of text has taught. */
export interface Learned {
  /** Steps taken: one for each T tokens. */
  readonly steps: number;
  /** Mean over them, nats a token, each before its update; undefined for none. */
  readonly loss: number | undefined;
  /** Tokens that wait for as many more as make a step. */
  readonly waiting: number;
}

const streams = new WeakMap<Model, Stream>();

/**
 * Goes on training with what comes in, a piece at a time, from where the model is: its weights, its optimizer
 * and its state. A step is taken at every T tokens; pieces that end between two characters (and not within a CR
 * LF that is read as one) give the same weights as all at once.
 * @throws {ConfigError} for a model of several rows, which cannot go along one text.
 * @throws {VocabularyError} for characters that the model does not know. @throws {DivergenceError} for a step
 * that was not taken. @throws {ClosedError}
 * @example
 * ```js
 * const reader = await modelFrom(file);
 * const { steps, losses } = await learn(reader, text);
 * ```
 */
export function learn(model: Model, text: Reading, options: LearnOptions = {}): Promise<Learned> {
  let stream = streams.get(model);
  if (!stream) {
    stream = new Stream(model);
    streams.set(model, stream);
  }
  return stream.learn(text, options);
}

/** What a model has read and not yet learned, and those who wait for it. */
class Stream {
  readonly #model: Model;
  /** The first was the last target. */
  readonly #tokens: number[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(model: Model) {
    this.#model = model;
  }

  async learn(text: Reading, options: LearnOptions): Promise<Learned> {
    expectOptions(options, ["learningRate", "unknown", "signal"]);
    const { engine, config } = this.#model;
    const { learningRate = config.learningRate, unknown, signal } = options;
    if (engine.shape.B !== 1) {
      throw new ConfigError(
        "batchSize",
        `expected a model of 1 row, which goes along one text, got ${engine.shape.B}; use modelFrom(await saveCheckpoint(model))`,
      );
    }
    const rule = completeConfig({ ...config, learningRate });
    const ids = idsOf(this.#model, text, { unknown });
    const learning = this.#last.then(() => this.#goOn(ids, rule, signal));
    this.#last = learning.catch(() => {});
    return learning;
  }

  async #goOn(ids: Int32Array, rule: Config, signal: AbortSignal | undefined): Promise<Learned> {
    const { engine } = this.#model;
    const { T, V } = engine.shape;
    const tokens = this.#tokens;
    for (const id of ids) tokens.push(id);
    const pauses = new Pauses();
    let total = 0;
    let at = 0;
    try {
      for (; at + T < tokens.length && !signal?.aborted; at += T) {
        for (let t = 0; t < T; t++) {
          engine.inputs[t] = tokens[at + t] as number;
          engine.targets[t] = tokens[at + t + 1] as number;
        }
        const { outcome, loss } = engine.step(rule);
        if (outcome !== "done") {
          const reason = faultOf(outcome, 0, V) as string;
          throw new DivergenceError(reason, 0, engine.updates, rule.learningRate);
        }
        total += loss;
        if (pauses.isDue()) await pauses.take();
      }
    } finally {
      tokens.splice(0, at);
    }
    const steps = at / T;
    const loss = steps > 0 ? total / steps : undefined;
    return { steps, loss, waiting: Math.max(0, tokens.length - 1) };
  }
}
