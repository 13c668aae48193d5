// The page: loads the cores, opens a session, and draws at animation frames what has changed.

import "uplot/dist/uPlot.min.css";
import { Best } from "./best.ts";
import { Pins } from "./compare/pins.ts";
import { Controls } from "./controls.ts";
import { loadCores } from "./cores.ts";
import { isolate } from "./isolation.ts";
import { Keep } from "./keep.ts";
import { Lessons } from "./lessons/door.ts";
import { learnedWords } from "./lessons/learned.ts";
import { setLesson } from "./lessons/set-lesson.ts";
import { unmetNeed, whyNotLoaded } from "./needs.ts";
import { keepOffline } from "./offline.ts";
import { Playground } from "./playground.ts";
import { Proof } from "./proof.ts";
import { changed, fromHash, HELLO } from "./setting.ts";
import { TextChoice } from "./text-choice.ts";
import { reasonOf, Session, WorkerLost } from "./training/session.ts";
import { ViewState } from "./view-state.ts";
import { DistancesView } from "./views/distances-view.ts";
import { find, setText, unfold } from "./views/elements.ts";
import { tendFolds } from "./views/folds.ts";
import { LiveCurves } from "./views/live-curves.ts";
import { isCalm, onScheme } from "./views/preferences.ts";
import { Presentation } from "./views/presentation.ts";
import { RaceView } from "./views/race-view.ts";
import { ReadingView } from "./views/reading-view.ts";
import { SettingsView } from "./views/settings-view.ts";
import { openSheet, tendSheet } from "./views/sheet.ts";
import { ThinkingView } from "./views/thinking-view.ts";
import { WritingView } from "./views/writing-view.ts";

// ms between drawings of the views while training goes on, for those who asked for less motion, and of
// the curves, the costliest
const CALM_EVERY = 500;
const CURVES_EVERY = 150;
const ASKS =
  "The link is to a text of its maker's own: bring one under “What it learns”. This is hello.";
const NEWER = "A newer version of this page is there; reload to have it.";
const PATIENCE = 5000; // ms for a storage that does not answer, before the page is shown without

find("needs").remove(); // this script runs

function openPage(): void {
  let isDue = false;
  let calmAt = 0;
  let curvesAt = 0;
  let drawn = -1;
  const draw = (): void => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      drawAll();
    });
  };
  const view = new ViewState();
  const playground: Playground = new Playground(draw);
  const thinking = new ThinkingView({
    changed: draw,
    pause: () => void playground.pause(),
    step: () => void playground.takeSteps(),
    choose: (recurrentRadius) => {
      const why =
        recurrentRadius > 0
          ? `Whh begins with radius ${recurrentRadius}.`
          : "Whh is as it is drawn.";
      const setting = changed(playground.wanted, { recurrentRadius });
      playground.start(setting, { play: false, why }).catch(() => {}); // it was said
    },
  });
  const curves = new LiveCurves();
  const writing = new WritingView((job) => playground.session.ask("write", job));
  const reading = new ReadingView((name, argument) => playground.session.ask(name, argument));
  const settings = new SettingsView({
    restart: (setting, why) => {
      const started = playground.start(setting, { play: true, why });
      settings.show(playground.wanted);
      started.catch((error) => {
        settings.show(playground.wanted);
        settings.showError(error.setting, reasonOf(error));
      });
    },
    change: (change) => {
      void playground.change(change);
      settings.show(playground.wanted);
    },
  });
  const keep = new Keep(playground, view);
  const proof = new Proof(playground);
  const texts = new TextChoice(playground, view, async (files) => {
    if (await proof.take(files)) return true;
    const model = files.find(({ name }) => name.endsWith(".safetensors"));
    if (model) await keep.load(model);
    return model !== undefined;
  });
  const controls = new Controls(playground, thinking, view);
  const best = new Best(playground);
  new RaceView((job) => playground.race(job));
  playground.listen(keep);
  playground.listen({
    begin: (facts, setting) => {
      drawn = -1;
      thinking.begin(facts);
      curves.begin(facts);
      writing.begin(facts);
      reading.begin(facts);
      settings.show(playground.wanted);
      texts.show(setting);
      setText(find("data-note"), facts.notes.join(" "));
    },
    progress: (progress) => {
      thinking.add(progress);
      writing.refresh();
      reading.refresh();
    },
    changed: (config) => {
      thinking.change(config);
      settings.show(playground.wanted);
    },
  });

  const distances = new DistancesView(() => playground.session.ask("answers", undefined));
  playground.listen(distances);
  playground.listen(new Pins(playground, [thinking, curves, writing, distances]));

  const lessons = new Lessons(view, {
    set: (step) => setLesson(playground, step),
    anatomy: () => thinking.anatomy,
  });
  playground.listen({ begin: () => requestAnimationFrame(() => lessons.refresh()) });

  function drawAll(): void {
    const { phase, course } = playground;
    const { step } = course;
    const { columns } = course.history;
    document.body.classList.toggle("loading", phase === "loading");
    if (phase === "paused" || phase === "done") {
      writing.settle(step);
      reading.settle(step);
      curves.tell(columns);
    }
    const now = performance.now();
    const isStill = isCalm() && phase === "playing" && now - calmAt < CALM_EVERY;
    if (!isStill) calmAt = now;
    thinking.draw(isStill);
    controls.draw();
    keep.draw();
    lessons.tell(phase === "done" ? learnedWords(thinking.shown) : undefined);
    if (isStill) return;
    best.draw();
    if (drawn === step && columns.step.length > 0) return;
    if (phase === "playing" && now - curvesAt < CURVES_EVERY) return;
    curvesAt = now;
    drawn = step;
    curves.show(columns);
  }
  // The address holds the setting, so links within the page move without touching it.
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[href^="#"]')) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const target = find(link.hash.slice(1));
      unfold(target);
      if (target.closest("#settings")) openSheet();
      target.tabIndex = -1;
      target.focus();
    });
  }
  new Presentation(view, () => curves.redraw());
  tendSheet();
  tendFolds(); // before the page is shown
  onScheme(() => {
    thinking.redraw();
    writing.redraw();
    reading.redraw();
    curves.redraw();
  });

  void begin({ playground, view, texts, lessons }, keep, draw);
}

