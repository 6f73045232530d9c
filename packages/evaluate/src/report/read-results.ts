import { existsSync } from "node:fs";
import { join } from "node:path";
import { LimnError, type Runtime, reasonOf } from "@limn/core";
import { readText } from "@limn/node/internal";
import * as v from "valibot";
import type { DataChoice } from "../data/data-choice.js";
import { RESULTS, ResultLog } from "../evaluation/result-log.js";
import { openSubject, type Subject } from "../evaluation/subject.js";
import type { RunSource } from "../evaluation/summary.js";
import { type TableItem, tableOf } from "../evaluation/table.js";

/** What a folder of results holds, with the model and the data that they are of. */
export interface ReadResults {
  readonly source: RunSource;
  readonly subject: Subject;
  /** The pictures that were measured, in the data's order. */
  readonly items: readonly TableItem[];
  /** The maps that were measured; none for `limn confusion`. */
  readonly maps: readonly string[];
}

const DOCUMENTS = ["evaluation.json", "confusion.json"];

const sourceSchema = v.object({
  data: v.object({ sha256: v.string() }),
  source: v.object({
    model: v.string(),
    classifier: v.record(v.string(), v.unknown()),
    data: v.pipe(
      v.looseObject({ data: v.string() }),
      v.transform((choice) => choice as DataChoice),
    ),
    mapping: v.exactOptional(v.string()),
  }),
});

/** Whether a folder holds results of `limn evaluate` or `limn confusion`. */
export const holdsResults = (folder: string): boolean => existsSync(join(folder, RESULTS));

/**
 * Reads what `limn evaluate` or `limn confusion` wrote into a folder, and opens the model and the data again.
 * @throws LimnError `bad-input` if a file is missing or damaged, or if the data has changed since; and as `openSubject` does
 */
export async function readResults(folder: string, runtime: Runtime): Promise<ReadResults> {
  const name = DOCUMENTS.find((document) => existsSync(join(folder, document)));
  if (name === undefined) {
    throw new LimnError(
      "bad-input",
      `${folder}: there is no ${DOCUMENTS.join(" or ")} in this folder; let the evaluation end first`,
    );
  }
  const path = join(folder, name);
  const { source, data } = parsed(path, readText(path, "results of limn evaluate"));
  const subject = await openSubject(source, runtime);
  if (subject.data.fingerprint !== data.sha256) {
    throw new LimnError(
      "bad-input",
      `${path}: the data, ${source.data.data}, is not what it was when this was written; run the same command again`,
    );
  }
  const { items, columns } = await tableOf(await ResultLog.read(folder));
  return { source, subject, items, maps: [...columns.keys()] };
}

function parsed(path: string, text: string): v.InferOutput<typeof sourceSchema> & { readonly source: RunSource } {
  try {
    return v.parse(sourceSchema, JSON.parse(text));
  } catch (error) {
    throw new LimnError(
      "bad-input",
      `${path}: it does not say where the model and the data are (${reasonOf(error)}); run the same command again`,
      { cause: error },
    );
  }
}
