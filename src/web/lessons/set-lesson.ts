// Brings the page's run to where a step of a lesson wants it, which may be where it stands.

import { goAtFullSpeed, goAtUsualSpeed } from "../full-speed.ts";
import type { Playground } from "../playground.ts";
import { fromHash, toHash } from "../setting.ts";
import { find } from "../views/elements.ts";
import type { LessonStep } from "./lesson.ts";

/** Settles when the run is there, and what it looks like is drawn. */
export async function setLesson(playground: Playground, step: LessonStep): Promise<void> {
  const { run, after, press } = step;
  const { setting } = fromHash(run);
  const goesOn = !Number.isFinite(after);
  const isThere = playground.facts !== undefined && toHash(playground.wanted) === toHash(setting);
  if (goesOn) goAtFullSpeed();
  else goAtUsualSpeed();
  try {
    if (press) find(press).click();
    else if (goesOn && isThere) playground.play();
    else if (goesOn) await playground.start(setting, { play: true });
    else {
      await playground.pause();
      const isAhead = playground.course.step > after;
      if (!isThere || isAhead) await playground.start(setting, { play: false });
      const missing = after - playground.course.step;
      if (missing > 0) await playground.takeSteps(missing);
    }
  } catch {
    return; // it was said
  }
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}
