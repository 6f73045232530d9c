import { appendFileSync, createReadStream } from "node:fs";
import { stat, truncate } from "node:fs/promises";
import { LimnError } from "@limn/core";
import { outputError } from "@limn/node/internal";

// A log of work that is done: a head that says what it is of, then a line of JSON for each part that is finished. A
// process that is killed leaves at most one unfinished line, the last.

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** Where the next one begins, in bytes. */
  readonly end: number;
}

const NEWLINE = 10;

/** Lines that end as lines do; an unfinished last one isn't among them. */
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
 * Makes a log ready to be gone on with: cuts off an unfinished last line.
 * @param checkHead throws where the first line says that the log is of something else
 * @throws LimnError `bad-input` where the file has no line
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

/** At once, so that what is done is logged before anything else happens. @throws LimnError `output` */
export function appendLine(path: string, value: unknown): void {
  try {
    appendFileSync(path, `${JSON.stringify(value)}\n`);
  } catch (error) {
    throw outputError(path, error);
  }
}

/** A line's value; undefined where it is no JSON. */
export function parseLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The entries in which what a log's head tells differs from what is wanted, for messages. */
export function differencesOf(
  told: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): string[] {
  return Object.keys({ ...wanted, ...told }).flatMap((name) => {
    const [there, here] = [JSON.stringify(told[name]), JSON.stringify(wanted[name])];
    return there === here ? [] : [`${name} ${there ?? "unknown"}, not ${here ?? "none"}`];
  });
}

export const damagedLog = (path: string, line: number): LimnError =>
  new LimnError("bad-input", `${path}: line ${line} is damaged, so nothing can go on from it; begin in another folder`);
