import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LimnError, reasonOf } from "@limn/core";
import { type FindModelOptions, makeFolder, writeFileAtomically } from "@limn/node";
import {
  type CachedFile,
  fileAtUrl,
  isOffline,
  limnCache,
  networkReason,
  Refused,
  request,
  Unreachable,
} from "@limn/node/internal";
import { isAddress } from "./location.js";

/**
 * Downloads a manifest or a file of annotations into Limn's cache. The server is asked each time whether the file has
 * changed.
 * @throws LimnError `bad-input` with the server's answer, `output` if the cache can't be written
 */
export async function fetchAnnotations(address: string, progress?: FindModelOptions["progress"]): Promise<CachedFile> {
  if (!URL.canParse(address)) {
    throw new LimnError("bad-input", `${address}: this is not an address; check its spelling`);
  }
  try {
    return await fileAtUrl(new URL(address), () => [], progress ? { progress } : {});
  } catch (error) {
    if (!(error instanceof LimnError) || error.code !== "bad-model") throw error;
    throw new LimnError("bad-input", error.message, { cause: error });
  }
}

/** Between attempts to get a picture. */
const PAUSES_MS = [500, 1500, 4000];

/** How long a picture may take. */
const PATIENCE_MS = 60_000;

/**
 * The path of a picture. A picture at an address is downloaded into Limn's cache, once.
 * @throws LimnError `bad-input` if the server says no, `runtime` if it can't be reached, `output` if the cache
 * can't be written
 */
export async function localPicture(location: string): Promise<string> {
  if (!isAddress(location)) return location;
  const hash = createHash("sha256").update(location).digest("hex");
  // many small folders, as there may be very many pictures
  const folder = join(limnCache(), "pictures", hash.slice(0, 2));
  const path = join(folder, hash);
  if ((await stat(path).catch(() => undefined))?.isFile()) return path;
  if (isOffline()) {
    throw new LimnError(
      "runtime",
      `${location}: the picture is not in the cache, and HF_HUB_OFFLINE is set; unset it to download the picture`,
    );
  }
  const bytes = await fetched(location);
  await makeFolder(folder);
  await writeFileAtomically(path, bytes);
  return path;
}

async function fetched(address: string, attempt = 0): Promise<Uint8Array> {
  try {
    return await received(address);
  } catch (error) {
    if (error instanceof Refused) {
      const reason = `the server answers with HTTP status ${error.status}; check the address`;
      throw new LimnError("bad-input", `${address}: ${reason}`, { cause: error });
    }
    if (!(error instanceof Unreachable)) throw error;
    const pause = PAUSES_MS[attempt];
    if (pause !== undefined) {
      await sleep(pause);
      return fetched(address, attempt + 1);
    }
    // not the picture's fault, so it must not be recorded as a picture that can't be read
    throw new LimnError("runtime", `${address}: the server can't be reached (${error.message}); try again later`, {
      cause: error,
    });
  }
}

/** @throws Refused, Unreachable */
async function received(address: string): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const response = await request(address, { signal });
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    if (error instanceof Refused || error instanceof Unreachable) throw error;
    const reason = signal.aborted ? `the download takes longer than ${PATIENCE_MS / 1000} s` : networkReason(error);
    throw new Unreachable(`${new URL(address).host}: ${reason}`, { cause: error });
  }
}

/** Whether a server says that it has a file. @throws LimnError `bad-input` if it can't be reached */
export async function isThere(address: string): Promise<boolean> {
  try {
    await request(address, { method: "HEAD" });
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw new LimnError("bad-input", `${address}: the server can't be reached (${reasonOf(error)}); try again later`, {
      cause: error,
    });
  }
}
