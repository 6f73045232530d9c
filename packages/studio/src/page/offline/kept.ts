import { DOWNLOADS, PART_OF, pageCache } from "./names.js";

/** Something that the browser keeps for this page. */
export interface Kept {
  /** What a person calls it: a link, or the studio itself. */
  readonly name: string;
  readonly bytes: number;
  clear(): Promise<void>;
}

/** The address of the page's folder. */
const scope = (): string => new URL("./", document.baseURI).href;

/** Only WebGPU needs these: they are kept if it is used. */
const isForGpu = (path: string): boolean => path.includes(".jspi");

/**
 * Keeps the page's own files, those that are new, and lets those of older versions go.
 * @param forGpu whether what only WebGPU needs is kept, too
 */
export async function keepPage(forGpu: boolean): Promise<void> {
  // without a service worker nobody would give them
  if (!(await navigator.serviceWorker?.getRegistration())) return;
  const response = await fetch(new URL("files.json", scope()));
  const files: string[] = await response.json();
  const cache = await caches.open(pageCache(scope()));
  const addressOf = (path: string) => new URL(path === "index.html" ? "./" : path, scope()).href;
  const all = new Set(files.map(addressOf));
  const wanted = new Set(files.filter((path) => forGpu || !isForGpu(path)).map(addressOf));
  const there = (await cache.keys()).map(({ url }) => url);
  for (const url of there) if (!all.has(url)) await cache.delete(url);
  // the page's name never changes, and what it consists of must be there before it
  wanted.delete(scope());
  for (const url of wanted) if (!there.includes(url)) await cache.add(url);
  await cache.add(scope());
}

/** What is kept: the studio itself, models and photos. */
export async function allKept(): Promise<readonly Kept[]> {
  if (typeof caches === "undefined") return [];
  const page = await sizeOf(pageCache(scope()));
  const downloads = await downloaded();
  return [
    ...(page > 0 ? [{ name: "the studio itself", bytes: page, clear: forgetPage }] : []),
    ...[...downloads].map(([name, { bytes, addresses }]) => ({ name, bytes, clear: () => forget(addresses) })),
  ];
}

async function forgetPage(): Promise<void> {
  await caches.delete(pageCache(scope()));
  await (await navigator.serviceWorker?.getRegistration())?.unregister();
}

async function forget(addresses: readonly string[]): Promise<void> {
  const cache = await caches.open(DOWNLOADS);
  for (const address of addresses) await cache.delete(address);
  if ((await cache.keys()).length === 0) await caches.delete(DOWNLOADS);
}

async function downloaded(): Promise<ReadonlyMap<string, { readonly bytes: number; readonly addresses: string[] }>> {
  const parts = new Map<string, { bytes: number; addresses: string[] }>();
  if (!(await caches.has(DOWNLOADS))) return parts;
  const cache = await caches.open(DOWNLOADS);
  for (const { url } of await cache.keys()) {
    const response = await cache.match(url);
    if (!response) continue;
    const name = decodeURIComponent(response.headers.get(PART_OF) ?? url);
    const part = parts.get(name) ?? { bytes: 0, addresses: [] };
    part.bytes += (await response.blob()).size;
    part.addresses.push(url);
    parts.set(name, part);
  }
  return parts;
}

async function sizeOf(name: string): Promise<number> {
  if (!(await caches.has(name))) return 0;
  const cache = await caches.open(name);
  let bytes = 0;
  for (const { url } of await cache.keys()) bytes += (await (await cache.match(url))?.blob())?.size ?? 0;
  return bytes;
}
