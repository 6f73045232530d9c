import { existsSync } from "node:fs";
import { join } from "node:path";
import { LimnError } from "@limn/core";
import { writeFileAtomically } from "@limn/node";
import * as v from "valibot";
import { appendLine, damagedLog, differencesOf, linesOf, parseLine, reopenLog } from "../line-log.js";

const whole = v.pipe(v.number(), v.safeInteger());
const finite = v.pipe(v.number(), v.finite());
const number = v.nullable(finite);

/** Values of a map's measures by name; null if one has no value on this picture. */
const measured = v.record(v.string(), number);

const measuredItem = v.object({
  index: whole,
  id: v.string(),
  // Classes of the model that count as right; empty if the data says nothing.
  labels: v.array(whole),
  // The class that is explained.
  target: whole,
  predicted: whole,
  // Of the target, and of the predicted class, on the whole picture.
  probability: finite,
  confidence: finite,
  // The second guess; undefined for a model of one class.
  runnerUp: v.optional(whole),
  runnerUpConfidence: v.optional(finite),
  // By map, in the order of the settings.
  maps: v.record(v.string(), measured),
  // Correlation of neighboring gradients by stage.
  shattering: v.optional(v.record(v.string(), number)),
});

const failedItem = v.object({ index: whole, id: v.string(), error: v.string() });

/** The results of one picture. */
export type MeasuredItem = v.InferOutput<typeof measuredItem>;

/** A picture that could not be used, and why. */
export type FailedItem = v.InferOutput<typeof failedItem>;

export type ItemRecord = MeasuredItem | FailedItem;

export const isFailed = (record: ItemRecord): record is FailedItem => "error" in record;

const chunkLine = v.object({ chunk: whole, items: v.array(v.union([measuredItem, failedItem])) });

/** The items of a chunk that was measured elsewhere; undefined if the value is not a list of items. */
export function parseItems(value: unknown): ItemRecord[] | undefined {
  const { success, output } = v.safeParse(chunkLine.entries.items, value);
  return success ? output : undefined;
}

const sanityRecord = v.object({
  // How many layers were random, and the name of the lowest.
  layers: whole,
  name: v.string(),
  // By map: its similarity to that of the random network for each picture, null if there is none.
  maps: v.record(v.string(), v.array(number)),
});

/** How alike the maps of some pictures are to those of a network whose top layers are random. */
export type SanityRecord = v.InferOutput<typeof sanityRecord>;

const resultLine = v.union([chunkLine, v.object({ sanity: sanityRecord })]);

const headLine = v.object({ evaluation: v.record(v.string(), v.unknown()) });

export const RESULTS = "results.jsonl";

/** Everything that the results depend on: an evaluation goes on only if all of this is the same. */
export type LogHead = Readonly<Record<string, unknown>>;

/**
 * The results of an evaluation, in a file of its folder. The pictures that are explained together are a chunk, whose line is
 * written when all of them are done. Each random network that maps are compared with has a line, too.
 */
export class ResultLog {
  readonly path: string;
  readonly #done = new Set<number>();
  readonly #sanity = new Map<number, SanityRecord>();

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Opens the log of a folder, or starts one.
   * @param anew whether to forget what is there
   * @throws LimnError `bad-option` if it is the log of another evaluation, `bad-input` if it is damaged
   */
  static async open(folder: string, head: LogHead, anew = false): Promise<ResultLog> {
    const log = new ResultLog(join(folder, RESULTS));
    if (anew || !existsSync(log.path)) {
      await writeFileAtomically(log.path, `${JSON.stringify({ evaluation: head })}\n`);
      return log;
    }
    await reopenLog(log.path, (text) => checkHead(log.path, text, head));
    await log.#read();
    return log;
  }

  /** Opens the log of a folder to look at it. @throws LimnError `bad-input` if there is none, or it is damaged */
  static async read(folder: string): Promise<ResultLog> {
    const log = new ResultLog(join(folder, RESULTS));
    if (!existsSync(log.path)) {
      throw new LimnError(
        "bad-input",
        `${folder}: there is no ${RESULTS} in this folder; give one that limn evaluate or limn confusion has written`,
      );
    }
    await log.#read();
    return log;
  }

  async #read(): Promise<void> {
    for await (const { number, text } of linesOf(this.path)) {
      if (number === 1) continue;
      const line = parsedLine(this.path, number, text);
      if ("chunk" in line) this.#done.add(line.chunk);
      else this.#sanity.set(line.sanity.layers, line.sanity);
    }
  }

  has(chunk: number): boolean {
    return this.#done.has(chunk);
  }

  get chunks(): number {
    return this.#done.size;
  }

  /** Adds a chunk. A chunk may come twice, if a worker was thought to be dead, but it counts once. */
  add(chunk: number, items: readonly ItemRecord[]): void {
    if (this.#done.has(chunk)) return;
    appendLine(this.path, { chunk, items });
    this.#done.add(chunk);
  }

  /** The comparisons with random networks, in the order of how many layers are random. */
  get sanity(): SanityRecord[] {
    return [...this.#sanity.values()].sort((a, b) => a.layers - b.layers);
  }

  addSanity(record: SanityRecord): void {
    appendLine(this.path, { sanity: record });
    this.#sanity.set(record.layers, record);
  }

  /** All items, in the order in which their chunks were finished. */
  async *items(): AsyncGenerator<ItemRecord> {
    const seen = new Set<number>();
    for await (const { number, text } of linesOf(this.path)) {
      if (number === 1) continue;
      const line = parsedLine(this.path, number, text);
      if (!("chunk" in line)) continue;
      if (!seen.has(line.chunk)) yield* line.items;
      seen.add(line.chunk);
    }
  }
}

function parsedLine(path: string, line: number, text: string) {
  const { success, output } = v.safeParse(resultLine, parseLine(text));
  if (!success) throw damagedLog(path, line);
  return output;
}

/** How many differences a message lists. */
const MOST_TOLD = 3;

function checkHead(path: string, text: string, head: LogHead): void {
  const { success, output } = v.safeParse(headLine, parseLine(text));
  if (!success) throw damagedLog(path, 1);
  const differing = differencesOf(output.evaluation, head);
  if (differing.length === 0) return;
  const untold = differing.length - MOST_TOLD;
  const more = untold > 0 ? `, and ${untold} more ${untold > 1 ? "differences" : "difference"}` : "";
  throw new LimnError(
    "bad-option",
    `${path}: the results in it are of another evaluation (${differing.slice(0, MOST_TOLD).join("; ")}${more}); give the same options to go on with it, --anew to start again, or another folder`,
  );
}
