import { LimnError } from "@limn/core";
import { fileNameIn } from "@limn/node/model-address";
import type { Call } from "../../engine/engine.js";
import { DOWNLOADS, PART_OF } from "../offline/names.js";

/** A file of another host. */
export interface WantedFile {
  readonly address: string;
  /** The model or photo that it belongs to, as the person named it: what is kept is listed and cleared by these. */
  readonly partOf: string;
  /** Whether the address never leads to anything else. */
  readonly isFixed?: boolean;
}

export interface Downloaded {
  readonly bytes: Uint8Array;
  readonly warnings: readonly string[];
}

/** A host has answered that it does not give a file. */
export class RefusedDownload extends LimnError {
  readonly status: number;

  constructor(address: string, status: number) {
    super("bad-model", `${address}: the server answers with HTTP status ${status}; check the address`);
    this.status = status;
  }
}

/** Browsers have no room for more in one piece. */
const MOST_BYTES = 2 ** 31 - 2 ** 20;

/**
 * Downloads a file, and keeps it in the browser for the next time: if the host then says that it is still the same, or can't
 * be reached, the copy is used.
 * @throws RefusedDownload, LimnError `bad-model` if the page can't read it
 */
export async function download(wanted: WantedFile, call: Call): Promise<Downloaded> {
  const { address, isFixed = false } = wanted;
  const shelf = await openShelf();
  const kept = await shelf?.match(address);
  if (kept && (isFixed || (await isSame(address, kept)))) return { bytes: await contentOf(kept), warnings: [] };
  let response: Response;
  try {
    response = await fetch(address, { credentials: "omit", ...(call.signal ? { signal: call.signal } : {}) });
    if (!response.ok) throw new RefusedDownload(address, response.status);
    const bytes = await received(wanted, response, call);
    await keep(shelf, wanted, response, bytes);
    return { bytes, warnings: [] };
  } catch (error) {
    call.signal?.throwIfAborted();
    if (error instanceof LimnError) throw error;
    if (kept) {
      const warning = `${address}: using the copy that this browser has kept; the host can't be reached`;
      return { bytes: await contentOf(kept), warnings: [warning] };
    }
    // browsers don't tell which of these it is
    throw new LimnError(
      "bad-model",
      `${address}: this page can't read it: the network is down, the host is not there, or it does not let other pages read its files (CORS); download it and drop it here, or open it in limn studio`,
      { cause: error },
    );
  }
}

/** Undefined where the browser keeps nothing: on pages that are not secure, or in its private windows. */
const openShelf = (): Promise<Cache | undefined> =>
  typeof caches === "undefined" ? Promise.resolve(undefined) : caches.open(DOWNLOADS).catch(() => undefined);

const contentOf = async (response: Response): Promise<Uint8Array> => new Uint8Array(await response.arrayBuffer());

/** Whether the host says of a file what it said of the copy. Other hosts show these headers only. */
async function isSame(address: string, kept: Response): Promise<boolean> {
  const date = kept.headers.get("last-modified");
  if (date === null) return false;
  const now = await fetch(address, { method: "HEAD", credentials: "omit" }).catch(() => undefined);
  return now?.ok === true && now.headers.get("last-modified") === date;
}

async function received({ address, partOf }: WantedFile, response: Response, call: Call): Promise<Uint8Array> {
  // of a packed answer, this is the size of the package
  const total = Number(response.headers.get("content-length") ?? 0);
  const refuse = () => {
    throw new LimnError(
      "bad-model",
      `${address}: the file is larger than 2 GB, for which a page has no room; open it in limn studio`,
    );
  };
  if (total > MOST_BYTES) refuse();
  const name = fileNameIn(new URL(address)) || partOf;
  const parts: Uint8Array[] = [];
  let done = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    parts.push(part.value);
    done += part.value.byteLength;
    if (done > MOST_BYTES) refuse();
    call.onStep?.({ doing: `downloading ${name}`, done, total: Math.max(total, done) });
  }
  const bytes = new Uint8Array(done);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

/** A browser that has no room keeps nothing: the file is there all the same. */
async function keep(
  shelf: Cache | undefined,
  wanted: WantedFile,
  { headers }: Response,
  bytes: Uint8Array,
): Promise<void> {
  const date = headers.get("last-modified");
  const said = new Headers({
    [PART_OF]: encodeURIComponent(wanted.partOf),
    ...(date ? { "last-modified": date } : {}),
  });
  await shelf?.put(wanted.address, new Response(bytes as Uint8Array<ArrayBuffer>, { headers: said })).catch(() => {});
}
