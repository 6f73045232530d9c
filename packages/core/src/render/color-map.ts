import { deltaE, fromLch, type Oklab, toRgb } from "./oklab.js";

/**
 * A color map is a path through OKLab, given by a few points and followed at constant speed, so that equal steps of the
 * value look equally different. Lightness is the path's parameter, so it only rises (or only falls) within a sequential map
 * or one arm of a diverging map.
 */
type Path =
  | { kind: "sequential"; knots: readonly Lch[] }
  /** Two arms of equal length that begin at the same gray, so that values of both signs are equally conspicuous. */
  | { kind: "diverging"; negative: readonly Lch[]; positive: readonly Lch[] };

type Lch = readonly [L: number, C: number, hue: number];

const PATHS = {
  /** Night violet, crimson, orange, pale yellow. */
  ember: {
    kind: "sequential",
    knots: [
      [0.13, 0.04, 295],
      [0.3, 0.125, 305],
      [0.46, 0.175, 352],
      [0.62, 0.19, 28],
      [0.78, 0.15, 66],
      [0.96, 0.1, 102],
    ],
  },
  /** Indigo, blue, teal, green, yellow. */
  meadow: {
    kind: "sequential",
    knots: [
      [0.26, 0.115, 295],
      [0.4, 0.105, 265],
      [0.54, 0.085, 220],
      [0.68, 0.115, 168],
      [0.81, 0.165, 132],
      [0.93, 0.17, 104],
    ],
  },
  gray: {
    kind: "sequential",
    knots: [
      [0.1, 0, 0],
      [0.98, 0, 0],
    ],
  },
  /** From white to blue and to red, for plain maps on a light page. */
  polar: {
    kind: "diverging",
    negative: [
      [0.99, 0, 0],
      [0.8, 0.1, 235],
      [0.58, 0.17, 255],
      [0.4, 0.16, 264],
    ],
    positive: [
      [0.99, 0, 0],
      [0.8, 0.1, 45],
      [0.58, 0.175, 27],
      [0.4, 0.15, 20],
    ],
  },
  /** From night to crimson, orange and yellow, and to blue and cyan: both ends as bright as ember's. */
  aurora: {
    kind: "diverging",
    negative: [
      [0.16, 0, 0],
      [0.4, 0.175, 270],
      [0.62, 0.165, 252],
      [0.8, 0.13, 220],
      [0.95, 0.07, 190],
    ],
    positive: [
      [0.16, 0, 0],
      [0.4, 0.15, 5],
      [0.62, 0.17, 28],
      [0.8, 0.14, 66],
      [0.95, 0.085, 102],
    ],
  },
} as const satisfies Record<string, Path>;

/** The name of a color map. */
export type ColorMapName = keyof typeof PATHS;

/** The names of all color maps. */
export const COLOR_MAPS = Object.keys(PATHS) as ColorMapName[];

/** Whether the middle of a color map, t = 0.5, stands for 0. */
export function isDiverging(name: ColorMapName): boolean {
  return PATHS[name].kind === "diverging";
}

/** Number of entries of a color table: odd, so that t = 0.5, the 0 of a diverging map, is an entry. */
export const TABLE_SIZE = 257;

/**
 * The map's colors at `size` equally spaced t in [0, 1] (`size` >= 2, odd for diverging maps), as
 * exact OKLab coordinates before they are rounded to bytes.
 */
export function colorPath(name: ColorMapName, size = TABLE_SIZE): Oklab[] {
  const path: Path = PATHS[name];
  if (path.kind === "sequential") {
    return walk(through(path.knots.map(([L, C, hue]) => fromLch(L, C, hue))), size);
  }
  const half = (size + 1) / 2;
  const arm = (knots: readonly Lch[]) => walk(through(knots.map(([L, C, hue]) => fromLch(L, C, hue))), half);
  return [...arm(path.negative).reverse(), ...arm(path.positive).slice(1)];
}

const tables = new Map<ColorMapName, Uint8Array>();

