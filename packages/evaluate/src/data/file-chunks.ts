import { createHash } from "node:crypto";
import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import { LimnError } from "@limn/core";

/**
 * The bytes of a file, in chunks, since it may be too large for the memory.
 * @throws LimnError `bad-input` that names the file and the system's reason
 */
export async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) yield chunk as Buffer;
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The lines of a file, without a byte order mark. */
export async function* linesOf(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunksOf(path)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() as string;
    yield* lines;
  }
  yield rest + decoder.decode();
}

/** The SHA-256 of a file, in hexadecimal digits. */
export async function digestOfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of chunksOf(path)) hash.update(chunk);
  return hash.digest("hex");
}

/** `length` bytes of a file, from an offset, as text. */
export function textAt(path: string, offset: number, length: number): string {
  const bytes = Buffer.alloc(length);
  try {
    const file = openSync(path, "r");
    try {
      const read = readSync(file, bytes, 0, length, offset);
      return bytes.toString("utf8", 0, read);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

const unreadable = (path: string, error: unknown): LimnError => {
  const { code } = error as NodeJS.ErrnoException;
  const reason = code === "ENOENT" ? "there is no such file" : `the file can't be read (${code ?? error})`;
  return new LimnError("bad-input", `${path}: ${reason}; check the path`, { cause: error });
};
