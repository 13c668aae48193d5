// The service worker for hosts that cannot send headers: adds those of cross-origin isolation, and the
// policy, which workers heed in a header only, to every answer. Keeps nothing, changes nothing else.

const POLICY = "default-src 'none'"; // the build puts the page's own in its place

/** @type {any} the types at hand are a page's */
const worker = self;

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(worker.clients.claim());
});
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  if (new URL(event.request.url).origin === worker.location.origin) {
    event.respondWith(isolated(event.request));
  }
});

/** @param {Request} request */
async function isolated(request) {
  const response = await fetch(request);
  if (response.status === 0) return response; // opaque: nothing may be added
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.set("Content-Security-Policy", POLICY);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
