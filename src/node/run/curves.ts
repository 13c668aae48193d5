// The curves of a run that goes on: drawn with a checkpoint, as often as costs little.

import { resolve } from "node:path";
import type { TrainOptions } from "../flags/options.ts";
import type { RunFile } from "../folder/names.ts";
import type { RunContents } from "../folder/run-files.ts";
import { curvesHtml } from "../pictures/curves-html.ts";
import { drawCurves } from "../pictures/curves-picture.ts";
import { canDraw, withoutPictures } from "../pictures/packages.ts";
import type { PreparedRun } from "./prepare.ts";

const SHARE = 0.02; // of the time of a run that drawing may take before its end

export class RunCurves {
  /** The files: a picture and a page; none where they cannot be drawn. */
  readonly names: readonly RunFile[];
  /** What is to be said where it cannot. */
  readonly notes: readonly string[];
  readonly #run: PreparedRun;
  readonly #options: Pick<TrainOptions, "curves" | "outDir">;
  #drawn = Number.NEGATIVE_INFINITY;
  #cost = 0; // ms of the last drawing

  constructor(run: PreparedRun, options: Pick<TrainOptions, "curves" | "outDir">) {
    const names: readonly RunFile[] = [`curves.${options.curves}`, "curves.html"];
    this.names = canDraw() ? names : [];
    this.notes = canDraw() ? [] : [withoutPictures(names.join(" and "))];
    this.#run = run;
    this.#options = options;
  }

  /** Whether enough time has passed for another drawing; a checkpoint sooner leaves the last picture. */
  get areDue(): boolean {
    return performance.now() - this.#drawn >= this.#cost / SHARE;
  }

  /** The contents of the files, by name. */
  async draw(): Promise<RunContents> {
    const { model, history, text } = this.#run;
    const { curves, outDir } = this.#options;
    const of = { text, run: resolve(outDir) };
    const [picture, html] = this.names;
    if (!picture || !html) return {};
    const began = performance.now();
    const files = {
      [picture]: await drawCurves(history.columns, model.config, of, curves),
      [html]: await curvesHtml(history.columns, model.config, of),
    };
    this.#drawn = performance.now();
    this.#cost = this.#drawn - began;
    return files;
  }
}
