import { LimnError } from "@limn/core";
import { networkReason, Refused, request, Unreachable } from "@limn/node/internal";
import { downloadAddress, fileNameIn } from "@limn/node/model-address";
import type { Call, NamedFile } from "../engine/engine.js";

/** Larger files are hardly photos. */
const MOST_BYTES = 200e6;

/**
 * Downloads a picture.
 * @throws LimnError `bad-input` with the server's answer, or for a file that is too large
 */
export async function linkedPicture(link: string, { signal }: Call): Promise<NamedFile> {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new LimnError("bad-input", `${link}: ${reason}`, { cause });
  };
  const url = downloadAddress(link);
  try {
    const response = await request(url, signal ? { signal } : {});
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of response.body ?? []) {
      parts.push(part);
      size += part.byteLength;
      if (size > MOST_BYTES) refuse(`the file has more than ${MOST_BYTES / 1e6} MB; give a picture`);
    }
    return { name: fileNameIn(url) || url.host, bytes: new Uint8Array(Buffer.concat(parts)) };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof LimnError) throw error;
    if (error instanceof Refused) {
      return refuse(`the server answers with HTTP status ${error.status}; check the address`, error);
    }
    const reason = error instanceof Unreachable ? error.message : networkReason(error);
    return refuse(`the server can't be reached (${reason}); try again later`, error);
  }
}
