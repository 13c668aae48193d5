// What a user's program does with the package, the same wherever it runs: it fits, and finds probabilities.

/** Leaves them in `found`, of a vocabulary of `COUNT`. */
export const WORK = `
  const model = await fit("she sells sea shells. ".repeat(30), { hiddenSize: 8, epochs: 1, seed: 3 });
  const { probabilities } = await predict(model, "she sel");
  model.close();
  const found = [...probabilities].join(" ");
`;
export const COUNT = 7;

/** A script that prints them. */
export const RUN = `import { fit, predict } from "ello";${WORK}console.log(found);`;

/** A page's script, which leaves them in the title; where the package is. */
export const inPage = (ello = "ello") =>
  `import { fit, predict } from ${JSON.stringify(ello)};${WORK}document.title = found;`;

/** A page of a script. */
export const pageOf = (script: string) =>
  `<!doctype html><link rel=icon href=data:,><script type=module src="/${script}"></script>`;

/** For esbuild, which leaves behind what a module names by its address. */
export const BY_ESBUILD = `
import { useCores } from "ello";
import release from "ello/core/release.wasm";
useCores({ release: new URL(release, import.meta.url) });
await import("./find.js");`;
