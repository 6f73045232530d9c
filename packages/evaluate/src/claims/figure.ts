import { bootstrapMeans, comparePairs, type Estimate } from "@limn/core";
import type { Expectation } from "./verdict.js";

/** Seed of the bootstrap's draws. */
const SEED = 0;

/** A number that a claim is judged by, or that is shown together with those. */
export interface Figure {
  /** In words that name both sides of a difference. */
  readonly what: string;
  readonly estimate: Estimate;
  readonly unit: "%" | "share" | "times";
  /** The p-value of the two-sided signed-rank test; undefined if no pairs are compared. */
  readonly p?: number;
  /** What the claim says about it; undefined if the claim is not judged by it. */
  readonly claimed?: Expectation;
}

/** The values that are noted of pictures: by name, one value per picture, NaN if the picture has none. */
export type Columns = ReadonlyMap<string, Float64Array>;

type Told = Pick<Figure, "what"> & Partial<Pick<Figure, "unit" | "claimed">>;

/** The mean of a column; the mean of no pictures if the column is missing. */
export function meanFigure(columns: Columns, name: string, told: Told): Figure {
  const [estimate] = bootstrapMeans([columnOf(columns, name)], { seed: SEED });
  return { unit: "share", ...told, estimate: estimate as Estimate };
}

/** The mean of the differences, picture by picture, of the first column less the second. */
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
