// The page without the network: once it has started, the service worker is told to keep this build's files; and a
// newer build is heard of. Where there are no service workers, or no storage, the page works without.

import { activateWorker, askToKeep, settled } from "./service-worker.ts";

const LOOK_EVERY = 3_600_000; // ms between looks for a newer build, each when the visitor comes back
const LATEST = 10_000; // ms for a page that is never idle

/** Sees to it, in its own time; `sayNewer` is called once a newer build is there. */
export async function keepOffline(sayNewer: () => void): Promise<void> {
  try {
    if (import.meta.env.DEV || !isSecureContext || !("serviceWorker" in navigator)) return;
    const script = new URL(import.meta.url).pathname;
    // As long as a page of a build is open, its files stay.
    void navigator.locks?.request(
      `ello build ${script}`,
      { mode: "shared" },
      () => new Promise(() => {}),
    );
    await idle();
    // Without the network it cannot be asked for anew, and is there.
    const there = () => navigator.serviceWorker.getRegistration();
    const registration = await activateWorker().catch(there);
    if (!registration) return;
    let isSaid = false;
    const keep = async (): Promise<void> => {
      const { active } = registration;
      if (!active || isSaid || (await askToKeep(active, script))) return;
      isSaid = true;
      sayNewer();
    };
    await keep();
    registration.addEventListener("updatefound", async () => {
      await settled(registration.installing);
      await keep();
    });
    let lookedAt = Date.now();
    const look = (): void => {
      lookedAt = Date.now();
      registration.update().catch(() => {}); // without the network there is nothing newer
    };
    addEventListener("online", look);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && Date.now() - lookedAt >= LOOK_EVERY) look();
    });
  } catch {
    // None may be registered here.
  }
}

/** Waits until the page has loaded and has nothing else to do. */
async function idle(): Promise<void> {
  if (document.readyState !== "complete") {
    await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
  }
  await new Promise<unknown>((resolve) => {
    if ("requestIdleCallback" in globalThis) requestIdleCallback(resolve, { timeout: LATEST });
    else setTimeout(resolve);
  });
}
