import { join } from "node:path";
import type { Runtime } from "@limn/core";
import { writeFileAtomically } from "@limn/node";
import { type ConfusionDocument, confusionDocument } from "../confusion/document.js";
import type { ConfusionRun } from "../confusion/run.js";
import { confusionOf } from "../evaluation/confusion.js";
import { tableOf } from "../evaluation/table.js";
import { classChoices, confidentMistakes } from "./class-choices.js";
import { ConfusionPage } from "./confusion-page.js";
import { htmlOf } from "./page.js";
import { shownItems, wantedMaps } from "./shown-items.js";

/** What `saveConfusion` wrote. */
export interface SavedConfusion {
  /** What the JSON file holds. */
  readonly document: ConfusionDocument;
  /** Path of the report. */
  readonly report: string;
  /** Paths of the other files. */
  readonly files: readonly string[];
}

export interface SaveConfusionOptions {
  /** Pictures in each gallery. Default 4. */
  readonly shown?: number;
  /** Called when pictures are explained. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** How many mistakes are shown before those of single classes. */
const MISTAKES = 8;

const [DOCUMENT, REPORT] = ["confusion.json", "confusion.html"] as const;

/**
 * Explains the pictures that say most about a model's mistakes, and writes the results into a folder: `confusion.html`, a
 * report in one file that needs nothing else, and `confusion.json`.
 * @param run as `runConfusion` gave it
 * @throws LimnError `output` if a file can't be written
 */
export async function saveConfusion(
  run: ConfusionRun,
  folder: string,
  runtime: Runtime,
  { shown: count, onProgress }: SaveConfusionOptions = {},
): Promise<SavedConfusion> {
  const table = await tableOf(run.log);
  const { items } = table;
  const confusion = confusionOf(items);
  const document = confusionDocument(run, table, confusion);
  await writeFileAtomically(join(folder, DOCUMENT), `${JSON.stringify(document, null, 1)}\n`);
  const chosen = { ...(run.classes ? { classes: run.classes } : {}), ...(count ? { shown: count } : {}) };
  const classes = classChoices(confusion, items, chosen);
  const mistakes = confidentMistakes(confusion, items, MISTAKES);
  const wanted = wantedMaps([mistakes, ...classes.flatMap(({ galleries }) => galleries)], items);
  const shown = await shownItems(run, run.requests, wanted, runtime, (done) => onProgress?.(done, wanted.length));
  const { labels, classifier } = run.opened;
  const content = {
    document,
    items,
    labels,
    givesValues: !classifier.hasProbabilities,
    confusion,
    classes,
    mistakes,
    shown,
    file: DOCUMENT,
  };
  await writeFileAtomically(join(folder, REPORT), htmlOf(ConfusionPage, content));
  return { document, report: join(folder, REPORT), files: [join(folder, DOCUMENT)] };
}
