import type { Mixture } from "./along-axis.js";

/** How Resize maps one axis. Positions are in elements, 0 being the first one's center. */
export interface ResizedAxis {
  /** Lengths before and after. */
  readonly from: number;
  readonly to: number;
  /** As given, or to / from; it need not be their quotient where the length was rounded. */
  readonly scale: number;
}

type Coordinate = (i: number, axis: ResizedAxis) => number;

const halfPixel: Coordinate = (i, { scale }) => (i + 0.5) / scale - 0.5;

/** Where a new position lies among the old ones, by ONNX's coordinate_transformation_mode. */
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

/** How a position between two elements is rounded, by ONNX's nearest_mode. */
const ROUNDINGS: Readonly<Record<string, (position: number) => number>> = {
  round_prefer_floor: (p) => Math.ceil(p - 0.5),
  round_prefer_ceil: (p) => Math.floor(p + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/**
 * What each new position along a resized axis is made of, or undefined for modes that are none of those above.
 * @param mode `nearest` or `linear`
 */
export function interpolation(
  axis: ResizedAxis,
  mode: string,
  coordinateMode: string,
  nearestMode: string,
): Mixture[] | undefined {
  const coordinate = COORDINATES[coordinateMode];
  const rounding = ROUNDINGS[nearestMode];
  if (!coordinate || !rounding || (mode !== "nearest" && mode !== "linear")) return undefined;
  const inside = (p: number) => Math.min(Math.max(p, 0), axis.from - 1);
  return Array.from({ length: axis.to }, (_, i) => {
    const position = coordinate(i, axis);
    if (mode === "nearest") return [[inside(rounding(position)), 1]];
    const left = Math.floor(inside(position));
    const rest = inside(position) - left;
    return [
      [left, 1 - rest],
      [inside(left + 1), rest],
    ];
  });
}
