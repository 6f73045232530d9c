/** The values that a color map's ends stand for. */
export interface Range {
  readonly low: number;
  readonly high: number;
  /** Whether there are values beyond the ends, which get the colors of the ends. */
  readonly clipped: boolean;
}

/** How the range of a map is chosen. */
export interface NormalizeOptions {
  /** Whether 0 is the middle of the range. */
  readonly signed: boolean;
  /**
   * The fraction of values within the range, 0 to 1: single extreme pixels would otherwise leave a saliency map dark.
   * Default 1: nothing is clipped.
   */
  readonly coverage?: number;
  /** Whether 0 has no special meaning, so that an unsigned range begins at the smallest value. Default false. */
  readonly floating?: boolean;
}

/**
 * The range over which a map is shown. For signed maps it is [-m, m], with m the largest absolute value. Otherwise it goes
 * from 0, or from the smallest value if that is below 0 or the map floats, to the largest value. NaN values are left out.
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

/** The value that the given fraction of all values does not exceed. */
function quantile(values: Float32Array, fraction: number): number {
  const sorted = values.slice().sort();
  return sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] as number;
}

/**
 * A value's position in a range, 0 to 1. If the range is a single point, it is 0 or, for signed maps, 0.5, the middle of
 * their colors.
 */
export const positionIn = ({ low, high }: Range, value: number, signed = false): number =>
  high > low ? Math.min(Math.max((value - low) / (high - low), 0), 1) : signed ? 0.5 : 0;
