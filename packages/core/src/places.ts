import { channelAxisOf } from "./channel-axis.js";
import { LimnError } from "./error.js";
import type { Node, Value } from "./graph/graph.js";
import { reshape, slice, transpose } from "./graph/math.js";
import { isFloat, type Shape, type Size } from "./graph/tensor.js";
import {
  type Axes,
  type Axis,
  combined,
  freshGrid,
  hasPlaces,
  type Part,
  type Placed,
  regrouped,
  tokens,
} from "./ops/axes.js";
import { axesWires, factOf, knownOperator, takenBy } from "./ops/registry.js";
import { pathBetween } from "./path.js";

/** Where the places of the picture are in the values of a network. */
export type Places = ReadonlyMap<Value, Axes>;

/**
 * Follows the rows and columns of the picture through a network: what Reshape, Transpose, Concat and their like make of them, so
 * that a sequence of tokens is known to be a grid, and where in the sequence it begins.
 * @param hint the grid of the sequences whose places can't be followed, if a person says it
 */
export function placesOf(image: Value, hint?: Size): Places {
  const known = new Map<Value, Axes>([[image, placesOfImage(image)]]);
  for (const node of image.graph.descendants([image])) {
    node.outputs.forEach((y, index) => {
      if (!y?.shape) return;
      const followed = axesAfter(node, y, index, known);
      // numbers of no place may be tokens, as after a layer that mixes all places
      const axes = followed?.some(hasPlaces) ? followed : ((hint && hinted(y, image, hint)) ?? followed);
      if (axes) known.set(y, axes);
    });
  }
  return known;
}

function placesOfImage(image: Value): Axes {
  const [n = 1, a = 1, b = 1, c = 1] = image.dims;
  if (channelAxisOf(image) === 1) return freshGrid([n, a, b, c]);
  const [images, channels, rows, columns] = freshGrid([n, c, a, b]) as [Axis, Axis, Axis, Axis];
  return [images, rows, columns, channels];
}

function axesAfter(node: Node, y: Value, index: number, known: Places): Axes | undefined {
  const operator = knownOperator(node);
  if (!operator || !node.inputs.every((value) => !value || value.shape)) return undefined;
  const wires = axesWires(node, y, index, known);
  if (operator.axes) return operator.axes(wires);
  const { xs } = wires;
  const [x] = xs;
  switch (factOf(node, "layout")) {
    case "keeps":
    case "copies":
      return combined(xs, y.dims);
    case "reshapes":
      return x?.axes && regrouped(x.axes, y.dims);
    case "spatial":
    case "pools":
      return y.rank === 4 ? convolved(x, y) : x && combined([x], y.dims);
    case "moves":
      return x?.axes && x.axes.length === y.rank ? resampled(x.axes, x.shape, y.dims) : undefined;
    default:
      return undefined;
  }
}

/** [images, features, ...]: where the grid keeps its size, each place stays what it was; otherwise the grid is a new one. */
function convolved(x: Placed | undefined, y: Value): Axes | undefined {
  const [images, channels, ...fresh] = freshGrid(y.dims) as [Axis, Axis, Axis, Axis];
  const before = x?.axes;
  if (!before || x.shape.length !== 4) return [images, channels, ...fresh];
  const [first, , ...spatial] = before as [Axis, Axis, Axis, Axis];
  if (hasPlaces(first)) return undefined;
  const kept = spatial.every((_, i) => x.shape[i + 2] === y.dims[i + 2]) && spatial.some(hasPlaces);
  return [images, channels, ...(kept ? spatial : fresh)];
}

/** What lies along axes of which some have become longer or shorter. */
function resampled(axes: Axes, before: Shape, after: Shape): Axes | undefined {
  const result = axes.map((axis, i): Axis | undefined => {
    const size = after[i] as number;
    const [part, ...others] = axis;
    if (before[i] === size) return axis;
    if (!part) return size === 1 ? [] : [{ of: "features", size }];
    if (others.length > 0 || part.of === "tokens") return undefined;
    return size === 1 ? [] : [{ ...part, size, ...("step" in part ? { step: 1 } : {}) }];
  });
  return result.every((axis) => axis !== undefined) ? result : undefined;
}

