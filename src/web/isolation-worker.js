// The service worker. On hosts that cannot send headers it adds those of cross-origin isolation, and the policy,
// which workers heed in a header only, to the page and its files; anywhere it answers for them without the network
// once they are kept. What else stands at the same origin goes past it.

// The build puts the page's own in its place: its policy, the script that its HTML names, all its files whose
// names have a hash of what is in them, and those that have names of their own.
const SITE = {
  policy: "default-src 'none'",
  script: "main.js",
  files: ["main.js"],
  named: ["icon.svg"],
};

/** @type {any} the types at hand are a page's */
const worker = self;

/** @param {string} name of a file beside this one */
const pathOf = (name) => new URL(name, worker.location.href).pathname;
const HERE = pathOf("./");
const PAGE = [HERE, pathOf("index.html")];
const FILES = SITE.files.map(pathOf);
const NAMED = SITE.named.map(pathOf);
const SCRIPT = pathOf(SITE.script);
/** The files of all builds: of earlier ones too, which pages that are open may still ask for. */
const HASHED = /^assets\/[\w.-]+-[\w-]{8}\.\w+$/;
// A cache for each build, and by the same name the lock that its pages hold while they are open.
const PREFIX = `ello build ${pathOf("assets/")}`;
const OWN = `ello build ${SCRIPT}`;

worker.addEventListener("install", () => worker.skipWaiting());

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== worker.location.origin) return;
  if (PAGE.includes(pathname)) event.respondWith(answerPage(event));
  else if (FILES.includes(pathname)) event.respondWith(answerFile(event.request));
  else if (NAMED.includes(pathname)) event.respondWith(answerNamed(event.request));
  else if (HASHED.test(pathname.slice(HERE.length)))
    event.respondWith(answerEarlier(event.request));
});

// A page that has started says which build it is of.
worker.addEventListener("message", (/** @type {any} */ event) => {
  const isOwn = event.data === SCRIPT;
  event.ports[0]?.postMessage(isOwn);
  if (isOwn) event.waitUntil(keep().catch(() => {})); // where nothing can be kept, the network answers
});

/**
 * The page as the host has it, so that a newer one is seen; as it was kept without the network. One that is not of
 * this build, an earlier or later build of it too, stays as it is.
 * @param {any} event
 */
async function answerPage(event) {
  let response;
  try {
    response = await fetch(event.request);
  } catch (error) {
    const kept = await find(OWN, HERE);
    if (!kept) throw error;
    return dressed(kept);
  }
  if (!(await isOurs(response))) return response;
  event.waitUntil(renew(response.clone()));
  return dressed(response);
}

/** @param {Request} request for a file that never changes */
async function answerFile(request) {
  const kept = await find(OWN, new URL(request.url).pathname);
  return dressed(kept ?? (await fetch(request)));
}

/** @param {Request} request for a file that a later build may have changed */
async function answerNamed(request) {
  try {
    return dressed(await fetch(request));
  } catch (error) {
    const kept = await find(OWN, new URL(request.url).pathname);
    if (!kept) throw error;
    return dressed(kept);
  }
}

/** @param {Request} request for what may be a file of another build, or somebody else's */
async function answerEarlier(request) {
  for (const name of await builds()) {
    const kept = await find(name, new URL(request.url).pathname);
    if (kept) return dressed(kept);
  }
  return fetch(request);
}

/**
 * An answer with the headers. One that failed, leads elsewhere or is opaque stays as it is.
 * @param {Response} response
 */
function dressed(response) {
  if (!response.ok || response.redirected) return response;
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.append("Content-Security-Policy", SITE.policy); // a host's own stays in force
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

/**
 * Whether this is the page of this build: another one that has taken its place has files that are not known here.
 * @param {Response} response
 */
async function isOurs(response) {
  if (!response.ok || response.redirected) return false;
  return (await response.clone().text()).includes(SITE.script);
}

/**
 * A kept file; nothing where there is none, or no storage.
 * @param {string} build
 * @param {string} path
 * @returns {Promise<Response | undefined>}
 */
async function find(build, path) {
  try {
    // A host may say that its answers vary by what a request says; these files do not.
    return await caches.match(path, { cacheName: build, ignoreVary: true });
  } catch {
    return undefined;
  }
}

/** The builds that have something kept here. */
async function builds() {
  try {
    return (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  } catch {
    return [];
  }
}

/** Keeps the page as the host has it now, if this build is kept. @param {Response} page */
async function renew(page) {
  if ((await builds()).includes(OWN))
    await (await caches.open(OWN)).put(HERE, page).catch(() => {});
}

/** Lets go of what no page needs; keeps what is not kept yet, one file after the other, the page last. */
async function keep() {
  const { held = [] } = await navigator.locks.query();
  const open = held.map((/** @type {any} */ { name }) => name);
  for (const name of await builds()) {
    if (name !== OWN && !open.includes(name)) await caches.delete(name);
  }
  const cache = await caches.open(OWN);
  for (const path of [...FILES, ...NAMED, HERE]) {
    if (await find(OWN, path)) continue;
    const response = await fetch(path);
    const isPage = path === HERE;
    // Some hosts answer for what is not there with a page.
    const isHtml = /html/.test(response.headers.get("Content-Type") ?? "");
    if (!response.ok || response.redirected || isPage !== isHtml) continue;
    if (!isPage || (await isOurs(response))) await cache.put(path, response);
  }
  await worker.clients.claim(); // of a page that was there before this worker, too
}
