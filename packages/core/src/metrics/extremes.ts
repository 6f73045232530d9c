/** The lowest and highest value of a map. */
export interface Extremes {
  readonly low: number;
  readonly high: number;
}

/** The extremes of a map. @param map NaN values are left out; if all are NaN, low is above high */
export function extremesOf(map: Float32Array): Extremes {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < map.length; i++) {
    const v = map[i] as number;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return { low, high };
}

/** The factor that brings v - low to [0, 1]; 0 for a constant map, which marks nothing. */
export const unitScale = ({ low, high }: Extremes): number => (high > low ? 1 / (high - low) : 0);