/** More tokens than this have no place: class tokens, distillation tokens, registers. */
const MOST_OTHERS = 16;

/** A sequence of tokens, [images, tokens, features] or [tokens, images, features], of which the last are the grid that a person has named. */
function hinted(y: Value, image: Value, [height, width]: Size): Axes | undefined {
  const [images = 1] = image.dims;
  const [first = 1, second = 1, channels = 1] = y.dims;
  if (y.rank !== 3 || !isFloat(y.dtype) || !(first === images || second === images)) return undefined;
  const [length, swapped] = first === images ? [second, false] : [first, true];
  const before = tokensBefore(length, [height, width]);
  if (before === undefined) return undefined;
  const [ofImages, along] = freshGrid([images, channels]) as [Axis, Axis];
  const places = sequence(before, [height, width]);
  return swapped ? [places, ofImages, along] : [ofImages, places, along];
}

/** How many of a sequence's tokens stand before a grid that is its end; undefined if it is too short or too long for that. */
export function tokensBefore(length: number, [height, width]: Size): number | undefined {
  const before = length - height * width;
  return before >= 0 && before <= MOST_OTHERS ? before : undefined;
}

/**
 * Checks that a grid that a person has named is one of the network's.
 * @throws LimnError `bad-option` with those that there are
 */
export function checkGrid(image: Value, logits: Value, grid: Size): void {
  const places = placesOf(image, grid);
  const [images = 1] = image.dims;
  const values = pathBetween(image, logits).flatMap(({ outputs }) => outputs.filter((v) => v !== undefined));
  const found = values.flatMap((value) => {
    const axes = places.get(value);
    const laid = axes?.some(isSequence) ? gridOf(value, axes, images) : undefined;
    return laid ? [laid.shape.slice(2).join(",")] : [];
  });
  if (found.includes(grid.join(","))) return;
  const known = [...new Set(found)].join(", or ");
  const reason = known
    ? `the network's tokens lie as ${known}, which was followed from the picture to them; leave the grid out`
    : `the network has no sequence of ${grid[0] * grid[1]} tokens, nor of up to ${MOST_OTHERS} more that would stand before them; \`limn layers --attention\` shows how many its attentions have, if it has any`;
  throw new LimnError("bad-option", `grid ${grid.join(",")}: ${reason}`);
}

/** Whether rows and columns lie along one axis. */
export const isSequence = (axis: Axis): boolean => {
  const grid = sequenceOf(axis)?.grid ?? [];
  return grid.some(({ of }) => of === "rows") && grid.some(({ of }) => of === "columns");
};

/** How the numbers of a value lie as a picture. */
export interface TokenGrid {
  /** [images, features, rows, columns] */
  readonly shape: readonly [images: number, features: number, rows: number, columns: number];
  /** How many tokens come before those of the grid. */
  readonly before: number;
  /** How many come after them. */
  readonly after: number;
  /** Writes a value of the same shape, such as a gradient, as `shape`, without the tokens that have no place. */
  lay(x: Value): Value;
}

/**
 * The grid of a value that holds one vector for each place of each image; undefined if it holds windows, heads, or only a part.
 * @param axes what lies along the value's axes
 */
export function gridOf({ dims }: Pick<Value, "dims">, axes: Axes, images: number): TokenGrid | undefined {
  const where = (test: (axis: Axis) => boolean) => axes.flatMap((axis, i) => (test(axis) ? [i] : []));
  const isOne = (of: Part["of"]) => (axis: Axis) => axis.length === 1 && axis[0]?.of === of;
  const ofImages = where(isOne("images"));
  const ofFeatures = where(isOne("features"));
  const placed = where(hasPlaces);
  const rest = where((axis) => axis.length === 0);
  const found = placed.map((i) => sequenceOf(axes[i] as Axis));
  const order = orderOf(found.flatMap((sequence) => sequence?.grid ?? []));
  const single = ofImages.length === (images > 1 ? 1 : 0) && ofFeatures.length <= 1;
  const all = [...ofImages, ...ofFeatures, ...placed, ...rest];
  const swapped = order?.byColumns && placed.length > 1;
  if (!order || swapped || !single || all.length < axes.length) return undefined;
  const [rows, columns] = order.size;
  const features = ofFeatures.length ? (dims[ofFeatures[0] as number] as number) : 1;
  const inReadingOrder = (x: Value) =>
    order.byColumns
      ? transpose(reshape(x, [images, features, columns, rows]), [0, 1, 3, 2])
      : reshape(x, [images, features, rows, columns]);
  const { before = 0, after = 0 } = found.find((sequence) => sequence && sequence.before + sequence.after > 0) ?? {};
  const cuts = placed.flatMap((axis, i) => {
    const { before: start = 0, after: end = 0 } = found[i] ?? {};
    return start + end > 0 ? [{ axis, start, end: (dims[axis] as number) - end }] : [];
  });
  return {
    shape: [images, features, rows, columns],
    before,
    after,
    lay: (x) => inReadingOrder(transpose(cuts.length ? slice(x, cuts) : x, all)),
  };
}

