import { Readable } from "node:stream";
import { type Encoding, markedEncoding } from "@limn/node/internal";
import { chunksOf } from "./file-chunks.js";

// CSV as spreadsheets write it: what separates cells, and in which encoding, depends on the country and on the menu item.

/** What separates the cells of a file, and the line that they begin on. */
export interface CsvForm {
  readonly delimiter: string;
  /** From 1; 2 where the first line is Excel's `sep=;`. */
  readonly from_line: number;
}

/** In the order in which they are tried. */
const DELIMITERS = [",", ";", "\t", "|"];

/**
 * Reads the form off the beginning of a file.
 * @param start decoded, with the whole of the first two lines
 * @param names columns that a header may have, in lower case; what separates one of them from the others separates all
 */
export function csvFormOf(start: string, names: readonly string[] = []): CsvForm {
  const stated = /^"?sep=(.)"?\r?\n/i.exec(start)?.[1];
  if (stated) return { delimiter: stated, from_line: 2 };
  const line = start.split(/\r\n|\r|\n/).find((text) => text.trim() !== "") ?? "";
  // what is between quotes separates nothing; a quoted name is one of the columns all the same
  const unquoted = line.replace(/"((?:[^"]|"")*)"/g, (_, text: string) => (/[,;\t|]/.test(text) ? "" : text));
  const cells = (delimiter: string) => unquoted.split(delimiter).map((cell) => cell.trim().toLowerCase());
  const named = DELIMITERS.find((d) => cells(d).length > 1 && cells(d).some((cell) => names.includes(cell)));
  const most = Math.max(...DELIMITERS.map((d) => cells(d).length));
  const delimiter = named ?? (DELIMITERS.find((d) => cells(d).length === most) as string);
  return { delimiter, from_line: 1 };
}

/** Enough for the first lines of any file. */
const START = 1 << 16;

/** A file's text, and its beginning. */
export interface CsvText {
  readonly start: string;
  readonly text: Readable;
}

/**
 * Opens a file in the encoding that it is in: UTF-16 by its byte order mark, UTF-8, or where it is not valid UTF-8,
 * Windows-1252, in which Excel writes "CSV" in the West. Without a byte order mark.
 * @throws LimnError `bad-input` where it can't be read
 */
export async function openCsv(path: string): Promise<CsvText> {
  const encoding = await encodingOf(path);
  let start = "";
  for await (const text of decoded(path, encoding)) {
    start += text;
    if (start.length >= START) break;
  }
  return { start: start.slice(0, START), text: Readable.from(decoded(path, encoding)) };
}

async function encodingOf(path: string): Promise<Encoding> {
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  let first = true;
  for await (const chunk of chunksOf(path)) {
    const marked = first ? markedEncoding(chunk) : undefined;
    if (marked) return marked;
    first = false;
    try {
      utf8.decode(chunk, { stream: true });
    } catch {
      return "windows-1252";
    }
  }
  return "utf-8";
}

async function* decoded(path: string, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunksOf(path)) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}
