// The running model in the browser's own storage, so that a reload loses nothing. Every open page has
// a slot of its own there, held by a lock as long as it is open.

const DATABASE = "ello";
const VERSION = 2;
const RUNS = "runs"; // by slot
const MATERIALS = "materials"; // by slot

/** What a run is made of that stays as it is. */
export interface Materials {
  /** The text it is on, if it is on one. */
  readonly text?: { readonly name: string; readonly bytes: Blob } | undefined;
  /** The model that it began with, if one was opened. */
  readonly model?: Uint8Array<ArrayBuffer> | undefined;
}

export interface Saved {
  /** The setting as a link has it. */
  readonly hash: string;
  /** The stopped run's file. */
  readonly training: Uint8Array<ArrayBuffer>;
  readonly step: number;
  /** Whether settings were changed on the way. */
  readonly altered: boolean;
  /** ms since 1970. */
  readonly savedAt: number;
}

/** Makes a run of what a slot holds. @throws for what is none. */
export type Opener<Run> = (record: unknown, materials: unknown) => Promise<Run>;

/** A slot, and the run that was found; where there are only others, why the newest is none. */
export interface Taken<Run> {
  readonly slot: Slot;
  readonly run?: Run;
  readonly problem?: unknown;
}

/** A page's place in the storage. */
export class Slot {
  readonly #name: string;
  /** The slot of what was found, which `discard` empties. */
  readonly #found: IDBValidKey | undefined;
  /** Whether what was found lies elsewhere, and goes when this page writes. */
  #moves: boolean;

  private constructor(name: string, found?: IDBValidKey, moves = false) {
    this.#name = name;
    this.#found = found;
    this.#moves = moves;
  }

  /**
   * The slot of the run saved last among those of pages that are no longer open; else a new one. Without
   * locks none can tell which those are, so every page writes into a slot of its own, and takes over the
   * run that it goes on with.
   */
  static async take<Run>(open: Opener<Run>): Promise<Taken<Run>> {
    let unread: { name: IDBValidKey; problem: unknown } | undefined;
    for (const name of await namesByAge()) {
      if (!(await lock(String(name)))) continue;
      const held = await inStores("readonly", async (runs, materials) => [
        await done(runs.get(name)),
        await done(materials.get(name)),
      ]);
      try {
        const run = await open(held[0], held[1]);
        const own = hasLocks() ? String(name) : await newName();
        return { slot: new Slot(own, name, own !== name), run };
      } catch (problem) {
        unread ??= { name, problem };
      }
    }
    const name = await newName();
    if (!unread) return { slot: new Slot(name) };
    return { slot: new Slot(name, unread.name), problem: unread.problem };
  }

  /** Puts a run in place of what is there; the materials only if they are new, or not there. */
  async write(saved: Saved, materials: Materials, isNew: boolean): Promise<void> {
    await inStores("readwrite", async (runs, stored) => {
      runs.put(saved, this.#name);
      if (isNew || (await done(stored.getKey(this.#name))) === undefined) {
        stored.put(materials, this.#name);
      }
      if (this.#moves && this.#found !== undefined) empty(this.#found, runs, stored);
    });
    this.#moves = false;
  }

  /** Empties the slot of what was found. */
  async discard(): Promise<void> {
    const found = this.#found;
    if (found === undefined) return;
    await inStores("readwrite", async (...stores) => empty(found, ...stores));
    this.#moves = false;
  }
}

function empty(name: IDBValidKey, ...stores: IDBObjectStore[]): void {
  for (const store of stores) store.delete(name);
}

/** The names of the slots, that of the run saved last first; last those without a time. */
async function namesByAge(): Promise<IDBValidKey[]> {
  const [names, all] = await inStores("readonly", async (runs) => [
    await done(runs.getAllKeys()),
    await done(runs.getAll()),
  ]);
  const ages = all.map((one: Partial<Saved> | null) => Number(one?.savedAt) || 0);
  return names
    .map((name, i) => ({ name, age: ages[i] as number }))
    .toSorted((a, b) => b.age - a.age)
    .map(({ name }) => name);
}

/** A name that no other page has, locked. */
async function newName(): Promise<string> {
  const name = `run ${crypto.getRandomValues(new Uint32Array(2)).join(" ")}`;
  await lock(name);
  return name;
}

/** Whether pages can tell which others are open: browsers let none do so over plain http. */
function hasLocks(): boolean {
  return navigator.locks !== undefined;
}

/** Takes the lock of a slot for as long as the page is open. @returns whether it was free. */
function lock(name: string): Promise<boolean> {
  if (!hasLocks()) return Promise.resolve(true);
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(`${DATABASE} ${name}`, { ifAvailable: true }, (held) => {
        resolve(held !== null);
        return held === null ? undefined : new Promise(() => {});
      })
      .catch(reject);
  });
}

/**
 * Does work in one transaction: all of it, or nothing. @throws {DOMException} where the browser has no
 * room or no storage; what the work throws.
 */
async function inStores<Result>(
  mode: IDBTransactionMode,
  work: (runs: IDBObjectStore, materials: IDBObjectStore) => Promise<Result>,
): Promise<Result> {
  const database = await opened();
  try {
    const transaction = database.transaction([RUNS, MATERIALS], mode);
    const ended = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    const worked = work(transaction.objectStore(RUNS), transaction.objectStore(MATERIALS));
    worked.catch(() => abort(transaction));
    const [end, result] = await Promise.allSettled([ended, worked]);
    // A transaction that has failed refuses what is asked of it next: the cause is its own error.
    if (end.status === "rejected" && end.reason) throw end.reason;
    if (result.status === "rejected") throw result.reason;
    return result.value;
  } finally {
    database.close();
  }
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {} // it has ended
}

/** The database; another one beside it where that is a newer version's of this page, or another page's. */
async function opened(): Promise<IDBDatabase> {
  if (!globalThis.indexedDB) throw new Error("it has no storage");
  const usual = await openedAs(DATABASE).catch((error: DOMException) => {
    if (error.name !== "VersionError") throw error;
    return undefined;
  });
  const stores = [...(usual?.objectStoreNames ?? [])];
  if (usual && stores.includes(RUNS) && stores.includes(MATERIALS)) return usual;
  usual?.close();
  return openedAs(`${DATABASE} ${VERSION}`);
}

function openedAs(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, VERSION);
  request.onupgradeneeded = () => {
    for (const store of [...request.result.objectStoreNames])
      request.result.deleteObjectStore(store);
    for (const store of [RUNS, MATERIALS]) request.result.createObjectStore(store);
  };
  const blocked = new Promise<never>((_resolve, reject) => {
    request.onblocked = () => {
      reject(new Error("an older version of this page has it open; close that one"));
      request.onsuccess = () => request.result.close();
    };
  });
  return Promise.race([done(request), blocked]);
}

function done<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
