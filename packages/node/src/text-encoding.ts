/**
 * Which texts are in a file's bytes; pages do as the command line does.
 * @module
 */

/** Encodings that text files are read in. */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** The encoding that a byte order mark at the beginning of a file tells. */
export const markedEncoding = ([a, b]: Uint8Array): Encoding | undefined =>
  a === 0xff && b === 0xfe ? "utf-16le" : a === 0xfe && b === 0xff ? "utf-16be" : undefined;

/** Bytes that Windows-1252 leaves open. */
const UNUSED = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);

/** The largest share of letters beyond ASCII in a Western text. */
const MOST_ACCENTS = 0.3;

/**
 * The text of a file, without a byte order mark: in UTF-16 by its mark, in UTF-8, or where it is not valid UTF-8, in Windows-1252, in
 * which Windows programs of the West write.
 * @returns undefined for text in yet another encoding, as far as that can be told: with bytes that Windows-1252 does not have, or
 *   with more accents than letters of the West
 */
export function textOf(bytes: Uint8Array): string | undefined {
  const marked = markedEncoding(bytes);
  if (marked) return new TextDecoder(marked).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const letters = bytes.filter((byte) => byte > 0x40);
    const beyond = letters.filter((byte) => byte > 0x7f);
    const isWestern = beyond.length <= MOST_ACCENTS * letters.length && !beyond.some((byte) => UNUSED.has(byte));
    return isWestern ? new TextDecoder("windows-1252").decode(bytes) : undefined;
  }
}
