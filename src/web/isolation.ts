// Cross-origin isolation, which threads need, on hosts that cannot send headers: a service worker
// adds them, and the page is loaded once more under it.

import { activateWorker } from "./service-worker.ts";

const TRIED = "isolation tried"; // by which build: a later one may try too
const PATIENCE = 3000; // ms for the service worker to take over; the page can do without

/** @returns whether the page is about to be loaded anew. */
export function isolate(): boolean {
  try {
    if (globalThis.crossOriginIsolated) {
      sessionStorage.removeItem(TRIED); // it may be needed again
      return false;
    }
    if (!isSecureContext || !("serviceWorker" in navigator)) return false;
    const { pathname } = new URL(import.meta.url);
    if (sessionStorage.getItem(TRIED) === pathname) return false;
    sessionStorage.setItem(TRIED, pathname);
  } catch {
    return false; // without storage it might go on for ever
  }
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const reload = (): void => location.reload();
  Promise.race([activateWorker(), late]).then(reload, reload);
  return true;
}
