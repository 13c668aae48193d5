// The states of the page that `npm run campaign -- screens` takes pictures of, and how each is reached.

import type { Page } from "puppeteer-core";
import { finish, press, setValue, toStart, unfoldAll, waitForText } from "../browser/playground.ts";
import {
  goBack,
  goToSettings,
  hover,
  pauseEarly,
  pick,
  read,
  slide,
  trainAtFullSpeed,
  unfoldAround,
  waitForPicks,
  walk,
} from "./screen-moves.ts";

export interface State {
  readonly hash?: string;
  /** The panel that the window is scrolled to; null: where the page itself goes. */
  readonly at?: string | null;
  readonly reach: (page: Page) => Promise<unknown>;
}

export const STATES: Readonly<Record<string, State>> = {
  arrival: { reach: (page) => waitForText(page, "epoch", /^[1-9]\d\b/) },
  formula: {
    reach: async (page) => {
      await pauseEarly(page);
      await hover(page, ".time:nth-child(3) .heat-map", 0.5, 0.45);
    },
  },
  long: {
    hash: "#input=abcdefghijkl&target=bcdefghijkla&hiddenSize=32&init=uniform",
    reach: async (page) => {
      await pauseEarly(page);
      await hover(page, ".time:nth-child(3) .heat-map", 0.5, 0.45);
    },
  },
  stopped: {
    hash: "#text=words&learningRate=10&clipNorm=0&hiddenSize=16&batchSize=8&seqLength=10&init=normal:5&optimizer=sgd",
    reach: async (page) => {
      await setValue(page, "speed", "Infinity");
      await waitForText(page, "status", /^Stopped\./);
    },
  },
  scrubbed: {
    at: "weights",
    reach: async (page) => {
      await pauseEarly(page);
      await page.$eval("#weights", unfoldAround);
      await page.$eval("#scrubber", (element) => {
        const scrubber = element as HTMLInputElement;
        scrubber.value = "40";
        scrubber.dispatchEvent(new Event("input"));
      });
      await waitForText(page, "shown-step", "40");
      await hover(page, ".Whh .heat-map", 0.35, 0.55);
    },
  },
  done: {
    at: "keep-title",
    reach: async (page) => {
      await finish(page);
      await unfoldAll(page);
    },
  },
  text: {
    hash: "#text=words&epochs=6&learningRate=0.01",
    at: "curves-title",
    reach: async (page) => {
      await trainAtFullSpeed(page);
      await waitForText(page, "written-when", /^after \d+ steps$/);
      await press(page, "write");
    },
  },
  writing: {
    hash: "#text=words&epochs=6&learningRate=0.01",
    at: "writing-title",
    reach: async (page) => {
      await trainAtFullSpeed(page);
      await setValue(page, "unit", "3");
      await waitForText(page, "written-when", /^after \d+ steps$/);
      await page.focus("#written");
      for (let i = 0; i < 12; i++) await page.keyboard.press("ArrowRight");
    },
  },
  race: {
    at: "race-title",
    reach: async (page) => {
      await unfoldAll(page);
      await press(page, "race");
      await waitForText(page, "race-said", /same weights/);
    },
  },
  own: {
    at: "settings-title",
    reach: async (page) => {
      await pauseEarly(page);
      await page.$eval("#own-text", (element) => {
        document.querySelector<HTMLInputElement>("input[value=own]")?.click();
        if ((element as HTMLElement).hidden) throw new Error("the panel of own texts is hidden");
      });
      await goToSettings(page);
    },
  },
  error: {
    at: "settings-title",
    reach: async (page) => {
      await pauseEarly(page);
      await setValue(page, "set-learningRate", "-3");
      await goToSettings(page);
    },
  },
  offer: {
    reach: async (page) => {
      await pauseEarly(page);
      await page.reload();
      await waitForText(page, "offer-text", /./);
      await waitForText(page, "epoch", /^[1-9]\d\b/);
    },
  },
  lesson: { hash: "#lesson=error&step=2", at: null, reach: waitForPicks },
  "lesson-answered": {
    hash: "#lesson=vanishing&step=2",
    at: null,
    reach: async (page) => {
      await waitForPicks(page);
      await pick(page, 10);
    },
  },
  "lesson-slider": {
    hash: "#lesson=vanishing&step=3",
    at: null,
    reach: async (page) => {
      await page.waitForSelector("#radius", { visible: true });
      await slide(page, "radius", "1");
      await waitForText(page, "lesson-answer", /^Right/);
    },
  },
  "lesson-gates": { hash: "#lesson=gates&step=1", at: null, reach: waitForPicks },
  "lesson-recall": {
    hash: "#lesson=gates&step=3",
    at: null,
    reach: async (page) => {
      await waitForText(page, "distances-said", /, (9\d|100) % .*the pinned run/);
      await waitForText(page, "status", /^Trained\./);
      await pick(page, 1);
    },
  },
  learned: {
    reach: async (page) => {
      await finish(page);
      await waitForText(page, "lesson-title", "Learned");
    },
  },
  "walk-forward": { at: "walk", reach: (page) => walk(page, /^Forward, letter 3 /) },
  "walk-back": { at: "walk", reach: (page) => walk(page, /^Back to letter 2:/) },
  exploding: {
    hash: "#input=hello+world%21&target=ello+world%21h&recurrentRadius=1.5",
    at: "error-plot",
    reach: async (page) => {
      await toStart(page);
      await page.$eval("#error-plot", unfoldAround);
    },
  },
  lstm: {
    hash: "#cell=lstm",
    reach: async (page) => {
      await pauseEarly(page);
      await hover(page, ".time:nth-child(2) .heat-map", 0.5, 0.45);
    },
  },
  gru: { hash: "#cell=gru", reach: pauseEarly },
  reading: {
    hash: "#text=story",
    at: "reading-title",
    reach: async (page) => {
      await read(page);
      await goBack(page, 30);
      await waitForText(page, "depends-said", /^Its loss still depends/);
    },
  },
  wall: {
    hash: "#text=story",
    at: "pinned-said",
    reach: async (page) => {
      await read(page);
      await goBack(page, 30);
      await page.keyboard.down("Shift");
      await goBack(page, 4);
      await page.keyboard.up("Shift");
      await waitForText(page, "ahead-said", /behind the window/);
      await page.focus("#wall");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await waitForText(page, "pinned-said", /unit/);
    },
  },
  typing: {
    hash: "#text=story",
    at: "reading-title",
    reach: async (page) => {
      await read(page);
      await setValue(page, "reading-source", "typed");
      await setValue(page, "reading-typed", "the lamp was l");
      await waitForText(page, "expected-next-title", /^After “l”/);
    },
  },
  task: {
    hash: "#text=counting&epochs=4",
    at: "distances-title",
    reach: async (page) => {
      await trainAtFullSpeed(page);
      await waitForText(page, "distances-said", /^After [1-9]/);
    },
  },
  compared: {
    at: "curves-title",
    reach: async (page) => {
      await setValue(page, "speed", "Infinity");
      await press(page, "contrast-seed");
      await waitForText(page, "pinned-note", /^Pinned/);
      await waitForText(page, "status", /^Trained\./);
      await waitForText(page, "written-when", /^after 1000 steps/);
    },
  },
  risen: {
    hash: "#text=story&hiddenSize=64&seqLength=25&batchSize=8&epochs=20&learningRate=0.02",
    at: "curves-title",
    reach: async (page) => {
      await trainAtFullSpeed(page);
      await waitForText(page, "past-best-said", /learns by heart/);
    },
  },
  present: { hash: "#present", reach: pauseEarly },
  "present-lesson": { hash: "#present&lesson=vanishing&step=2", at: null, reach: waitForPicks },
  embed: { hash: "#embed", reach: pauseEarly },
};
