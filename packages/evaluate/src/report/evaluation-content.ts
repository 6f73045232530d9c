import { type MeasureName, measures } from "@limn/core";
import type { EvaluationDocument } from "../evaluation/document.js";
import type { ResultTable } from "../evaluation/table.js";
import type { Choice } from "./choices.js";
import type { ConfusionContent } from "./confusion-section.js";

/** All that an evaluation's report shows. */
export interface EvaluationContent extends ConfusionContent {
  readonly document: EvaluationDocument;
  readonly table: ResultTable;
  /** By map. */
  readonly extremes: Readonly<Record<string, readonly Choice[]>>;
  /** Files beside the report that hold every row. */
  readonly files: readonly string[];
}

/** The maps of an evaluation. */
export const mapsOf = ({ document }: Pick<EvaluationContent, "document">): string[] => Object.keys(document.methods);

export const hasMeasure = ({ document }: Pick<EvaluationContent, "document">, name: MeasureName): boolean =>
  Object.values(document.methods).some((of) => of[name]);

/** Digits behind the point that a measure is told with. */
export const digitsOf = (name: MeasureName): number => (measures[name].unit === "%" ? 1 : 3);
