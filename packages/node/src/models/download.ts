import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { LimnError } from "@limn/core";
import { type Checksum, networkReason, request } from "./http.js";
import { withLock } from "./lock.js";
import { ELSEWHERE, isStorageError } from "./storage-error.js";

/** How far the download of one file is. */
export interface DownloadProgress {
  readonly file: string;
  /** Bytes that are here, including those of an earlier download that was interrupted. */
  readonly loaded: number;
  /** Bytes of the whole file, if the server says. */
  readonly total?: number;
}

export interface Download {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the file is put once it is complete and its checksum is right. */
  readonly path: string;
  /** What messages and progress call it. */
  readonly name: string;
  readonly size?: number | undefined;
  readonly checksum?: Checksum | undefined;
  readonly progress?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Downloads a file, unless it is there. It is downloaded as `.incomplete` next to its place, where a later call can go on
 * with it, and gets its name when size and checksum are right.
 * @throws LimnError `bad-model` for an interrupted download or wrong content, `output` if there is no room for it;
 *   the system's errors if it can't be written
 */
export async function download(wanted: Download): Promise<void> {
  const { path, name, size } = wanted;
  if (await sizeOf(path)) return;
  await mkdir(dirname(path), { recursive: true });
  await withLock(`${path}.lock`, wanted.signal, async () => {
    // another process may have been faster
    if (await sizeOf(path)) return;
    const partial = `${path}.incomplete`;
    let held = (await sizeOf(partial)) ?? 0;
    if (size === undefined || held > size) {
      await rm(partial, { force: true });
      held = 0;
    }
    if (size !== undefined) await refuseFullDisk(path, name, size - held);
    if (held === 0 || held !== size) await receive(wanted, partial, held);
    await verify(wanted, partial);
    await rename(partial, path);
  });
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}

/** How long a server may pause. */
const STALL_MS = 60_000;

async function receive(wanted: Download, partial: string, held: number): Promise<void> {
  const { url, headers = {}, name, size, progress, signal } = wanted;
  const stalled = new AbortController();
  const response = await request(url, {
    headers: held > 0 ? { ...headers, range: `bytes=${held}-` } : headers,
    signal: signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal,
  });
  const start = Number(/^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1]);
  const resumes = response.status === 206 && start === held;
  if (held > 0 && !resumes && response.status !== 200) {
    // the server can't go on where we stopped
    await response.body?.cancel();
    await rm(partial, { force: true });
    return receive(wanted, partial, 0);
  }
  let loaded = resumes ? held : 0;
  const report = () => progress?.({ file: name, loaded, ...(size === undefined ? {} : { total: size }) });
  report();
  const file = await open(partial, resumes ? "a" : "w");
  let timer = setTimeout(() => stalled.abort(), STALL_MS);
  try {
    for await (const chunk of response.body ?? []) {
      clearTimeout(timer);
      await file.writeFile(chunk);
      loaded += chunk.byteLength;
      report();
      timer = setTimeout(() => stalled.abort(), STALL_MS);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (isStorageError(error)) throw error;
    const reason = stalled.signal.aborted ? `no data came for ${STALL_MS / 1000} s` : networkReason(error);
    throw interrupted(wanted, loaded, reason, error);
  } finally {
    clearTimeout(timer);
    await file.close();
  }
  if (size !== undefined && loaded < size) throw interrupted(wanted, loaded, "the server closed the connection");
}

function interrupted({ name, size }: Download, loaded: number, reason: string, cause?: unknown): LimnError {
  const all = size === undefined ? "" : ` of ${size}`;
  return new LimnError(
    "bad-model",
    `${name}: the download stopped after ${loaded}${all} bytes (${reason}); run the command again, and it goes on from there`,
    { cause },
  );
}

/** Deletes a partial file that is not what it should be. */
async function verify({ name, size, checksum }: Download, partial: string): Promise<void> {
  const { size: found } = await stat(partial);
  const refuse = async (what: string): Promise<never> => {
    await rm(partial, { force: true });
    throw new LimnError(
      "bad-model",
      `${name}: the downloaded file ${what}; it was deleted; run the command again to download it again`,
    );
  };
  if (size !== undefined && found !== size) await refuse(`has ${found} bytes, not ${size}`);
  if (!checksum) return;
  const hash = createHash(checksum.algorithm === "sha256" ? "sha256" : "sha1");
  // git's hash is of this header and the content
  if (checksum.algorithm === "git-sha1") hash.update(`blob ${found}\0`);
  await pipeline(createReadStream(partial), hash);
  const digest = hash.digest("hex");
  if (digest !== checksum.digest) await refuse(`is damaged (${checksum.algorithm} ${digest}, not ${checksum.digest})`);
}

async function refuseFullDisk(path: string, name: string, needed: number): Promise<void> {
  const disk = await statfs(dirname(path));
  const free = disk.bavail * disk.bsize;
  if (free >= needed) return;
  throw new LimnError(
    "output",
    `${name}: the download needs ${megabytes(needed)}, but the disk of ${dirname(path)} has only ${megabytes(free)} left; ${ELSEWHERE}`,
  );
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
