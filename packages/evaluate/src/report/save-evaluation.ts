import { join } from "node:path";
import { isRegression, nameOfCombination, type Runtime } from "@limn/core";
import { writeFileAtomically } from "@limn/node";
import { confusionOf } from "../evaluation/confusion.js";
import { type EvaluationDocument, evaluationDocument } from "../evaluation/document.js";
import type { EvaluationRun } from "../evaluation/run.js";
import { saveCsv, saveParquet } from "../evaluation/save-rows.js";
import { combinationOf } from "../evaluation/settings.js";
import { tableOf } from "../evaluation/table.js";
import { extremeChoices } from "./choices.js";
import { classChoices } from "./class-choices.js";
import { EvaluationPage } from "./evaluation-page.js";
import { htmlOf } from "./page.js";
import { shownItems, wantedMaps } from "./shown-items.js";

/** What `saveEvaluation` wrote. */
export interface SavedEvaluation {
  /** What the JSON file holds. */
  readonly document: EvaluationDocument;
  /** Path of the report. */
  readonly report: string;
  /** Paths of the other files. */
  readonly files: readonly string[];
}

const [DOCUMENT, CSV, PARQUET, REPORT] = ["evaluation.json", "rows.csv", "rows.parquet", "report.html"] as const;

/**
 * Writes the results of an evaluation into a folder: `report.html`, one file that needs nothing else; `evaluation.json`; and
 * a row for every picture and map in `rows.csv` and `rows.parquet`.
 * @param run as `runEvaluation` gave it
 * @param onProgress called when pictures of the report are explained
 * @throws LimnError `output` if a file can't be written
 * @example
 * const { document, report } = await saveEvaluation(run, "limn-evaluation", runtime);
 * document.wins["relevance-cam"]?.["grad-cam"]; // in percent
 */
export async function saveEvaluation(
  run: EvaluationRun,
  folder: string,
  runtime: Runtime,
  onProgress?: (done: number, total: number) => void,
): Promise<SavedEvaluation> {
  const table = await tableOf(run.log);
  const { items } = table;
  const document = evaluationDocument(run, table);
  const { classifier } = run.opened;
  const labels = run.opened.labels ?? (isRegression(classifier) ? ["the value"] : undefined);
  const combination = combinationOf(run.settings.target);
  await writeFileAtomically(join(folder, DOCUMENT), `${JSON.stringify(document, null, 1)}\n`);
  await saveCsv(join(folder, CSV), table, labels);
  await saveParquet(join(folder, PARQUET), table, labels);
  const confusion = confusionOf(items);
  // maps of a combination say nothing about single classes
  const classes = classChoices(confusion, items, combination ? { classes: [] } : {});
  const maps = [...table.columns.keys()].filter((map) => !document.baselines.includes(map));
  const extremes = Object.fromEntries(maps.map((map) => [map, extremeChoices(table, map)]));
  const choices = [...classes.flatMap(({ galleries }) => galleries), ...Object.values(extremes).flat()];
  const wanted = wantedMaps(choices, items);
  const shown = await shownItems(run, run.settings.maps, wanted, runtime, (done) => onProgress?.(done, wanted.length));
  const files = [DOCUMENT, CSV, PARQUET];
  const explained = combination && nameOfCombination(combination, labels);
  const givesValues = !classifier.hasProbabilities;
  const content = {
    document,
    table,
    items,
    labels,
    explained,
    givesValues,
    confusion,
    classes,
    extremes,
    shown,
    files,
  };
  await writeFileAtomically(join(folder, REPORT), htmlOf(EvaluationPage, content));
  return { document, report: join(folder, REPORT), files: files.map((name) => join(folder, name)) };
}
