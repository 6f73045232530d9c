/** A map's lowest and highest value, where the model looked. */
export interface Extremes {
  readonly low: number;
  readonly high: number;
}

/** @param map with NaN where the model did not look; where that is everywhere, low is above high */
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

/** By what values above `low` are multiplied to lie between 0 and 1; 0 for a constant map, which marks nothing. */
export const unitScale = ({ low, high }: Extremes): number => (high > low ? 1 / (high - low) : 0);
