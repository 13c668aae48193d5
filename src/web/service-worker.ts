// The page's end of its service worker (isolation-worker.js): has it take over, and asks it whether it is of the
// page's own build. What for is others' business.

/** Has the newest build's service worker take over; that of an earlier build does not know this page. */
export async function activateWorker(): Promise<ServiceWorkerRegistration> {
  const url = new URL("isolation-worker.js", document.baseURI);
  const registration = await navigator.serviceWorker.register(url);
  if (registration.active) await registration.update();
  await settled(registration.installing ?? registration.waiting);
  return registration;
}

/** Waits until a worker that is coming has taken over, or has failed to. */
export async function settled(coming: ServiceWorker | null): Promise<void> {
  if (!coming) return;
  await new Promise<void>((resolve) => {
    coming.addEventListener("statechange", () => {
      if (coming.state === "activated" || coming.state === "redundant") resolve();
    });
  });
}

/**
 * Has the active worker keep the files of the build that `script` is of, if that is the worker's own.
 * @returns whether it is.
 */
export function askToKeep(worker: ServiceWorker, script: string): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
    worker.postMessage(script, [port2]);
  });
}
