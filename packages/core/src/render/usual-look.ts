import type { ColorMapName } from "./color-map.js";
import { contour, type Line, massLevel } from "./contour.js";
import type { Range } from "./normalize.js";

/**
 * The share of a map's values that its colors span: fine maps have single extreme values, which would leave all others
 * dark. In coarse maps, up to 14 x 14, it is all values.
 */
export const COVERAGE = 0.995;

/** The share of what speaks for the class that lies inside of a map's outline. */
export const OUTLINED = 0.5;

/** The most pieces of an outline: one of more pieces, as of shallow layers, says only that the map is scattered. */
const MOST_PIECES = 8;

/**
 * The colors of a map, by its values and by the ground that it is drawn on.
 * @param onPaper whether it is drawn on paper, as signed maps of single pixels are; other grounds are dark
 */
export const usualColors = (signed: boolean, onPaper: boolean): ColorMapName =>
  signed ? (onPaper ? "polar" : "aurora") : "ember";

/**
 * The line around the smallest region that holds half of what a map shows for the class; none if it is scattered. Of maps
 * whose values are all far above zero, what is above the smallest counts.
 * @param values as they are drawn, row by row
 */
export function outlineOf(values: Float32Array, width: number, { low }: Range): Line[] {
  const zero = Math.max(low, 0);
  const level = massLevel(zero > 0 ? values.map((v) => v - zero) : values, OUTLINED);
  const lines = level === undefined ? [] : contour(values, width, level + zero);
  return lines.length > MOST_PIECES ? [] : lines;
}
