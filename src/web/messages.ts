// What the page and its worker say to each other. The page asks for steps when it has drawn the
// last ones, so that training never outruns the drawing.

import type { StepRecord } from "../model/record.ts";

/** Page to worker. */
export type Request =
  | { readonly kind: "start" }
  | { readonly kind: "advance"; readonly steps: number };

/** Worker to page. */
export type Reply =
  | { readonly kind: "ready" }
  | { readonly kind: "records"; readonly records: StepRecord[]; readonly predicted: string }
  | { readonly kind: "done"; readonly parametersSha256: string }
  | { readonly kind: "failed"; readonly reason: string };

/** The worker of a rank to whoever started it. */
export type RankSays = "listening" | "ready";
