// The page: loads the cores, opens a session, and draws at animation frames what has changed.

import "uplot/dist/uPlot.min.css";
import { Controls } from "./controls.ts";
import { isolate } from "./isolation.ts";
import { Keep } from "./keep.ts";
import { loadCores } from "./platform.ts";
import { Playground, reasonOf } from "./playground.ts";
import { fromHash, HELLO, type Setting } from "./setting.ts";
import { TextChoice } from "./text-choice.ts";
import { Session } from "./training/session.ts";
import { find } from "./views/elements.ts";
import { LiveCurves } from "./views/live-curves.ts";
import { RaceView } from "./views/race-view.ts";
import { onScheme } from "./views/scheme.ts";
import { SettingsView } from "./views/settings-view.ts";
import { ThinkingView } from "./views/thinking-view.ts";
import { WritingView } from "./views/writing-view.ts";

const CURVES_EVERY = 150; // ms between drawings of the curves, the costliest of the views

function openPage(): void {
  let isDue = false;
  const draw = (): void => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      drawAll();
    });
  };
  const thinking = new ThinkingView(draw);
  const curves = new LiveCurves();
  const playground: Playground = new Playground(draw);
  const writing = new WritingView((job) => playground.session.ask("write", job));
  const settings = new SettingsView({
    restart: (setting, why) =>
      void playground.start(setting, { play: true, why }).catch((error) => {
        settings.showError(error.setting, reasonOf(error));
      }),
    change: (setting, change) => void playground.change(setting, change),
  });
  const keep = new Keep(playground);
  const texts = new TextChoice(playground, (file) => keep.load(file));
  const controls = new Controls(playground);
  new RaceView(async (job) => {
    const wasPlaying = playground.phase === "playing";
    await playground.pause();
    try {
      return await playground.session.ask("race", job);
    } finally {
      if (wasPlaying) playground.play();
    }
  });
  playground.listen({
    begin: (facts, setting) => {
      thinking.begin(facts);
      curves.begin(facts);
      writing.begin(facts);
      settings.show(setting);
      texts.show(setting);
    },
    progress: (progress) => {
      thinking.add(progress);
      writing.refresh();
    },
    changed: (config, setting) => {
      thinking.change(config);
      settings.show(setting);
    },
  });
  playground.listen(keep);

  let curvesAt = 0;
  let drawn = -1;
  function drawAll(): void {
    controls.draw();
    keep.draw();
    thinking.draw();
    const { step, phase, history } = playground;
    if (phase === "paused" || phase === "done") writing.settle(step);
    const now = performance.now();
    if (drawn === step && history.columns.step.length > 0) return;
    if (phase === "playing" && now - curvesAt < CURVES_EVERY) return;
    curvesAt = now;
    drawn = step;
    curves.show(history.columns);
  }
  // The address holds the setting, so links within the page move without touching it.
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[href^="#"]')) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const target = find(link.hash.slice(1));
      target.tabIndex = -1;
      target.focus();
    });
  }
  onScheme(() => {
    thinking.redraw();
    writing.redraw();
    curves.redraw();
  });

  void begin(playground, texts, keep, draw);
}

/** Loads the cores and starts what the link asks for. */
async function begin(
  playground: Playground,
  texts: TextChoice,
  keep: Keep,
  draw: () => void,
): Promise<void> {
  let wanted: { setting: Setting; needsOwn: boolean } = { setting: HELLO, needsOwn: false };
  let problem = "";
  try {
    wanted = fromHash(location.hash);
  } catch (error) {
    problem = `The link was not understood (${reasonOf(error)}); this is hello.`;
  }
  try {
    playground.session = new Session(await loadCores(), {
      hear: (news) => playground.hear(news),
      lost: (reason) => playground.lost(reason),
    });
    const { setting, needsOwn } = wanted;
    await playground.start(needsOwn ? HELLO : setting, { play: true, why: problem });
    if (needsOwn) texts.askForOwn(setting);
    await keep.offer();
  } catch (error) {
    playground.say(`${reasonOf(error)}. Reload the page to try again.`);
  }
  draw();
}

if (!isolate()) openPage();
