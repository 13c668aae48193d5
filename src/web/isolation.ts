// Cross-origin isolation, which threads need, on hosts that cannot send headers: a service worker
// adds them, and the page is loaded once more under it.

const TRIED = "isolation tried";
const PATIENCE = 3000; // ms for the service worker to take over; the page can do without

/** @returns whether the page is about to be loaded anew. */
export function isolate(): boolean {
  if (globalThis.crossOriginIsolated || !isSecureContext || !("serviceWorker" in navigator))
    return false;
  try {
    if (sessionStorage.getItem(TRIED)) return false;
    sessionStorage.setItem(TRIED, "yes");
  } catch {
    return false; // without storage it might go on for ever
  }
  const url = new URL("isolation-worker.js", document.baseURI);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const ready = navigator.serviceWorker.register(url).then(() => navigator.serviceWorker.ready);
  const reload = (): void => location.reload();
  Promise.race([ready, late]).then(reload, reload);
  return true;
}
