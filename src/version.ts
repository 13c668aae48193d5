// The version of the package; a test holds it equal to package.json.

/** The version of the package that runs. */
export const VERSION = "0.1.0";

/**
 * The version of the arithmetic: releases of the same give the same bits. A change that alters any bit of an exact
 * run takes the next, and says why in CHANGELOG.md.
 */
export const BITS = 1;
