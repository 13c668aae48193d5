// Threads: a team of ranks on one shared memory. Rank 0 is whoever calls the core; the others wait
// in `serve` (step.ts) for its orders. Who owns which rows, and the two ways of waiting. Without the
// threads feature a team is rank 0 alone and all of this compiles to nothing.

import { active, B, Hq, rank, ranks, setActive, standAlone, Vq } from "./dimensions";
import {
  barriersSeen,
  orderSeen,
  seeBarriers,
  seeOrder,
  TEAM_STRIDE,
  TEAM_WORDS,
  team,
} from "./layout";
import { PANEL, roundDown, roundUp } from "./real";

// Words of the shared block.
const ORDER: i32 = 0; // the last order, see `giveOrder`; waited on by ranks without work
const ARRIVED: i32 = 1; // ranks at the barrier
const CROSSED: i32 = 2; // barriers passed so far; waited on at the barrier
const LOST: i32 = 3; // set when a rank failed or stood still: the team is of no more use
// Words of a rank's own line, behind those.
const WORK: i32 = 0; // what it has done, in pieces of no certain size
const SILENT: i32 = 1; // slices of its patience in a row in which no other rank got on
const HEARD: i32 = 2; // the work of all others at the last of them
const PATIENCE: i32 = 3; // ms

// Orders of rank 0.
export const EVALUATE: i32 = 0;
export const TRAIN: i32 = 1;
export const STOP: i32 = 2;
/** What a rank without work in a call has of it. */
export const REST: i32 = 3;
const KIND: i32 = 3; // bits of an order: what, then for how many ranks, then the number of the order
const ACTIVE: i32 = 127;
const ACTIVE_SHIFT: i32 = 2;
const NUMBER: i32 = 1 << 9;

// Looks before a rank sleeps, about a tenth of a millisecond: a rank woken from sleep may start on the
// core of the one that wakes it.
const SPINS: i32 = 100000;
// Of a rank's patience. Where the whole process stood still it uses up one, however long it stood.
const SLICES: i32 = 6;
const TIMED_OUT: i32 = 2;
const FOREVER: i64 = -1;
const NANOSECONDS: i64 = 1000000; // in a millisecond

function word(index: i32): usize {
  return team + ((<usize>(index * TEAM_STRIDE)) << 2);
}

/** Word `index` of the line of `ofRank`. */
function ownWord(ofRank: i32, index: i32): usize {
  return word(TEAM_WORDS + ofRank) + ((<usize>index) << 2);
}

/** The first of `units` in whole panels that belongs to `ofRank`; its last is the next's first. */
function share(units: i32, ofRank: i32): i32 {
  const panels = roundUp(units) / PANEL;
  return min(units, ((panels * ofRank) / active) * PANEL);
}

/** Batch rows of this active rank: whole blocks; the rows that stand alone are the last rank's. */
export function firstRow(): i32 {
  return share(roundDown(B), rank);
}
export function lastRow(): i32 {
  return rank == active - 1 ? B : share(roundDown(B), rank + 1);
}

/** Hidden units whose parameters are this rank's. */
export function firstUnit(): i32 {
  return share(Hq, rank);
}
export function lastUnit(): i32 {
  return share(Hq, rank + 1);
}

/** Tokens whose output parameters are this rank's. */
export function firstToken(): i32 {
  return share(Vq, rank);
}
export function lastToken(): i32 {
  return share(Vq, rank + 1);
}

/**
 * Gives the active ranks an order. One word says which it is, for how many ranks and what: a rank that
 * does not take part may come to read it late.
 */
export function giveOrder(order: i32): void {
  if (!ASC_FEATURE_THREADS) return;
  if (active == 1) return;
  const before = atomic.load<i32>(word(ORDER));
  const number = (before & ~(NUMBER - 1)) + NUMBER;
  atomic.store<i32>(word(ORDER), number | (active << ACTIVE_SHIFT) | order);
  atomic.notify(word(ORDER), ranks);
}

