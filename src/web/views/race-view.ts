// The race: the core against the reference in the visitor's own browser, as bars and a table.

import { noiseNotes } from "../../bench/report.ts";
import type { RaceJob, RaceResult } from "../training/protocol.ts";
import { reasonOf } from "../training/session.ts";
import { find, make, setText } from "./elements.ts";
import { count, duration } from "./format.ts";
import { racersOf, raceWords } from "./race-words.ts";

const SECONDS = 4;
const SHAPES: readonly RaceJob["shape"][] = [
  { V: 4, H: 10, T: 4, B: 1 },
  { V: 65, H: 64, T: 25, B: 8 },
  { V: 65, H: 128, T: 50, B: 32 },
  { V: 65, H: 256, T: 50, B: 32 },
];
const STANDARD = 2; // of the shapes

export class RaceView {
  readonly #button = find<HTMLButtonElement>("race");
  readonly #shape = find<HTMLSelectElement>("race-shape");
  readonly #race: (job: RaceJob) => Promise<RaceResult>;

  constructor(race: (job: RaceJob) => Promise<RaceResult>) {
    this.#race = race;
    for (const [i, { V, H, T, B }] of SHAPES.entries()) {
      const name = i === 0 ? " (hello)" : "";
      this.#shape.append(new Option(`V ${V}, H ${H}, T ${T}, B ${B}${name}`, String(i)));
    }
    this.#shape.value = String(STANDARD);
    this.#button.addEventListener("click", () => void this.#run());
    this.#shape.addEventListener("change", () => this.#clear());
  }

  async #run(): Promise<void> {
    const shape = SHAPES[Number(this.#shape.value)] as RaceJob["shape"];
    const said = find("race-said");
    this.#button.disabled = true;
    this.#clear();
    find("race-results").classList.add("expecting");
    setText(said, `Racing for about ${SECONDS + 3} seconds; training waits …`);
    try {
      const { report, parametersSha256, isWhole } = await this.#race({ shape, seconds: SECONDS });
      this.#show(report);
      const proof = parametersSha256
        ? `All but fast computed the same weights, those in f32 among themselves: SHA-256 ${parametersSha256}`
        : "The engines computed different weights: that is a fault of ours. Please report it with the name of your browser.";
      const missing = isWhole
        ? []
        : ["Not every core could be loaded; those that are missing did not take part"];
      setText(said, [proof, ...missing, ...noiseNotes(report.rows)].join(". "));
    } catch (error) {
      setText(said, `The race was not run: ${reasonOf(error)}`);
    } finally {
      this.#button.disabled = false;
    }
  }

  /** Takes away what another race has found. */
  #clear(): void {
    find("race-table").hidden = true;
    setText(find("race-said"), "");
    setText(find("race-words"), "");
  }

  #show({ rows }: RaceResult["report"]): void {
    const racers = racersOf(rows);
    const fastest = Math.max(...racers.map(({ charsPerSecond }) => charsPerSecond));
    const body = racers.map(({ name, microsecondsPerStep, charsPerSecond, ratio, spread }) => {
      const fill = make("span", "fill");
      fill.style.setProperty("--share", (charsPerSecond / fastest).toFixed(4));
      const cells = [
        make("td", "number", ratio === null ? "?" : `${ratio.toFixed(1)}×`),
        make("td", "number spread", `${spread[0].toFixed(1)}–${spread[1].toFixed(1)}`),
        make("td", "number", duration(microsecondsPerStep / 1e6)),
        make("td", "number", count(charsPerSecond)),
        make("td", "bar-cell", make("div", "bar", fill)),
      ];
      const heading = make("th", "", name);
      heading.scope = "row";
      return make("tr", "", heading, ...cells);
    });
    setText(find("race-words"), raceWords(racers));
    find("race-rows").replaceChildren(...body);
    find("race-table").hidden = false;
  }
}
