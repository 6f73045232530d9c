import { bootstrapMeans, comparePairs, type Estimate } from "@limn/core";
import type { Expectation } from "./verdict.js";

/** Seed of the bootstrap's draws. */
const SEED = 0;

/** A number by which a claim is judged, or that is shown beside those. */
export interface Figure {
  /** In words that name both sides of a difference. */
  readonly what: string;
  readonly estimate: Estimate;
  readonly unit: "%" | "share" | "times";
  /** Of the signed-rank test, two-sided; undefined where no pairs are compared. */
  readonly p?: number;
  /** Undefined where the claim is not judged by it. */
  readonly claimed?: Expectation;
}

/** What is noted of pictures: a value a picture by name, NaN where it has none. */
export type Columns = ReadonlyMap<string, Float64Array>;

type Told = Pick<Figure, "what"> & Partial<Pick<Figure, "unit" | "claimed">>;

/** The mean of a column. Without it, of no pictures. */
export function meanFigure(columns: Columns, name: string, told: Told): Figure {
  const [estimate] = bootstrapMeans([columnOf(columns, name)], { seed: SEED });
  return { unit: "share", ...told, estimate: estimate as Estimate };
}

/** The mean of a column less another one, picture by picture. */
export function differenceFigure(columns: Columns, first: string, second: string, told: Told): Figure {
  const pair = { first: columnOf(columns, first), second: columnOf(columns, second) };
  const [comparison] = comparePairs([pair], { seed: SEED });
  const { difference, test } = comparison as NonNullable<typeof comparison>;
  return { unit: "share", ...told, estimate: difference, p: test.p };
}

const columnOf = (columns: Columns, name: string): Float64Array => columns.get(name) ?? new Float64Array();

/** Rows of named values as columns. */
export function columnsOf(rows: readonly Readonly<Record<string, number>>[]): Columns {
  const columns = new Map<string, Float64Array>();
  rows.forEach((row, i) => {
    for (const [name, value] of Object.entries(row)) {
      const column = columns.get(name) ?? new Float64Array(rows.length).fill(Number.NaN);
      columns.set(name, column);
      column[i] = value;
    }
  });
  return columns;
}
