// Faults of the arithmetic, one change each: what a slip of the hand would make of the core, of the reference, and
// of both at once, which their comparison cannot see. `npm run mutants` puts each in, and expects it to be found.

import { FORWARD } from "./faults/forward.js";
import { UPDATE } from "./faults/update.js";

/** @typedef {import("./faults/fault.js").Fault} Fault */

/** Of the core. @type {Fault[]} */
export const CORE = [...FORWARD, ...UPDATE];
export { BOTH, REFERENCE } from "./faults/reference.js";
