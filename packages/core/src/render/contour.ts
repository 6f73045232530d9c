/** A line through points [x, y]; pixel i covers [i, i + 1], so that its center is at i + 1/2. */
export type Line = readonly (readonly [x: number, y: number])[];

/**
 * The level above which a map holds a share of its mass, the sum of its values above 0: the smallest such region.
 *
 *   tau = max { t : sum_{v >= t} v >= share * sum_{v > 0} v }
 *
 * @param share 0 to 1
 * @returns undefined if no value is above 0; NaN values are left out
 */
export function massLevel(values: Float32Array, share: number): number | undefined {
  // Positive numbers are in the order of their bits. Sorting all of them would take most of the time of painting a map: they
  // are weighed by the upper half of their bits, and only those that agree in it with the level are sorted.
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const masses = new Float64Array(INFINITE);
  for (let i = 0; i < bits.length; i++) {
    const group = (bits[i] as number) >>> 16;
    // what is negative, infinite or not a number has larger bits
    if (group < INFINITE) masses[group] = (masses[group] as number) + (values[i] as number);
  }
  const mass = masses.reduceRight((sum, v) => sum + v, 0);
  let held = 0;
  for (let group = INFINITE - 1; group >= 0; group--) {
    const own = masses[group] as number;
    if (own === 0 || held + own < share * mass) {
      held += own;
      continue;
    }
    const rising = values.filter((_, i) => (bits[i] as number) >>> 16 === group).sort();
    for (let i = rising.length - 1; i >= 0; i--) {
      held += rising[i] as number;
      if (held >= share * mass) return rising[i];
    }
    return rising[0];
  }
  return undefined;
}

/** The upper half of the bits of the float32 that is infinite. */
const INFINITE = 0x7f80;

/** The sides of a square between four pixels. */
const [TOP, RIGHT, BOTTOM, LEFT] = [0, 1, 2, 3];

/**
 * Marching squares: the sides through which the contour enters and leaves a
 * square, for each set of corners that lie above the level (1 upper left, 2 upper right, 4 lower right, 8 lower left). What
 * is above lies to the left of the line.
 */
const CROSSINGS: readonly (readonly (readonly [number, number])[])[] = [
  [],
  [[LEFT, TOP]],
  [[TOP, RIGHT]],
  [[LEFT, RIGHT]],
  [[RIGHT, BOTTOM]],
  [
    [LEFT, TOP],
    [RIGHT, BOTTOM],
  ],
  [[TOP, BOTTOM]],
  [[LEFT, BOTTOM]],
  [[BOTTOM, LEFT]],
  [[BOTTOM, TOP]],
  [
    [TOP, RIGHT],
    [BOTTOM, LEFT],
  ],
  [[BOTTOM, RIGHT]],
  [[RIGHT, LEFT]],
  [[RIGHT, TOP]],
  [[TOP, LEFT]],
  [],
];

/**
 * The lines along which a map has the level, linear between pixels. They end at the map's edges and where it is NaN.
 * @param values height * width, row by row
 * @returns closed lines end with their first point
 */
export function contour(values: Float32Array, width: number, level: number): Line[] {
  const height = values.length / width;
  // an edge between pixels by a number: 2 pixel to the pixel on the right, 2 pixel + 1 to the one below
  const next = new Map<number, number>();
  for (let y = 0; y + 1 < height; y++) {
    for (let x = 0; x + 1 < width; x++) {
      const pixel = y * width + x;
      const a = values[pixel] as number;
      const b = values[pixel + 1] as number;
      const c = values[pixel + width + 1] as number;
      const d = values[pixel + width] as number;
      const above = (a >= level ? 1 : 0) + (b >= level ? 2 : 0) + (c >= level ? 4 : 0) + (d >= level ? 8 : 0);
      if (above === 0 || above === 15 || Number.isNaN(a + b + c + d)) continue;
      const sides = [2 * pixel, 2 * pixel + 3, 2 * (pixel + width), 2 * pixel + 1];
      for (const [from, to] of CROSSINGS[above] ?? []) next.set(sides[from] as number, sides[to] as number);
    }
  }
  const point = (edge: number): [number, number] => {
    const from = edge >> 1;
    const to = edge % 2 ? from + width : from + 1;
    const [a, b] = [values[from] as number, values[to] as number];
    const t = (level - a) / (b - a);
    const [x, y] = [from % width, Math.floor(from / width)];
    return edge % 2 ? [x + 0.5, y + t + 0.5] : [x + t + 0.5, y + 0.5];
  };
  const lines: Line[] = [];
  const follow = (start: number) => {
    const line = [point(start)];
    for (let edge = next.get(start), last = start; edge !== undefined; edge = next.get(edge)) {
      next.delete(last);
      line.push(point(edge));
      last = edge;
    }
    lines.push(line);
  };
  const ends = new Set(next.values());
  for (const start of [...next.keys()]) if (!ends.has(start)) follow(start);
  for (const start of [...next.keys()]) if (next.has(start)) follow(start);
  return lines;
}
