import { createHash } from "node:crypto";
import { join, posix } from "node:path";
import { LimnError } from "@limn/core";
import { addressNextTo } from "../model-address.js";
import { download } from "./download.js";
import { DownloadCache } from "./download-cache.js";
import { headersFor, hubOf, isOffline, limnCache } from "./environment.js";
import type { FindModelOptions } from "./found-model.js";
import { describeFile, Refused, type RemoteFile, Unreachable } from "./http.js";
import { storageError } from "./storage-error.js";

/** A file in the cache. */
export interface CachedFile {
  readonly path: string;
  /** What messages call it. */
  readonly name: string;
  readonly warnings: readonly string[];
}

/** The name of an address's newest snapshot. */
const LATEST = "latest";

/**
 * Downloads a file, and the files next to it that it names, into Limn's own cache. When it is wanted again, the server is
 * asked whether anything has changed; if the server can't be reached, the cached copy is used.
 * @param othersOf gives the paths that a file on this disk names, relative to it
 * @throws LimnError `bad-model` with the server's answer, `output` if the cache can't be written
 */
export async function fileAtUrl(
  url: URL,
  othersOf: (path: string) => readonly string[],
  options: FindModelOptions,
): Promise<CachedFile> {
  const name = fileOf(url);
  const cache = new DownloadCache(join(limnCache(), "urls", `${url.host.replaceAll(":", "-")}-${hashOf(url.href)}`));
  const cached = async (warnings: readonly string[] = []): Promise<CachedFile | undefined> => {
    const snapshot = await cache.ref(LATEST);
    const path = snapshot && (await cache.find(snapshot, name));
    return path ? { path, name, warnings } : undefined;
  };
  const refuse = (reason: string, cause?: unknown): never => {
    throw new LimnError("bad-model", `${url.href}: ${reason}`, { cause });
  };
  if (isOffline()) {
    return (
      (await cached()) ??
      refuse("the file is not in the cache, and HF_HUB_OFFLINE is set; unset it to download the file")
    );
  }
  try {
    return { path: await brought(url, cache, othersOf, options), name, warnings: [] };
  } catch (error) {
    if (error instanceof Refused) {
      return refuse(`the server answers ${error.url} with HTTP status ${error.status}; check the address`, error);
    }
    if (!(error instanceof Unreachable)) throw storageError(error, limnCache());
    const warning = `${url.href}: using the copy in the cache; the server can't be reached (${error.message})`;
    return (
      (await cached([warning])) ?? refuse(`the server can't be reached (${error.message}); try again later`, error)
    );
  }
}

/** Downloads what the cache lacks, and gives the path of the file. */
async function brought(
  url: URL,
  cache: DownloadCache,
  othersOf: (path: string) => readonly string[],
  options: FindModelOptions,
): Promise<string> {
  const file = await bring(url, cache, options);
  const blobs = new Map([[fileOf(url), file]]);
  for (const location of othersOf(cache.blob(file))) {
    blobs.set(location, await bring(addressNextTo(url, location), cache, options));
  }
  // files that belong together, so that a model never gets weights of another version
  const snapshot = hashOf(...blobs.values());
  for (const [location, blob] of blobs) {
    if (!(await cache.find(snapshot, location))) await cache.link(snapshot, location, blob);
  }
  await cache.writeRef(LATEST, snapshot);
  return join(cache.snapshot(snapshot), fileOf(url));
}

/** @returns the name of the file's blob */
async function bring(url: URL, cache: DownloadCache, { progress, signal }: FindModelOptions): Promise<string> {
  const headers = headersFor(url.href, hubOf());
  const file = await describeFile(url.href, { headers, signal });
  const { size, checksum } = file;
  const blob = hashOf(url.href, versionOf(file));
  const path = cache.blob(blob);
  await download({ url: url.href, headers, path, name: fileOf(url), size, checksum, progress, signal });
  return blob;
}

/** What tells versions of a file apart: the first of these that the server gives. */
const versionOf = ({ etag, lastModified, size }: RemoteFile): string => etag ?? lastModified ?? `${size}`;

const fileOf = (url: URL): string => posix.basename(url.pathname) || "model.onnx";

const hashOf = (...parts: readonly string[]): string =>
  createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 40);
