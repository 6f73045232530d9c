import { pageCache } from "./names.js";

// Stands between the page and its host: gives its files without a network, if they are kept, and adds the headers that allow
// threads to those of hosts that can't.

/** What is known of the thread that this file is run in; the DOM's types are those of pages. */
declare const self: {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(
    type: "install" | "activate" | "fetch",
    listener: (event: {
      readonly request: Request;
      waitUntil(done: Promise<unknown>): void;
      respondWith(response: Promise<Response>): void;
    }) => void,
  ): void;
};

const { scope } = self.registration;

// an older one answers in the same way: nobody need wait until its pages are closed
self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "GET" && url.startsWith(scope)) event.respondWith(answered(event.request).then(isolated));
});

/** The page itself is asked for again, since it may be a new one; what it consists of has names that never mean anything else. */
async function answered(request: Request): Promise<Response> {
  const isPage = request.mode === "navigate";
  // a cache that was cleared is not made again by looking into it
  const where = { cacheName: pageCache(scope), ignoreSearch: true, ignoreVary: true };
  const kept = () => caches.match(isPage ? scope : request, where);
  if (request.url.startsWith(`${scope}assets/`)) return (await kept()) ?? fetch(request);
  try {
    const response = await fetch(request);
    return response.status < 500 ? response : ((await kept()) ?? response);
  } catch (error) {
    const copy = await kept();
    if (copy) return copy;
    throw error;
  }
}

/** A response with the headers that threads need. */
function isolated(response: Response): Response {
  // a redirect, which the browser follows itself
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  const { body, status, statusText } = response;
  return new Response(body, { status, statusText, headers });
}
