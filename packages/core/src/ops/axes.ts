import type { AttributeReader } from "../graph/attributes.js";
import { constantNumbers, type Node, type Value } from "../graph/graph.js";
import { normalizeAxis } from "../graph/shapes.js";
import { type Shape, sizeOf } from "../graph/tensor.js";

/**
 * What lies along a part of an axis. An axis is made of parts as a number is of digits, the outermost first: the windows of a
 * picture, cut by Reshape, have `rows` in two places, of which the outer one counts windows, the inner one rows within a window.
 */
export type Part =
  /** Images, channels, heads: anything but places. */
  | { readonly of: "images" | "features"; readonly size: number }
  /** Rows or columns of a grid that covers the picture; neighbors are `step` of the finest rows apart. */
  | { readonly of: "rows" | "columns"; readonly size: number; readonly step: number }
  /** A sequence: `before` tokens without a place, such as a class token, then a grid, then `after` more. */
  | {
      readonly of: "tokens";
      readonly size: number;
      readonly before: number;
      readonly grid: readonly Part[];
      readonly after: number;
    };

/** What lies along an axis, the outermost part first; nothing along an axis of size 1. */
export type Axis = readonly Part[];

/** What lies along each axis of a value. */
export type Axes = readonly Axis[];

/** A shape, with what lies along its axes if that is known. */
export interface Laid {
  readonly shape: Shape;
  readonly axes: Axes | undefined;
}

/** A value of known shape, with what lies along its axes if that is known. */
export interface Placed extends Laid {
  readonly value: Value;
}

/** What a rule for axes sees of a node: the inputs by their names, one output, and the attributes. */
export interface AxesWires {
  readonly inputs: Readonly<Record<string, Placed | undefined>>;
  /** All inputs in order, for operators that take any number. */
  readonly xs: readonly Placed[];
  readonly y: Value;
  /** The position of the output. */
  readonly index: number;
  readonly at: AttributeReader;
  readonly node: Node;
}

/** Says what lies along the axes of an output; undefined if nothing can be said. */
export type AxesRule = (wires: AxesWires) => Axes | undefined;

/** What a node takes of an axis: `count` places, every `step`-th from `first` on. */
export interface Taken {
  readonly axis: number;
  readonly first: number;
  readonly count: number;
  readonly step: number;
}

/** Says what an output has of the first input's axes; undefined if nothing can be said. */
export type TakenRule = (wires: AxesWires) => readonly Taken[] | undefined;

/** An axis along which nothing but features lie. */
export const features = (size: number): Axis => (size === 1 ? [] : [{ of: "features", size }]);

/** A new grid over the picture, as a convolution gives: [images, features, rows, columns], or with the features last. */
export function freshGrid([n = 1, c = 1, h = 1, w = 1]: Shape): Axes {
  const along = (of: "rows" | "columns", size: number): Axis => (size === 1 ? [] : [{ of, size, step: 1 }]);
  return [n === 1 ? [] : [{ of: "images", size: n }], features(c), along("rows", h), along("columns", w)];
}

const isPlace = ({ of }: Part): boolean => of === "rows" || of === "columns" || of === "tokens";

/** Whether places of the picture lie along an axis. */
export const hasPlaces = (axis: Axis | undefined): boolean => axis?.some(isPlace) === true;

/** The axes of the same numbers in another shape; undefined if a new axis cuts a part that can't be cut. */
export function regrouped(axes: Axes, shape: Shape): Axes | undefined {
  const parts = axes.flat();
  const result: Axis[] = [];
  for (const size of shape) {
    const axis: Part[] = [];
    let missing = size;
    while (missing > 1) {
      const part = parts.shift();
      if (!part) return undefined;
      if (missing % part.size === 0) {
        axis.push(part);
        missing /= part.size;
        continue;
      }
      const halves = cut(part, missing);
      if (!halves) return undefined;
      axis.push(halves[0]);
      parts.unshift(halves[1]);
      missing = 1;
    }
    result.push(joined(axis));
  }
  return parts.length === 0 ? result : undefined;
}

/** A part as an outer one of the given size, and an inner one. */
function cut(part: Part, outer: number): [Part, Part] | undefined {
  if (part.size % outer !== 0 || part.of === "tokens") return undefined;
  const inner = { ...part, size: part.size / outer };
  return [{ ...part, size: outer, ...("step" in part ? { step: part.step * inner.size } : {}) }, inner];
}

