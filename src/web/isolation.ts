// Cross-origin isolation, which threads need, on hosts that cannot send headers: a service worker
// adds them, and the page is loaded once more under it.

const TRIED = "isolation tried";

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
  navigator.serviceWorker.register(url).then(
    async () => {
      await navigator.serviceWorker.ready;
      location.reload();
    },
    () => location.reload(),
  );
  return true;
}
