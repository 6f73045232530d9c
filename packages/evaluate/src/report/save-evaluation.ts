import { join } from "node:path";
import { isRegression, nameOfCombination, type Runtime } from "@limn/core";
import { writeFileAtomically } from "@limn/node";
import { confusionOf } from "../evaluation/confusion.js";
import { type EvaluationDocument, evaluationDocument } from "../evaluation/document.js";
import type { EvaluationRun } from "../evaluation/run.js";
import { saveCsv, saveParquet } from "../evaluation/save-rows.js";
import { combinationOf } from "../evaluation/settings.js";
import { tableOf } from "../evaluation/table.js";
import { comparedChoices, extremeChoices } from "./choices.js";
import { confidentMistakes } from "./class-choices.js";
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

/** How many mistakes are shown. */
const MISTAKES = 8;

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
  const mistakes = confidentMistakes(confusion, items, combination ? 0 : MISTAKES);
  const { by } = document.conclusion;
  const order = by === null ? [] : (document.rankings[by]?.order ?? []);
  const [first] = order;
  const compared = by !== null && first ? comparedChoices(table, first.name, by) : [];
  const extremes = Object.fromEntries(
    order.map(({ name }) => [name, by === null ? [] : extremeChoices(table, name, by)]),
  );
  const choices = [...compared, ...Object.values(extremes).flat(), mistakes];
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
    classes: [],
    compared,
    extremes,
    mistakes,
    shown,
    files,
  };
  await writeFileAtomically(join(folder, REPORT), htmlOf(EvaluationPage, content));
  return { document, report: join(folder, REPORT), files: files.map((name) => join(folder, name)) };
}