/** Neighboring parts that count the same thing are one. */
function joined(parts: readonly Part[]): Axis {
  const result: Part[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    const continues =
      last?.of === part.of && part.of !== "tokens" && (!("step" in last) || last.step === stepOf(part) * part.size);
    if (continues) result[result.length - 1] = { ...part, size: part.size * (last as Part).size };
    else result.push(part);
  }
  return result;
}

const stepOf = (part: Part): number => ("step" in part ? part.step : 1);

/** The axes of a function of several values element by element: along each axis, what an input of that size has there. */
export function combined(inputs: readonly Laid[], shape: Shape): Axes | undefined {
  const full = inputs.filter((input) => input.axes && sizeOf(input.shape) === sizeOf(shape));
  const whole = full.find(({ axes }) => axes?.some(hasPlaces)) ?? full[0];
  if (whole?.axes) return regrouped(whole.axes, shape);
  if (!inputs.some(({ axes }) => axes)) return undefined;
  return shape.map((size, axis): Axis => {
    const along = inputs.flatMap(({ shape: { length, ...dims }, axes }): Axis[] => {
      const own = axis - (shape.length - length);
      return own >= 0 && axes && dims[own] === size ? [axes[own] as Axis] : [];
    });
    return along.find(hasPlaces) ?? along[0] ?? features(size);
  });
}

/**
 * What lies along an axis of which only places from `start` on are taken; undefined if they are a piece of the grid. The tokens
 * before the grid are features once they are alone.
 */
function sliced(axis: Axis, start: number, length: number): Axis | undefined {
  const [part, ...others] = axis;
  if (!part || others.length > 0) return undefined;
  if (part.size === length) return axis;
  if (part.of === "features") return features(length);
  if (part.of !== "tokens") return undefined;
  const end = start + length;
  const gridEnd = part.size - part.after;
  if (end <= part.before || start >= gridEnd) return features(length);
  if (start > part.before || end < gridEnd) return undefined;
  return tokens(part.before - start, part.grid, end - gridEnd);
}

/** What lies along an axis of which one place in `step` is taken; undefined if it is not the grid alone. */
function everyOther(axis: Axis, step: number, length: number): Axis | undefined {
  const [part, ...others] = axis;
  if (!part || others.length > 0 || part.of === "tokens" || step < 1 || part.size !== length * step) return undefined;
  return length === 1 ? [] : [{ ...part, size: length, ...("step" in part ? { step: part.step * step } : {}) }];
}

/** The axes of an output that has parts of the first input's axes. */
export function afterTaking(axes: Axes | undefined, taken: readonly Taken[] | undefined): Axes | undefined {
  return taken?.reduce<Axes | undefined>((known, { axis, first, count, step }) => {
    const along = known?.[axis] ?? [];
    return known && withAxis(known, axis, step === 1 ? sliced(along, first, count) : everyOther(along, step, count));
  }, axes);
}

/** A grid among other tokens. */
export function tokens(before: number, grid: Axis, after: number): Axis {
  if (before === 0 && after === 0) return grid;
  const size = before + grid.reduce((product, part) => product * part.size, 1) + after;
  return [{ of: "tokens", size, before, grid, after }];
}

/** What lies along an axis of values that stand one after the other; undefined if more than one of them has places. */
export function chained(axes: readonly (Axis | undefined)[], sizes: readonly number[]): Axis | undefined {
  const placed = axes.flatMap((axis, i) => (hasPlaces(axis) ? [i] : []));
  const total = (from: number, to: number) => sizes.slice(from, to).reduce((sum, size) => sum + size, 0);
  if (placed.length === 0) return features(total(0, sizes.length));
  const [at = 0, ...others] = placed;
  if (others.length > 0) return undefined;
  const axis = axes[at] as Axis;
  const [part] = axis;
  const inner = part?.of === "tokens" ? part : { before: 0, grid: axis, after: 0 };
  if (axis.some((one) => one.of !== "rows" && one.of !== "columns" && one !== part)) return undefined;
  return tokens(total(0, at) + inner.before, inner.grid, inner.after + total(at + 1, sizes.length));
}

/** The numbers of a constant input; undefined if it is computed. */
export const numbersAt = (input: Placed | undefined, node: Node): number[] | undefined =>
  input?.value.initializer ? constantNumbers(input.value, "an input", node.label) : undefined;

/** Replaces what lies along one axis. */
export const withAxis = (axes: Axes, axis: number, along: Axis | undefined): Axes | undefined =>
  along && axes.map((before, i) => (i === axis ? along : before));

/** The axis that an attribute names. */
export const axisAt = ({ at, y }: AxesWires, usual: number): number => normalizeAxis(at.int("axis", usual), y.rank);
