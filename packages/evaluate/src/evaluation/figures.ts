import type { Estimate, MeasureName } from "@limn/core";

/** Means over pictures, by map and measure; null if no picture has the measure. */
export type Means = Readonly<Record<string, Readonly<Record<MeasureName, Estimate | null>>>>;

/** A measure of two maps, compared picture by picture. */
export interface PairedMeasure {
  /** The mean of the first less the second, with its interval. */
  readonly difference: Estimate;
  /** The p-value of the two-sided signed-rank test, of this pair alone. */
  readonly p: number;
  /** The same, corrected for all pairs of maps that the measure compares (Holm 1979). */
  readonly corrected: number;
}

/** Comparisons, by the names of the first and the second map of each pair. */
export type Pairs = Readonly<
  Record<string, Readonly<Record<string, { readonly [Name in MeasureName]?: PairedMeasure }>>>
>;
