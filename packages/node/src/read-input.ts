import { readFileSync } from "node:fs";
import { LimnError } from "@limn/core";
import { textOf } from "./text-encoding.js";

/**
 * Reads a file, which must not be empty.
 * @param what the kind of file that is expected, for messages, such as "a picture"
 * @throws LimnError `bad-input` for a missing or empty file, a folder, or one that can't be read
 */
export function readInput(path: string, what: string): Buffer {
  const fail = (reason: string, cause?: unknown): never => {
    throw new LimnError("bad-input", `${path}: ${reason}`, { cause });
  };
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return fail("there is no such file; check the path", error);
    if (code === "EISDIR") return fail(`this is a folder; give the path of ${what}`, error);
    if (code === "EACCES" || code === "EPERM") return fail("you may not read this file; check its permissions", error);
    return fail(`the file can't be read (${code ?? error}); give the path of ${what}`, error);
  }
  return bytes.length > 0 ? bytes : fail(`the file is empty; give the path of ${what}`);
}

/**
 * The text of a file that is not empty, in one of the encodings that `textOf` knows.
 * @param what the kind of file that is expected, for messages, such as "a labels file"
 * @throws LimnError as `readInput` does, and for text in another encoding
 */
export function readText(path: string, what: string): string {
  const text = textOf(readInput(path, what));
  if (text !== undefined && !text.includes("\0")) return text;
  throw new LimnError(
    "bad-input",
    `${path}: this is not text in UTF-8, UTF-16 with a byte order mark or Windows-1252; give ${what}, saved as UTF-8`,
  );
}
