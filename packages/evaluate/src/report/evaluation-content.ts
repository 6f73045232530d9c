import { type MeasureName, measures } from "@limn/core";
import type { EvaluationDocument } from "../evaluation/document.js";
import { figureOf, type Ranking } from "../evaluation/ranking.js";
import type { ResultTable } from "../evaluation/table.js";
import type { Choice } from "./choices.js";
import type { MatrixContent } from "./confusion-section.js";

/** Everything that an evaluation's report shows. */
export interface EvaluationContent extends MatrixContent {
  readonly document: EvaluationDocument;
  readonly table: ResultTable;
  /** Pictures on which the maps of all methods are compared. */
  readonly compared: readonly Choice[];
  /** The worst and best pictures, by map. */
  readonly extremes: Readonly<Record<string, readonly Choice[]>>;
  readonly mistakes: Choice;
  /** Files next to the report that hold all results. */
  readonly files: readonly string[];
}

type WithDocument = Pick<EvaluationContent, "document">;

/** The names of an evaluation's maps. */
export const mapsOf = ({ document }: WithDocument): string[] => Object.keys(document.methods);

export const hasMeasure = ({ document }: WithDocument, name: MeasureName): boolean =>
  Object.values(document.methods).some((of) => of[name]);

/** How many digits of a measure are shown after the point. */
export const digitsOf = (name: MeasureName): number => (measures[name].unit === "%" ? 1 : 3);

/** The ranking that the conclusion goes by. */
export const decidingRanking = ({ document: { conclusion, rankings } }: WithDocument): Ranking | undefined =>
  conclusion.by === null ? undefined : rankings[conclusion.by];

/** The figure of a map on a picture, by the measure that decides. */
export function figureOn({ document, table }: EvaluationContent): (map: string, row: number) => string {
  const { by } = document.conclusion;
  return (map, row) => {
    const value = by === null ? undefined : table.columns.get(map)?.get(by)?.[row];
    if (by === null || value === undefined || Number.isNaN(value)) return "";
    return `${measures[by].title}\u00a0${figureOf(by, value).replace(" ", "\u00a0")}`;
  };
}
