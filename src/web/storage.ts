// The running model in the browser's own storage, so that a reload loses nothing.

const DATABASE = "ello";
const STORE = "run";
const KEY = "autosave";

export interface Saved {
  /** The setting as a link has it. */
  readonly hash: string;
  /** The visitor's own text, if the run is on one. */
  readonly own?: { readonly name: string; readonly bytes: Blob } | undefined;
  /** The stopped run's file. */
  readonly training: Uint8Array<ArrayBuffer>;
  readonly step: number;
  /** Whether settings were changed on the way. */
  readonly altered: boolean;
}

/** @throws {DOMException} where the browser has no room or no storage. */
export async function keep(saved: Saved): Promise<void> {
  await inStore("readwrite", (store) => store.put(saved, KEY));
}

export async function kept(): Promise<Saved | undefined> {
  return (await inStore("readonly", (store) => store.get(KEY))) as Saved | undefined;
}

export async function discard(): Promise<void> {
  await inStore("readwrite", (store) => store.delete(KEY));
}

async function inStore(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest,
): Promise<unknown> {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? request.error);
      transaction.onerror = () => reject(transaction.error ?? request.error);
    });
  } finally {
    database.close();
  }
}

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
