import type { Mixture } from "./along-axis.js";

/** How Resize maps one axis. Positions are in units of elements; 0 is the center of the first one. */
export interface ResizedAxis {
  /** Length before. */
  readonly from: number;
  /** Length after. */
  readonly to: number;
  /** As given, else to / from; a given one need not be that quotient, since the length was rounded. */
  readonly scale: number;
}

type Coordinate = (i: number, axis: ResizedAxis) => number;

const halfPixel: Coordinate = (i, { scale }) => (i + 0.5) / scale - 0.5;

/** The old coordinate of a new position, for each coordinate_transformation_mode of ONNX. */
const COORDINATES: Readonly<Record<string, Coordinate>> = {
  half_pixel: halfPixel,
  half_pixel_symmetric: (i, axis) => {
    const exact = axis.scale * axis.from;
    return (axis.from / 2) * (1 - axis.to / exact) + halfPixel(i, axis);
  },
  pytorch_half_pixel: (i, axis) => (axis.to > 1 ? halfPixel(i, axis) : 0),
  align_corners: (i, { from, to }) => (to > 1 ? (i * (from - 1)) / (to - 1) : 0),
  asymmetric: (i, { scale }) => i / scale,
};

/** How a position between two elements is rounded, for each nearest_mode of ONNX. */
const ROUNDINGS: Readonly<Record<string, (position: number) => number>> = {
  round_prefer_floor: (p) => Math.ceil(p - 0.5),
  round_prefer_ceil: (p) => Math.floor(p + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** How positions between elements are read, by Resize's attributes. */
export interface Reading {
  /** `nearest`, `linear` or `cubic`. */
  readonly mode: string;
  /** coordinate_transformation_mode */
  readonly coordinates: string;
  /** nearest_mode */
  readonly nearest: string;
  /** cubic_coeff_a */
  readonly cubic: number;
  /** Whether elements beyond the edges have no weight; else they are those at the edges. */
  readonly excludesOutside: boolean;
  /** Whether, where the axis shrinks, all elements of the distance between new positions are read. */
  readonly antialias: boolean;
}

/** The old positions that make each new one along a resized axis; undefined for other modes than those above. */
export function interpolation(axis: ResizedAxis, reading: Reading): Mixture[] | undefined {
  const { mode, nearest, antialias } = reading;
  const coordinate = COORDINATES[reading.coordinates];
  const rounding = ROUNDINGS[nearest];
  const kernel = KERNELS[mode];
  if (!coordinate || !rounding || (mode !== "nearest" && !kernel)) return undefined;
  const inside = (p: number) => Math.min(Math.max(p, 0), axis.from - 1);
  return Array.from({ length: axis.to }, (_, i) => {
    const position = coordinate(i, axis);
    if (!kernel) return [[inside(rounding(position)), 1]];
    // a window as wide as the distance between new positions keeps out what is finer
    const stretch = antialias ? Math.max(1, 1 / axis.scale) : 1;
    const reach = kernel.reach * stretch;
    const first = Math.floor(position - reach) + 1;
    const count = Math.ceil(position + reach) - first;
    const sources = Array.from({ length: count }, (_, k) => first + k);
    const weighed = sources.map((j) => [j, kernel.weight((j - position) / stretch, reading.cubic)] as const);
    const excludes = reading.excludesOutside && (mode === "cubic" || antialias);
    const kept = excludes ? weighed.filter(([j]) => j === inside(j)) : weighed;
    const total = kept.reduce((sum, [, weight]) => sum + weight, 0);
    return kept.map(([j, weight]) => [inside(j), weight / total]);
  });
}

/** What an element weighs by its distance from the position that is read, up to `reach`. */
interface Kernel {
  readonly reach: number;
  readonly weight: (distance: number, a: number) => number;
}

const KERNELS: Readonly<Record<string, Kernel>> = {
  linear: { reach: 1, weight: (distance) => Math.max(0, 1 - Math.abs(distance)) },
  // Keys 1981, with the slope a at distance 1
  cubic: {
    reach: 2,
    weight: (distance, a) => {
      const d = Math.abs(distance);
      if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
      return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
    },
  },
};