/** What an address decides. */
interface Page {
  readonly playground: Playground;
  readonly view: ViewState;
  readonly texts: TextChoice;
  readonly lessons: Lessons;
}

/** Loads the cores and starts what the link asks for. */
async function begin(page: Page, keep: Keep, draw: () => void): Promise<void> {
  const { playground } = page;
  const need = unmetNeed();
  if (need) {
    playground.say(need);
    return;
  }
  try {
    const offered = keep.offer();
    playground.session = new Session(await loadCores(), {
      hear: (news) => playground.hear(news),
      lost: (reason, isOften) => playground.lost(reason, isOften),
    });
    // Before the views are shown: an offer that came later would move them.
    await Promise.race([offered, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
    // The address that was gone to: a run that begins meanwhile puts its own into the bar.
    const go = ({ newURL }: HashChangeEvent) => {
      void follow(new URL(newURL), page, true);
    };
    addEventListener("hashchange", go);
    await follow(location, page);
  } catch (error) {
    playground.say(whyNotLoaded(error, reasonOf(error)));
  }
  draw();
  void keepOffline(() => {
    setText(find("newer"), NEWER);
    playground.say(NEWER);
  });
}

/** Starts what an address asks for; hello where it cannot be. `isLater`: the run goes on if only words of the view differ. */
async function follow(
  { hash }: { hash: string },
  { playground, view, texts, lessons }: Page,
  isLater = false,
): Promise<void> {
  let asked: ReturnType<typeof fromHash>;
  try {
    const { rest, isSame } = view.follow(hash);
    if (await lessons.follow(view.words, rest !== "")) return;
    if (isLater && isSame) return;
    asked = fromHash(`#${rest}`);
  } catch (error) {
    const why = `The link was not understood (${reasonOf(error)}); this is hello.`;
    await playground.start(HELLO, { play: true, why });
    return;
  }
  const { setting, needsOwn } = asked;
  try {
    await playground.start(needsOwn ? HELLO : setting, { play: true, why: needsOwn ? ASKS : "" });
  } catch (error) {
    if (error instanceof WorkerLost) return; // that was said
    const why = `What the link asks for could not be started (${reasonOf(error)}); this is hello.`;
    await playground.start(HELLO, { play: true, why });
    return;
  }
  if (needsOwn && playground.wanted === HELLO) texts.askForOwn(setting);
}

if (!isolate()) openPage();
