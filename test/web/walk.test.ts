// A step played letter by letter: its order, and its words filled with the step's own numbers.

import { describe, expect, test } from "vitest";
import { CELLS, type CellName } from "../../src/engine/cells.ts";
import { ReferenceEngine } from "../../src/reference/engine.ts";
import { completeConfig } from "../../src/settings/check.ts";
import { Anatomist } from "../../src/web/training/anatomy.ts";
import { number } from "../../src/web/views/format.ts";
import { gainOf, placeAt, wordsOf } from "../../src/web/views/walk-words.ts";
import { normal } from "../support.ts";

test("forwards from the first letter, back from the last, and then the update", () => {
  const places = Array.from({ length: 7 }, (_, at) => placeAt(at, 3));
  expect(places.map((place) => place && `${place.phase} ${place.t}`)).toEqual([
    ...["forward 0", "forward 1", "forward 2"],
    ...["back 2", "back 1", "back 0", undefined],
  ]);
});

describe.each(Object.keys(CELLS) as CellName[])("%s", (cell) => {
  const engine = new ReferenceEngine({ V: 4, H: 10, T: 4, B: 1, cell });
  engine.initialize(7, normal(0.4));
  const anatomy = new Anatomist(completeConfig({ cell })).open(
    0,
    engine.parameters as Float64Array,
  );
  const { losses, lastNorms, passing, probabilities, predictions } = anatomy;

  test("forwards it says what is read, said and wanted", () => {
    const words = wordsOf({ phase: "forward", t: 1 }, anatomy);
    expect(words).toContain("letter 2 of 4: it reads “e”");
    const said = predictions[1] as number;
    expect(words).toContain(`with probability ${number(probabilities[4 + said] as number)}.`);
    expect(words).toContain(`The target is “l”: loss ${number(losses[1] as number)}.`);
  });

  test("back it says what the error was multiplied by, and is", () => {
    const words = wordsOf({ phase: "back", t: 1 }, anatomy);
    const [own, behind] = [lastNorms[1] as number, lastNorms[2] as number];
    expect(gainOf(anatomy, 2)).toBe(String(Number((own / behind).toPrecision(2))));
    expect(words).toContain(`multiplied by ${gainOf(anatomy, 2)} (mean`);
    expect(words).toContain(` is ${number(passing[2] as number)})`);
    expect(words).toMatch(new RegExp(`= ${number(own)}\\.$`));
    expect(wordsOf({ phase: "back", t: 3 }, anatomy)).toMatch(
      new RegExp(`= ${number(lastNorms[3] as number)}\\.$`),
    );
  });
});

test("nothing is multiplied by what is not known", () => {
  expect(gainOf({ lastNorms: [0, 0] }, 1)).toBe("–");
  expect(gainOf({ lastNorms: [1e-9, 1] }, 1)).toBe("1e−9");
});
