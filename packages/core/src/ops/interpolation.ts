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

/**
 * The old positions that make each new one along a resized axis; undefined for other modes than those above.
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