/** Waits for an order this rank has not seen. @returns it, or REST for one of others. */
export function awaitOrder(): i32 {
  if (!ASC_FEATURE_THREADS) return STOP;
  const spins = rank < active ? SPINS : 0; // one that has rested sleeps at once
  for (let i = 0; i < spins; i++) if (atomic.load<i32>(word(ORDER)) != orderSeen) break;
  while (atomic.load<i32>(word(ORDER)) == orderSeen) {
    atomic.wait<i32>(word(ORDER), orderSeen, FOREVER);
  }
  seeOrder(atomic.load<i32>(word(ORDER)));
  setActive((orderSeen >> ACTIVE_SHIFT) & ACTIVE);
  return rank < active ? orderSeen & KIND : REST;
}

/** Gives the team up: every rank that waits, or comes to wait, returns false. */
export function giveUp(): void {
  if (!ASC_FEATURE_THREADS) return;
  atomic.store<i32>(word(LOST), 1);
  atomic.notify(word(CROSSED), ranks);
}

/** Ends the others' service; this rank is alone from now on. */
export function disband(): void {
  if (!ASC_FEATURE_THREADS) return;
  setActive(ranks);
  giveOrder(STOP);
  standAlone();
}

/** Says that this rank gets on; for every loop that is long. */
export function getOn(): void {
  if (!ASC_FEATURE_THREADS) return;
  atomic.add<i32>(ownWord(rank, WORK), 1);
}

/** What the other ranks have done. */
function othersWork(): i32 {
  let work = 0;
  for (let other = 0; other < ranks; other++) {
    if (other != rank) work += atomic.load<i32>(ownWord(other, WORK));
  }
  return work;
}

/**
 * Begins to listen for the others' work. What is still needed after a wait stands in memory: in the
 * first tier of Node 20's V8 a local comes back wrong (seen: slices that grew shorter); see layout.ts.
 */
function listen(patience: i32): void {
  atomic.store<i32>(ownWord(rank, PATIENCE), patience);
  atomic.store<i32>(ownWord(rank, HEARD), othersWork());
  atomic.store<i32>(ownWord(rank, SILENT), 0);
}

/** A slice of this rank's patience, ns. */
function slice(): i64 {
  return (NANOSECONDS * <i64>atomic.load<i32>(ownWord(rank, PATIENCE))) / SLICES;
}

/** After a slice. @returns whether the others have got on in none of the last `SLICES`. */
function isPatienceOver(): bool {
  const work = othersWork();
  const isSilent = work == atomic.load<i32>(ownWord(rank, HEARD));
  const silent = isSilent ? atomic.load<i32>(ownWord(rank, SILENT)) + 1 : 0;
  atomic.store<i32>(ownWord(rank, HEARD), work);
  atomic.store<i32>(ownWord(rank, SILENT), silent);
  return silent == SLICES;
}

/**
 * Waits until every active rank is here, however slow it is as long as it gets on.
 * @returns false if one is lost: it gave up, or no other got on for `patience` ms.
 */
export function barrier(patience: i32): bool {
  if (!ASC_FEATURE_THREADS) return true;
  if (active == 1) return true;
  seeBarriers(atomic.load<i32>(word(CROSSED)));
  if (atomic.add<i32>(word(ARRIVED), 1) == active - 1) {
    atomic.store<i32>(word(ARRIVED), 0);
    atomic.add<i32>(word(CROSSED), 1);
    atomic.notify(word(CROSSED), ranks);
  } else {
    for (let i = 0; i < SPINS; i++) if (atomic.load<i32>(word(CROSSED)) != barriersSeen) break;
    listen(patience);
    while (atomic.load<i32>(word(CROSSED)) == barriersSeen && atomic.load<i32>(word(LOST)) == 0) {
      const isOver = atomic.wait<i32>(word(CROSSED), barriersSeen, slice()) == TIMED_OUT;
      if (isOver && isPatienceOver()) giveUp();
    }
  }
  return atomic.load<i32>(word(LOST)) == 0;
}