/** The map as bytes, [TABLE_SIZE, 3] red, green, blue; made on first use. */
export function colorTable(name: ColorMapName): Uint8Array {
  let table = tables.get(name);
  if (!table) {
    table = Uint8Array.from(
      colorPath(name).flatMap((color) => toRgb(color).map((channel) => Math.round(255 * channel))),
    );
    tables.set(name, table);
  }
  return table;
}

/** The function from t to a color as three bytes, red, green and blue; t is clamped to [0, 1], NaN counts as 0. */
export function colorMap(name: ColorMapName): (t: number) => [number, number, number] {
  const table = colorTable(name);
  return (t) => {
    const at = 3 * tableIndex(t);
    return [table[at] ?? 0, table[at + 1] ?? 0, table[at + 2] ?? 0];
  };
}

/** The index of the entry of a color table for t, which is clamped to [0, 1]. */
export function tableIndex(t: number): number {
  return t > 0 ? Math.round(Math.min(t, 1) * (TABLE_SIZE - 1)) : 0;
}

type Curve = { start: number; end: number; at: (L: number) => Oklab };

/**
 * The smooth curve L -> (L, a, b) through the knots: cubic Hermite pieces whose slopes at a knot
 * are those of the parabola through it and its two neighbors.
 */
function through(knots: readonly Oklab[]): Curve {
  const [first, last] = [knots[0], knots[knots.length - 1]];
  if (!first || !last || knots.length < 2) throw new RangeError("a color path needs two knots");
  const slopeAt = (i: number, channel: 1 | 2): number => {
    const rise = (j: number): number | undefined => {
      const [p, q] = [knots[j], knots[j + 1]];
      return p && q && (q[channel] - p[channel]) / (q[0] - p[0]);
    };
    const [before, after] = [rise(i - 1), rise(i)];
    if (before === undefined || after === undefined) return before ?? after ?? 0;
    const [left, here, right] = [knots[i - 1], knots[i], knots[i + 1]] as [Oklab, Oklab, Oklab];
    const weight = (here[0] - left[0]) / (right[0] - left[0]);
    return (1 - weight) * before + weight * after;
  };
  const slopes = knots.map((_, i) => ({ 1: slopeAt(i, 1), 2: slopeAt(i, 2) }));
  const slope = (i: number, channel: 1 | 2) => slopes[i]?.[channel] as number;
  return {
    start: first[0],
    end: last[0],
    at(L) {
      const beyond = (knot: Oklab) => (last[0] > first[0] ? knot[0] > L : knot[0] < L);
      const found = knots.findIndex(beyond);
      const i = (found === -1 ? knots.length - 1 : Math.max(found, 1)) - 1;
      const [p, q] = [knots[i], knots[i + 1]] as [Oklab, Oklab];
      const width = q[0] - p[0];
      const u = (L - p[0]) / width;
      const channel = (c: 1 | 2) =>
        p[c] * (1 + 2 * u) * (1 - u) ** 2 +
        q[c] * (3 - 2 * u) * u ** 2 +
        width * (slope(i, c) * u * (1 - u) ** 2 - slope(i + 1, c) * u ** 2 * (1 - u));
      return [L, channel(1), channel(2)];
    },
  };
}

/** `size` points on the curve, at equal distances along it. */
function walk(curve: Curve, size: number): Oklab[] {
  const FINE = 512;
  const lightness = (i: number) => curve.start + ((curve.end - curve.start) * i) / FINE;
  // s_i: length of the curve up to its i-th fine point
  const s = [0];
  let previous = curve.at(curve.start);
  for (let i = 1; i <= FINE; i++) {
    const point = curve.at(lightness(i));
    s.push((s[i - 1] ?? 0) + deltaE(previous, point));
    previous = point;
  }
  const total = s[FINE] ?? 0;
  const points: Oklab[] = [];
  for (let k = 0, i = 0; k < size; k++) {
    const wanted = (total * k) / (size - 1);
    while (i < FINE - 1 && (s[i + 1] ?? 0) < wanted) i++;
    const [low, high] = [s[i] ?? 0, s[i + 1] ?? 0];
    points.push(curve.at(lightness(i + Math.min((wanted - low) / (high - low), 1))));
  }
  return points;
}
