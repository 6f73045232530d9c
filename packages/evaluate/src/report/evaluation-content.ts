import { type MeasureName, measures } from "@limn/core";
import type { EvaluationDocument } from "../evaluation/document.js";
import type { ResultTable } from "../evaluation/table.js";
import type { Choice } from "./choices.js";
import type { ConfusionContent } from "./confusion-section.js";

/** Everything that an evaluation's report shows. */
export interface EvaluationContent extends ConfusionContent {
  readonly document: EvaluationDocument;
  readonly table: ResultTable;
  /** The worst and best pictures, by map. */
  readonly extremes: Readonly<Record<string, readonly Choice[]>>;
  /** Files next to the report that hold all results. */
  readonly files: readonly string[];
}

/** The names of an evaluation's maps. */
export const mapsOf = ({ document }: Pick<EvaluationContent, "document">): string[] => Object.keys(document.methods);

export const hasMeasure = ({ document }: Pick<EvaluationContent, "document">, name: MeasureName): boolean =>
  Object.values(document.methods).some((of) => of[name]);

/** How many digits of a measure are shown after the point. */
export const digitsOf = (name: MeasureName): number => (measures[name].unit === "%" ? 1 : 3);
