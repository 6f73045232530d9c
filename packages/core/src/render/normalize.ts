/** The values that a color map's ends stand for. */
export interface Range {
  readonly low: number;
  readonly high: number;
  /** Whether values beyond the ends exist and get the ends' colors. */
  readonly clipped: boolean;
}

export interface NormalizeOptions {
  /** Whether zero is the middle of the range. */
  readonly signed: boolean;
  /**
   * The share of values that lies within the range, 0 to 1: single extreme pixels would otherwise leave a
   * saliency map dark. Default 1: nothing is clipped.
   */
  readonly coverage?: number;
}

/**
 * The range that a map is shown over: zero to the largest value where none is negative, [-m, m] where the map is
 * signed, the smallest to the largest otherwise. NaN counts as not there.
 */
export function rangeOf(values: Float32Array, { signed, coverage = 1 }: NormalizeOptions): Range {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return { low: 0, high: 0, clipped: false };
  const sorted = (signed ? finite.map(Math.abs) : finite).sort();
  const top = sorted[sorted.length - 1] as number;
  const rank = Math.min(sorted.length - 1, Math.ceil(coverage * sorted.length) - 1);
  // a map of single bright pixels is all zero up to the rank: clipping it would show nothing
  const within = sorted[rank] as number;
  const high = within > 0 ? within : top;
  const low = signed ? -high : Math.min(0, sorted[0] as number);
  return { low, high, clipped: high < top };
}

/** A value's place in a range, 0 to 1; the middle where the range is a point. */
export const positionIn = ({ low, high }: Range, value: number): number =>
  high > low ? Math.min(Math.max((value - low) / (high - low), 0), 1) : 0;
