import { appendFileSync, createReadStream } from "node:fs";
import { stat, truncate } from "node:fs/promises";
import { LimnError } from "@limn/core";
import { outputError } from "@limn/node/internal";

// A log of finished work: its first line says what the work is, then there is a line of JSON for each part that is
// finished. If the process is killed, at most the last line is unfinished.

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** Where the next line begins, in bytes. */
  readonly end: number;
}

const NEWLINE = 10;

/** The lines of a log, without an unfinished last one. */
export async function* linesOf(path: string): AsyncGenerator<Line> {
  let [number, end] = [0, 0];
  let parts: Buffer[] = [];
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, start)) {
      const line = Buffer.concat([...parts, chunk.subarray(start, at)]);
      parts = [];
      start = at + 1;
      number++;
      end += line.length + 1;
      yield { number, text: line.toString("utf8"), end };
    }
    parts.push(chunk.subarray(start));
  }
}

/**
 * Prepares a log to be continued: cuts off an unfinished last line.
 * @param checkHead gets the first line, and throws if the log is of other work
 * @throws LimnError `bad-input` if the file has no line
 */
export async function reopenLog(path: string, checkHead: (text: string) => void): Promise<void> {
  let end = 0;
  for await (const line of linesOf(path)) {
    if (line.number === 1) checkHead(line.text);
    end = line.end;
  }
  if (end === 0) throw damagedLog(path, 1);
  if (end < (await stat(path)).size) await truncate(path, end);
}

/** Adds a line, synchronously, so that it is written before anything else happens. @throws LimnError `output` */
export function appendLine(path: string, value: unknown): void {
  try {
    appendFileSync(path, `${JSON.stringify(value)}\n`);
  } catch (error) {
    throw outputError(path, error);
  }
}

/** The value of a line of JSON; undefined if it is none. */
export function parseLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Entries = Readonly<Record<string, unknown>>;

const isEntries = (value: unknown): value is Entries => typeof value === "object" && value !== null;

/** Lists of another length differ as a whole. */
const haveEntries = (a: unknown, b: unknown): boolean =>
  isEntries(a) && isEntries(b) && (Array.isArray(a) || Array.isArray(b) ? a.length === b.length : true);

const DIGEST = /^[0-9a-f]{16,}$/;

/** Numbers and short words; digests, lists and tables would say nothing to people who read a message. */
const isReadable = (value: unknown): boolean =>
  !isEntries(value) && String(value).length <= 40 && !DIGEST.test(String(value));

/**
 * The entries of a log's first line that differ from the wanted ones, for messages: those of an object or list by their own names.
 * @param whose the name of what the entries are of, which is told if no value is
 */
export function differencesOf(told: Entries, wanted: Entries, whose?: string): string[] {
  return Object.keys({ ...wanted, ...told }).flatMap((key) => {
    const [there, here] = [told[key], wanted[key]];
    // an item of a list is told by the list's name
    const name = Number.isInteger(Number(key)) && whose ? whose : key;
    if (haveEntries(there, here)) return differencesOf(there as Entries, here as Entries, name);
    if (JSON.stringify(there) === JSON.stringify(here)) return [];
    if (!isReadable(there) || !isReadable(here))
      return [`different ${whose && whose !== name ? `${whose}: ${name}` : name}`];
    return [`${name} ${there ?? "none"}, not ${here ?? "none"}`];
  });
}

export const damagedLog = (path: string, line: number): LimnError =>
  new LimnError(
    "bad-input",
    `${path}: line ${line} is damaged, so the work can't go on from it; start again in another folder`,
  );
