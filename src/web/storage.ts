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

/** A page's place in the storage. */
export class Slot {
  readonly #name: string;

  private constructor(name: string) {
    this.#name = name;
  }

  /** The slot saved last among those of pages that are no longer open; else a new one. */
  static async take(): Promise<Slot> {
    const names = await inStores("readonly", async (runs) => {
      const [keys, all] = [await done(runs.getAllKeys()), await done(runs.getAll())];
      const savedAt = (i: number): number => (all[i] as Saved).savedAt;
      return keys.map((key, i) => ({ name: String(key), savedAt: savedAt(i) }));
    });
    for (const { name } of names.toSorted((a, b) => b.savedAt - a.savedAt)) {
      if (await lock(name)) return new Slot(name);
    }
    for (let number = 1; ; number++) {
      const name = `run ${number}`;
      const isNew = names.every((one) => one.name !== name);
      if (isNew && (await lock(name))) return new Slot(name);
    }
  }

  /** What the slot holds. */
  async read(): Promise<(Saved & Materials) | undefined> {
    return inStores("readonly", async (runs, materials) => {
      const saved = (await done(runs.get(this.#name))) as Saved | undefined;
      const rest = (await done(materials.get(this.#name))) as Materials | undefined;
      return saved && { ...saved, ...rest };
    });
  }

  /** Puts a run in place of what is there; without `materials`, those that are there stay. */
  async write(saved: Saved, materials?: Materials): Promise<void> {
    await inStores("readwrite", async (runs, stored) => {
      if (materials) stored.put(materials, this.#name);
      runs.put(saved, this.#name);
    });
  }

  async clear(): Promise<void> {
    await inStores("readwrite", async (runs, materials) => {
      runs.delete(this.#name);
      materials.delete(this.#name);
    });
  }
}

/** Takes the lock of a slot for as long as the page is open. @returns whether it was free. */
function lock(name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(`${DATABASE} ${name}`, { ifAvailable: true }, (held) => {
        resolve(held !== null);
        return held === null ? undefined : new Promise(() => {});
      })
      .catch(reject);
  });
}

/** @throws {DOMException} where the browser has no room or no storage. */
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
    const [result] = await Promise.all([
      work(transaction.objectStore(RUNS), transaction.objectStore(MATERIALS)),
      ended,
    ]);
    return result;
  } finally {
    database.close();
  }
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, VERSION);
  request.onupgradeneeded = () => {
    for (const name of [...request.result.objectStoreNames]) request.result.deleteObjectStore(name);
    for (const name of [RUNS, MATERIALS]) request.result.createObjectStore(name);
  };
  return done(request);
}

function done<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
