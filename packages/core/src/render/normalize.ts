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
  /** Whether zero says nothing, so that an unsigned range begins at the smallest value. Default false. */
  readonly floating?: boolean;
}

/**
 * The range that a map is shown over: zero to the largest value where none is negative, [-m, m] where the map is
 * signed, the smallest to the largest otherwise, and where the map floats. NaN counts as not there.
 */
export function rangeOf(values: Float32Array, { signed, coverage = 1, floating = false }: NormalizeOptions): Range {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return { low: 0, high: 0, clipped: false };
  const sizes = signed ? finite.map(Math.abs) : finite;
  const top = largest(sizes);
  const within = coverage < 1 ? quantile(sizes, coverage) : top;
  // a map of single bright pixels is all zero up to the quantile: clipping it would show nothing
  const high = within > 0 ? within : top;
  const low = signed ? 0 - high : finite.reduce((a, b) => Math.min(a, b), floating ? Number.POSITIVE_INFINITY : 0);
  return { low, high, clipped: high < top };
}

function largest(values: Float32Array): number {
  let top = Number.NEGATIVE_INFINITY;
  for (const v of values) if (v > top) top = v;
  return top;
}

/** The value that the given share of all does not exceed. */
function quantile(values: Float32Array, share: number): number {
  const sorted = values.slice().sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
}

/**
 * A value's position in a range, 0 to 1. Where the range is a point, its low end: for signed maps that is zero, the
 * middle of their colors.
 */
export const positionIn = ({ low, high }: Range, value: number, signed = false): number =>
  high > low ? Math.min(Math.max((value - low) / (high - low), 0), 1) : signed ? 0.5 : 0;