/**
 * How a grid lies along neighboring parts: row by row, or column by column. One of a single row or column is a line. Undefined if
 * something else lies there, such as rows of windows.
 */
function orderOf(grid: Axis): { size: Size; byColumns: boolean } | undefined {
  const along = (of: "rows" | "columns") => grid.filter((part) => part.of === of);
  const [rows, columns] = [along("rows"), along("columns")];
  if (grid.length === 0 || rows.length > 1 || columns.length > 1 || rows.length + columns.length < grid.length) {
    return undefined;
  }
  return { size: [rows[0]?.size ?? 1, columns[0]?.size ?? 1], byColumns: rows[0] !== undefined && grid[0] !== rows[0] };
}

/** What lies along an axis of tokens: `before` without a place, then a grid in reading order. */
export function sequence(before: number, [rows, columns]: Size): Axis {
  const [, , ofRows = [], ofColumns = []] = freshGrid([1, 1, rows, columns]);
  return tokens(before, [...ofRows, ...ofColumns], 0);
}

/** The first token that a node takes out of a sequence, by its number; undefined if it takes none out, or places with it. */
export function firstTaken(node: Node, places: Places): number | undefined {
  const [x] = node.inputs;
  const y = node.outputs[0];
  const axes = x && places.get(x);
  if (!axes || !y || places.get(y)?.some(hasPlaces)) return undefined;
  return takenBy(node, y, 0, places)?.find(({ axis }) => hasPlaces(axes[axis]))?.first;
}

/** The grid's part of an axis, and how many tokens come before and after it. */
export function sequenceOf(axis: Axis): { before: number; grid: Axis; after: number } | undefined {
  const [part, ...others] = axis;
  if (part?.of === "tokens") return others.length === 0 ? part : undefined;
  return { before: 0, grid: axis, after: 0 };
}

/**
 * Whether a node takes up places of the picture: a pooling over the grid, or attention, which sums over the places of its
 * values. Later nodes know these places only by what this one has made of them.
 */
export function takesUpPlaces(node: Node, places: Places): boolean {
  const operator = knownOperator(node);
  const read = node.inputs.flatMap((value) => (value && places.get(value)?.some(hasPlaces) ? [value] : []));
  if (read.length === 0 || !operator || operator.relevance === "route") return false;
  const after = placedAxes(node.outputs[0], places);
  // a product of two values sums over what it does not pass on
  return after === 0 || (read.length === 2 && placedAxes(read[0], places) + placedAxes(read[1], places) > 2 * after);
}

/** Whether a node mixes the places of the picture, and passes them on: attention, or another product over tokens. */
export const mixesPlaces = (node: Node, places: Places): boolean =>
  takesUpPlaces(node, places) && placedAxes(node.outputs[0], places) > 0;

/** Whether a node weighs places by each other, as the product of attention and values does, even if it passes on none. */
export const weighsPlaces = (node: Node, places: Places): boolean =>
  takesUpPlaces(node, places) && node.inputs.filter((value) => placedAxes(value, places) > 0).length > 1;

/** The number of axes along which there are places. */
const placedAxes = (value: Value | undefined, places: Places): number =>
  value ? (places.get(value)?.filter(hasPlaces).length ?? 0) : 0;
