// The service worker for hosts that cannot send headers: adds those of cross-origin isolation, and the
// policy, which workers heed in a header only, to the page and its files. What else stands at the same
// origin goes past it. Keeps nothing.

// The build puts the page's own in its place: its policy, the script that its HTML names, all its files.
const SITE = { policy: "default-src 'none'", script: "main.js", files: ["main.js"] };

/** @type {any} the types at hand are a page's */
const worker = self;

/** @param {string} name of a file beside this one */
const pathOf = (name) => new URL(name, worker.location.href).pathname;
const PAGE = ["./", "index.html"].map(pathOf);
const FILES = SITE.files.map(pathOf);

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== worker.location.origin) return;
  if (PAGE.includes(pathname)) event.respondWith(answer(event.request, isOurs));
  else if (FILES.includes(pathname)) event.respondWith(answer(event.request, async () => true));
});

/**
 * The host's answer, with the headers if `mayAdd`. One that fails, leads elsewhere or is opaque stays as
 * it is.
 * @param {Request} request
 * @param {(response: Response) => Promise<boolean>} mayAdd
 */
async function answer(request, mayAdd) {
  const response = await fetch(request);
  if (!response.ok || response.redirected || !(await mayAdd(response))) return response;
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.append("Content-Security-Policy", SITE.policy); // a host's own stays in force
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

/**
 * Whether this is the page of this build: another one that has taken its place, an earlier or later
 * build of it too, has files that are not known here.
 * @param {Response} response
 */
async function isOurs(response) {
  return (await response.clone().text()).includes(SITE.script);
}
