import { join } from "node:path";
import type { Runtime } from "@limn/core";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { writeFileAtomically } from "../../write-file.js";
import { documentOf, type EvaluationDocument } from "../document.js";
import type { EvaluationRun } from "../run.js";
import { saveCsv, saveParquet } from "../save-rows.js";
import { tableOf } from "../table.js";
import { classChoices, extremeChoices } from "./choose.js";
import { shownItems } from "./gallery.js";
import { ReportPage } from "./page.js";

export interface SavedEvaluation {
  readonly document: EvaluationDocument;
  /** Paths of the files. */
  readonly report: string;
  readonly files: readonly string[];
}

const [DOCUMENT, CSV, PARQUET, REPORT] = ["evaluation.json", "rows.csv", "rows.parquet", "report.html"] as const;

/**
 * Writes what an evaluation found into its folder: the report (one HTML file that needs nothing else), the JSON document,
 * and every picture's and map's row as CSV and Parquet.
 * @throws LimnError `output`
 */
export async function saveEvaluation(
  run: EvaluationRun,
  folder: string,
  runtime: Runtime,
  onProgress?: (done: number, total: number) => void,
): Promise<SavedEvaluation> {
  const table = await tableOf(run.log);
  const document = documentOf(run, table);
  const { labels } = run.opened;
  await writeFileAtomically(join(folder, DOCUMENT), `${JSON.stringify(document, null, 1)}\n`);
  await saveCsv(join(folder, CSV), table, labels);
  await saveParquet(join(folder, PARQUET), table, labels);
  const classes = classChoices(table);
  const maps = [...table.columns.keys()];
  const extremes = Object.fromEntries(maps.map((map) => [map, extremeChoices(table, map)]));
  const choices = [...classes.flatMap(({ galleries }) => galleries), ...Object.values(extremes).flat()];
  const rows = new Set(choices.flatMap((choice) => choice.rows));
  const indices = [...rows].map((row) => (table.items[row] as (typeof table.items)[number]).index);
  const shown = await shownItems(run, indices, runtime, (done) => onProgress?.(done, indices.length));
  const page = h(ReportPage, { document, table, labels, classes, extremes, shown, files: [DOCUMENT, CSV, PARQUET] });
  await writeFileAtomically(join(folder, REPORT), `<!doctype html>\n${renderToString(page)}\n`);
  return { document, report: join(folder, REPORT), files: [DOCUMENT, CSV, PARQUET].map((name) => join(folder, name)) };
}
