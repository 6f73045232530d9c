/**
 * The energy-based pointing game (Wang et al. 2020, sec. 4.3): the fraction of what speaks for the class that lies on its
 * object.
 *
 *   E = sum_(i in object) M_i^+ / sum_i M_i^+        M^+ = max(0, M), on the map's own scale
 *
 * The map is not scaled to [0, 1] by its extremes, since that would give mass to every pixel except the lowest.
 * @param map [h, w]; NaN where the model did not look: such pixels have no mass
 * @param object [h, w], 1 on the object (or in the union of its boxes), 0 elsewhere
 * @returns 0 to 1; 0 if no value is above 0, since such a map finds nothing
 */
export function energyInside(map: Float32Array, object: Uint8Array): number {
  const mass = positiveMass(map, object);
  return mass.whole > 0 ? mass.part / mass.whole : 0;
}

/**
 * The fraction of what speaks for the class that lies on objects of other classes.
 *
 *   leak = sum_(i in others, not in object) M_i^+ / sum_i M_i^+        M^+ = max(0, M), on the map's own scale
 *
 * Pixels that belong to both, as where boxes overlap, count for the class's own object.
 * @param map as for `energyInside`
 * @param object [h, w], 1 on the class's own objects
 * @param others [h, w], 1 on objects of other classes
 * @returns 0 to 1; NaN if no value is above 0: such a map marks nothing, and 0 would be praise
 */
export function otherClassLeak(map: Float32Array, object: Uint8Array, others: Uint8Array): number {
  const mass = positiveMass(map, others, object);
  return mass.part / mass.whole;
}

/** Sums of the values above 0: of those where the mask is 1 and `without` is not, and of all. */
function positiveMass(map: Float32Array, mask: Uint8Array, without?: Uint8Array): { part: number; whole: number } {
  let part = 0;
  let whole = 0;
  for (let i = 0; i < map.length; i++) {
    const v = map[i] as number;
    if (!(v > 0)) continue;
    whole += v;
    if (mask[i] === 1 && without?.[i] !== 1) part += v;
  }
  return { part, whole };
}
