// The version of the package; a test holds it equal to package.json.

/** The version of the package that runs. */
export const VERSION = "0.1.0";
