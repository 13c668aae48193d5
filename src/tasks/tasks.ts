// Texts that need memory, made from a seed: a line is a problem, and part of it follows from what stands
// before. Says which characters those are, and how far back what decides them was seen; trains nothing.

import { quoted } from "../outside/printable.ts";
import { Generator } from "../reference/random.ts";
import { ConfigError } from "../settings/check.ts";

/** What stands before a task's name where a text's file could stand. */
export const TASK_PREFIX = "task:";
const LENGTH = 100_000; // characters of a text, at least; it ends with a line
const SEED = 42;
const [SHORTEST_WAIT, LONGEST_WAIT] = [5, 30]; // characters between what is to be kept and where it is asked for
const MOST_DOTS = 20;
const MOST_LETTERS = 5; // to copy
const DEEPEST = 6; // brackets open at a time
const MOST_OPENED = 10; // brackets of a line that are opened before its bar
const MOST_COUNTED = 16;
const PAIRS = ["()", "[]", "{}", "<>"];

interface Task {
  /** One problem, without the end of its line. */
  line(random: Draws): string;
  /** Where in a problem an answer stands, and where what decides it; the end of the line is at its length. */
  answers(line: string): (readonly [at: number, decidedAt: number])[];
}

/** Whole numbers and characters, drawn evenly. */
class Draws {
  readonly #generator: Generator;

  constructor(seed: number, stream: number) {
    this.#generator = new Generator(seed, stream);
  }

  /** From `least` to `most`. */
  between(least: number, most: number): number {
    return least + Math.floor(this.#generator.uniform() * (most - least + 1));
  }

  /** So many characters of these. */
  of(characters: string, count: number): string {
    const one = () => characters[this.between(0, characters.length - 1)] as string;
    return Array.from({ length: count }, one).join("");
  }
}

const TASKS: Readonly<Record<string, Task>> = {
  /** dbca....|dbca */
  copy: {
    line: (random) => {
      const letters = random.of("abcd", random.between(1, MOST_LETTERS));
      return `${letters}${".".repeat(random.between(0, MOST_DOTS))}|${letters}`;
    },
    answers: (line) => {
      const from = line.indexOf("|") + 1;
      return Array.from({ length: line.length - from }, (_, i) => [from + i, i]);
    },
  },
  /** ([]{<|>}) */
  brackets: {
    line: (random) => {
      const open: string[] = [];
      let line = "";
      for (let left = random.between(2, MOST_OPENED); left > 0; ) {
        const closes = open.length > 0 && random.between(0, 2) === 0;
        if (closes || open.length === DEEPEST) line += open.pop();
        else {
          const [opening, closing] = PAIRS[random.between(0, PAIRS.length - 1)] as string;
          line += opening;
          open.push(closing as string);
          left--;
        }
      }
      return `${line}|${open.reverse().join("")}`;
    },
    answers: (line) => {
      const bar = line.indexOf("|");
      const open: number[] = [];
      for (let at = 0; at < bar; at++) {
        if (PAIRS.some(([opening]) => opening === line[at])) open.push(at);
        else open.pop();
      }
      return open.reverse().map((place, i) => [bar + 1 + i, place]);
    },
  },
  /** Bxzwwyzx?B */
  recall: {
    line: (random) => {
      const kept = random.of("ABCDEF", 1);
      return `${kept}${random.of("wxyz", random.between(SHORTEST_WAIT, LONGEST_WAIT))}?${kept}`;
    },
    answers: (line) => [[line.length - 1, 0]],
  },
  /** aaaabbbb, and then the line ends: how many there were is what must be kept */
  counting: {
    line: (random) => {
      const count = random.between(1, MOST_COUNTED);
      return "a".repeat(count) + "b".repeat(count);
    },
    answers: (line) => [[line.length, 0]],
  },
};

/** As they stand in links, and behind `task:`. */
export const TASK_NAMES: readonly string[] = Object.keys(TASKS);

/** The task that the name of a text stands for, if it stands for one. @throws {ConfigError} for one that there is not. */
export function taskNamed(text: string): string | undefined {
  if (!text.startsWith(TASK_PREFIX)) return undefined;
  const name = text.slice(TASK_PREFIX.length);
  if (TASK_NAMES.includes(name)) return name;
  throw new ConfigError(
    "text",
    `expected ${TASK_NAMES.map((one) => TASK_PREFIX + one).join(", ")}, got ${quoted(text)}; a file of that name is ./${TASK_PREFIX}…`,
  );
}

/** The text of a task: always the same. */
export function taskText(name: string): string {
  const random = new Draws(SEED, TASK_NAMES.indexOf(name));
  const { line } = TASKS[name] as Task;
  let text = "";
  while (text.length < LENGTH) text += `${line(random)}\n`;
  return text;
}

/** How many characters before each one of a task's text that decides it stands; 0 where nothing does. */
export function distancesIn(name: string, text: string): Uint8Array {
  const { answers } = TASKS[name] as Task;
  const distances = new Uint8Array(text.length);
  let begin = 0;
  for (const line of text.split("\n")) {
    if (line === "") continue;
    for (const [at, decidedAt] of answers(line)) distances[begin + at] = at - decidedAt;
    begin += line.length + 1;
  }
  return distances;
}
