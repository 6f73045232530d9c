import {
  COVERAGE,
  type ColorMapName,
  contour,
  enlarged,
  type Grid,
  isDiverging,
  type Line,
  outlineOf,
  overlay,
  plain,
  type Range,
  type Rectangle,
  rangeOf,
  usualColors,
} from "@limn/core";

/** A map as it is painted: see `StudioMap`. */
export interface PaintedMap {
  readonly shown: Grid;
  readonly view: Rectangle;
  readonly signed: boolean;
  readonly pixelwise: boolean;
  readonly floating: boolean;
  /** Whether a map of single pixels stands on paper if it is signed; see `usualColors`. Default true. */
  readonly onPaper?: boolean;
}

/** How a map is painted. */
export interface Brush {
  /** 0 to 1 */
  readonly opacity: number;
  /** The share of the largest value below which nothing is shown, 0 to 1. */
  readonly threshold: number;
  /** Undefined for the usual colors. */
  readonly colors: ColorMapName | undefined;
}

/** A part of a photo in the size in which it is shown. */
export interface Tile {
  readonly width: number;
  readonly height: number;
  /** height * width * 3 bytes */
  readonly rgb: Uint8Array;
  /** Which part of the photo it is, in the photo's pixels. */
  readonly part: Rectangle;
}

export interface Painting {
  /** height * width * 3 bytes */
  readonly rgb: Uint8Array;
  /** In the tile's pixels: around half of what the map shows, or around what is above the threshold. */
  readonly lines: readonly Line[];
}

/** The colors of a map, unless they are chosen. */
export const colorsOf = (
  { signed, pixelwise, onPaper = true }: PaintedMap,
  { colors }: Pick<Brush, "colors">,
): ColorMapName => colors ?? usualColors(signed, pixelwise && signed && onPaper);

/** What the ends of a map's colors stand for. */
export const scaleOf = (map: PaintedMap, brush: Pick<Brush, "colors">): Range =>
  rangeOf(map.shown.data, {
    signed: map.signed || isDiverging(colorsOf(map, brush)),
    coverage: COVERAGE,
    floating: map.floating,
  });

/** The value at which a threshold lies on a map's scale. */
export const levelOf = ({ low, high }: Range, threshold: number): number =>
  Math.max(low, 0) + threshold * (high - Math.max(low, 0));

/** Paints a map on a photo or, if it is of single pixels, on a plain ground. */
export function painted(map: PaintedMap, tile: Tile, brush: Brush): Painting {
  const { width, height, part } = tile;
  const colors = colorsOf(map, brush);
  const range = scaleOf(map, brush);
  const values = enlarged(map.shown, map.view, part, { width, height });
  const level = levelOf(range, brush.threshold);
  const nothing = Math.max(range.low, 0);
  const kept = brush.threshold > 0 ? values.map((v) => (v < level && v > 2 * nothing - level ? nothing : v)) : values;
  const rgb = map.pixelwise
    ? plain(kept, { colors, range })
    : overlay(tile.rgb, kept, { colors, range, opacity: brush.opacity });
  if (brush.threshold > 0) return { rgb, lines: contour(values, width, level) };
  return { rgb, lines: map.pixelwise ? [] : outlineOf(values, width, range) };
}
