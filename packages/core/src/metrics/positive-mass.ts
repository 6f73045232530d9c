/**
 * The energy-based pointing game (Wang et al. 2020, sec. 4.3): how much of what speaks for the class lies on its object.
 *
 *   E = sum_(i in object) M_i^+ / sum_i M_i^+        M^+ = max(0, M), on the map's own scale
 *
 * The map is not brought to [0, 1] by its extremes, which would give every pixel but the lowest a share.
 * @param map [h, w]; NaN where the model did not look: such pixels have no mass
 * @param object [h, w], 1 on the object (or in the union of its boxes), 0 beside it
 * @returns 0 to 1; 0 where no value is above zero, as such a map finds nothing
 */
export function energyInside(map: Float32Array, object: Uint8Array): number {
  const mass = positiveMass(map, object);
  return mass.whole > 0 ? mass.part / mass.whole : 0;
}

/**
 * How much of what speaks for the class lies on objects of other classes.
 *
 *   leak = sum_(i in others, not in object) M_i^+ / sum_i M_i^+        M^+ = max(0, M), on the map's own scale
 *
 * Where boxes of both overlap, the class's own object comes first.
 * @param map as for `energyInside`
 * @param object [h, w], 1 on the class's own objects
 * @param others [h, w], 1 on objects of other classes
 * @returns 0 to 1; NaN where no value is above zero: such a map marks nothing at all, and 0 would praise it
 */
export function otherClassLeak(map: Float32Array, object: Uint8Array, others: Uint8Array): number {
  const mass = positiveMass(map, others, object);
  return mass.part / mass.whole;
}

/** @returns of the values above zero, the sum where the mask is 1 and `without` is not, and the sum of all */
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
