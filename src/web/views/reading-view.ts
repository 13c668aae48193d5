// A text read with the run's weights: what is looked at in it, and when it is read again while the run
// goes on. Its parts draw themselves.

import type { Span } from "../../trace/spans.ts";
import { Newest } from "../newest.ts";
import type {
  Calls,
  Found,
  Look,
  LookJob,
  Reached,
  ReachJob,
  RunFacts,
  SearchJob,
} from "../training/protocol.ts";
import { reasonOf, WorkerLost } from "../training/session.ts";
import { WorkerShare } from "../worker-share.ts";
import { showAhead } from "./ahead-view.ts";
import { alike } from "./alike.ts";
import { find, setText } from "./elements.ts";
import { number, steps, unitName } from "./format.ts";
import { colourOf } from "./heat-map.ts";
import { PassageView } from "./passage-view.ts";
import { PlaceView } from "./place-view.ts";
import { TextWindow } from "./text-window.ts";
import { drawTrack } from "./track.ts";
import { WallView } from "./wall-view.ts";

const EVERY = 1000; // ms
const DECADES = 4; // of |∂L/∂x| that are told apart
const NOTEWORTHY = 0.01; // of the largest

type Ask = <Name extends "look" | "reach" | "search">(
  name: Name,
  argument: Calls[Name][0],
) => Promise<Calls[Name][1]>;

export class ReadingView {
  readonly #window: TextWindow;
  readonly #passage: PassageView;
  readonly #detail = new PlaceView();
  readonly #wall: WallView;
  readonly #looks: Newest<LookJob, Look>;
  readonly #reaches: Newest<ReachJob, Reached | undefined>;
  readonly #searches: Newest<SearchJob, Found | undefined>;
  #facts: RunFacts | undefined;
  #look: Look | undefined;
  /** The character that is looked at; the last one until another is chosen. */
  #place: number | undefined;
  #pinned: number | undefined;
  #span: Span | undefined;
  #alike = alike(undefined, undefined, { H: 1 });
  #isSeen = false;
  /** Whether there is nothing to show of the run that there is. */
  #isNew = true;
  readonly #share = new WorkerShare(EVERY);
  readonly #fold = find<HTMLDetailsElement>("reading-fold");
  /** Whether the visitor has opened or closed it. */
  #isFoldChosen = false;

