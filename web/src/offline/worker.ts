/**
 * The service worker: keeps the page's own files and the words about the bundle, so that the page opens offline.
 *
 * Nothing that was inferred is ever kept, and no request that carries anything is touched. A new version waits until the
 * pages of the old one are closed, and then clears the old one's files away. A bundle's files are kept by the page, in
 * a cache of the bundle's id; here only its manifest joins them.
 */

declare const self: ServiceWorkerGlobalScope;

/** Both written by the build: the files without which no page opens, and all that a device may have fetched of others. */
declare const SHELL: readonly string[];
declare const MORE: readonly string[];
/** Hash of the page's files. */
declare const VERSION: string;

const PREFIX = "dermsplit-page-";
const PAGE = PREFIX + VERSION;
/** A connection that does not answer in this time is none. */
const PATIENCE_MILLISECONDS = 4000;

self.addEventListener("install", (event) => event.waitUntil(keepFiles()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOldVersions()));
self.addEventListener("fetch", (event) => {
  const answer = answerTo(event.request);
  if (answer !== null) event.respondWith(answer);
});

/** What else this device has fetched lies in the browser's own cache: it is taken from there, and not fetched for this. */
async function keepFiles(): Promise<void> {
  const cache = await caches.open(PAGE);
  await cache.addAll(SHELL);
  const taking = MORE.map(async (file) => {
    const found = await fetch(file, { cache: "only-if-cached", mode: "same-origin" });
    if (found.ok) await cache.put(file, found);
  });
  await Promise.allSettled(taking);
}

async function forgetOldVersions(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== PAGE) await caches.delete(name);
  }
}

/** Null for everything that is none of its business: it then goes to the network as if there were no service worker. */
function answerTo(request: Request): Promise<Response> | null {
  if (request.method !== "GET" || !request.url.startsWith(self.registration.scope)) return null;
  const path = request.url.slice(self.registration.scope.length).replace(/[?#].*/, "");
  const bundle = /^bundles\/([0-9a-f]{16})\/manifest\.json$/.exec(path)?.[1];
  if (path.startsWith("assets/")) return kept(request);
  if (path === "") return fresh(request, PAGE, "./", false);
  if (path === "bundles") return fresh(request, PAGE, request.url, true);
  if (bundle !== undefined) return fresh(request, `dermsplit-bundle-${bundle}`, request.url, true);
  return SHELL.includes(path) ? kept(request) : null;
}

/** A file that never changes under its name: from the cache, and into it once it had to be fetched. */
async function kept(request: Request): Promise<Response> {
  const cache = await caches.open(PAGE);
  const found = await cache.match(request.url);
  if (found !== undefined) return found;
  const fetched = await fetch(request);
  if (fetched.ok) await cache.put(request.url, fetched.clone()).catch(() => {});
  return fetched;
}

/** From the network where it answers in time, else as it was kept under `key`; `keep` puts what came there. */
async function fresh(request: Request, cacheName: string, key: string, keep: boolean): Promise<Response> {
  const cache = await caches.open(cacheName);
  const found = await cache.match(key);
  try {
    const signal = found === undefined ? null : AbortSignal.timeout(PATIENCE_MILLISECONDS);
    const fetched = await fetch(request, { signal });
    if (fetched.ok && keep) await cache.put(key, fetched.clone()).catch(() => {});
    return fetched.status >= 500 && found !== undefined ? found : fetched;
  } catch (error) {
    if (found !== undefined) return found;
    throw error;
  }
}

export {};