  constructor(ask: Ask) {
    const point = (place: number, byKey = false): void => {
      find("depends-said").ariaLive = byKey ? "polite" : "off";
      this.#point(place);
    };
    const select = (span: Span | undefined): void => {
      this.#span = span;
      this.#findAlike();
      this.#mark();
      this.#search();
    };
    this.#passage = new PassageView(find("reading-text"), { point, select });
    this.#wall = new WallView({ point, pin: (unit) => this.#pin(unit) });
    this.#window = new TextWindow((isElsewhere) => {
      if (isElsewhere) select(undefined);
      this.#place = undefined;
      this.#read();
    });
    const fail = (error: unknown): void => {
      if (!(error instanceof WorkerLost)) setText(find("reading-error"), reasonOf(error));
    };
    const look = (job: LookJob): Promise<Look> => {
      this.#isNew = false;
      return this.#share.take(() => ask("look", job));
    };
    this.#looks = new Newest(look, (found) => this.#show(found), fail);
    const reach = (asked: ReachJob) => ask("reach", asked);
    this.#reaches = new Newest(reach, (reached) => this.#showReach(reached), fail);
    const search = (wanted: SearchJob) => ask("search", wanted);
    this.#searches = new Newest(search, (found) => this.#showAhead(found), fail);
    this.#fold.querySelector("summary")?.addEventListener("click", () => {
      this.#isFoldChosen = true;
    });
    find("unpin").addEventListener("click", () => this.#pin(undefined));
    new IntersectionObserver(([entry]) => {
      this.#isSeen = entry?.isIntersecting ?? false;
      this.refresh();
    }).observe(find("reading-text"));
  }

  /** A run has started. */
  begin(facts: RunFacts): void {
    const { H, layers = 1 } = facts.shape;
    this.#facts = facts;
    this.#look = this.#span = undefined;
    if ((this.#pinned ?? 0) >= layers * H) this.#pinned = undefined;
    if (this.#window.begin(facts)) this.#place = undefined;
    this.#detail.begin(facts);
    this.#findAlike();
    this.#search();
    this.#isNew = true;
    // Where the network is shown number by number, that is what to look at first.
    if (!this.#isFoldChosen) this.#fold.open = facts.frame === undefined;
    this.refresh();
  }

  /** The run has gone on: reads again, now and then. */
  refresh(): void {
    if (!this.#isSeen || !this.#facts) return;
    if (this.#isNew || this.#share.isDue) this.#read();
  }

  /** The run stands after so many steps: reads again unless that is what is shown. */
  settle(step: number): void {
    if (this.#isSeen && this.#look && this.#look.step !== step && !this.#looks.isAsking) {
      this.#read();
    }
  }

  /** After the colour scheme has changed. */
  redraw(): void {
    this.#detail.redraw();
    this.#wall.draw();
    this.#draw();
  }

  #read(): void {
    const place = this.#place ?? Number.MAX_SAFE_INTEGER;
    this.#looks.want({ ...this.#window.wanted, place });
  }

  #show(look: Look): void {
    const facts = this.#facts;
    if (!facts || this.#isNew) return; // it is of the run before
    this.#look = look;
    const { H, layers = 1 } = facts.shape;
    this.#window.show(look);
    setText(find("reading-when"), `after ${steps(look.step)}`);
    if ((this.#span?.to ?? 0) > look.characters.length) this.#span = undefined;
    this.#passage.show(look.characters);
    this.#findAlike();
    this.#wall.show(look, { H, layers }, find("wall").matches(":hover, :focus"));
    this.#draw();
    find("depends-said").ariaLive = "off";
    this.#showReach(look.reached);
  }

  get #at(): number {
    const last = (this.#look?.characters.length ?? 0) - 1;
    return Math.min(this.#place ?? last, last);
  }

  /** The unit that is drawn large: the strongest of the wall until one is pinned. */
  get #drawn(): number | undefined {
    return this.#pinned ?? this.#look?.groups[0]?.units[0];
  }

  #point(place: number): void {
    const look = this.#look;
    if (!look) return;
    this.#place = place;
    this.#mark();
    this.#reaches.want({ number: look.number, place });
  }

  #mark(): void {
    const [look, place] = [this.#look, this.#at];
    if (!look) return;
    this.#passage.mark(place, this.#span, this.#alike.places);
    this.#wall.mark(place, this.#pinned, this.#alike.held);
    if (place >= 0) this.#detail.show(look, place);
    drawTrack(find("track"), look, this.#drawn, place);
  }

  /** Colours, and the place. */
  #draw(): void {
    const look = this.#look;
    if (!look || !this.#facts) return;
    const { H, V, layers = 1 } = this.#facts.shape;
    const { length } = look.characters;
    const pinned = this.#pinned;
    const most = 2 * Math.log(V);
    this.#passage.colour(
      look.characters.map((_, place) => {
        if (pinned !== undefined) return colourOf(look.states[pinned * length + place] as number);
        const loss = look.losses[place] as number;
        // The root that small values have elsewhere is taken back: half the loss, half the colour.
        return Number.isNaN(loss) ? undefined : colourOf(Math.min(1, loss / most) ** 2);
      }),
    );
    find("surprise-legend").hidden = pinned !== undefined;
    find("state-legend").hidden = pinned === undefined;
    setText(find("surprise-most"), `${most.toFixed(1)} nats`);
    const name = this.#drawn === undefined ? "" : unitName(this.#drawn, H, layers);
    setText(find("pinned-said"), `Along the text: ${name}`);
    find("unpin").style.visibility = pinned === undefined ? "hidden" : "visible";
    this.#mark();
  }

  #showReach(reached: Reached | undefined): void {
    if (!reached || reached.place !== this.#at) return; // another place is pointed at by now
    const { inputs, place } = reached;
    const largest = inputs.reduce((most, value) => Math.max(most, value), 0);
    const shares = Array.from(inputs, (value) =>
      largest > 0 ? Math.max(0, 1 + Math.log10(value / largest) / DECADES) : 0,
    );
    this.#passage.bars(shares);
    this.#detail.showCells(reached);
    const back = place - inputs.findIndex((value) => value > NOTEWORTHY * largest);
    const characters = back === 1 ? "the character before it alone" : `characters ${back} back`;
    const depends = `Its loss still depends on ${characters} (over 1 % of the largest).`;
    setText(find("depends-said"), largest > 0 ? depends : "Its loss depends on nothing before it.");
    setText(find("reach-most"), largest > 0 ? number(largest) : "–");
  }

  #pin(unit: number | undefined): void {
    this.#pinned = unit === this.#pinned ? undefined : unit;
    this.#draw();
  }

  /** Looks for the units of the span in what comes behind the window. */
  #search(): void {
    const { held } = this.#alike;
    if (this.#look && held.length > 0) this.#searches.want({ number: this.#look.number, held });
    else showAhead(undefined, () => {});
  }

  #showAhead(found: Found | undefined): void {
    const isWanted = this.#alike.held.length > 0;
    showAhead(isWanted ? found : undefined, (place) => this.#window.bring(place));
  }

  #findAlike(): void {
    this.#alike = alike(this.#look, this.#span, this.#facts?.shape ?? { H: 1 });
    setText(find("span-said"), this.#alike.words);
  }
}
