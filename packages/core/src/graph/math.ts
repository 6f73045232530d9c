import { float } from "./attributes.js";
import type { Value } from "./graph.js";
import { castCode, normalizeAxis } from "./shapes.js";
import { type DataType, type Shape, sameShape } from "./tensor.js";

// The vocabulary in which gradients, rules and methods are written: each function appends a node (some a few) to the
// graph that its argument belongs to. Elementwise functions of two or more values broadcast their shapes.

/** A value, or a number that stands for a constant of the other operand's type. */
export type Operand = Value | number;

/** A constant of the type of `like`, with no dimensions. */
export const scalar = (value: number, like: Value): Value => like.graph.constant(like.dtype ?? "float32", [], [value]);

function pair(a: Operand, b: Operand): [Value, Value] {
  if (typeof a !== "number") return [a, typeof b === "number" ? scalar(b, a) : b];
  if (typeof b !== "number") return [scalar(a, b), b];
  throw new Error("one of the operands must be a value");
}

const binary =
  (
    op:
      | "Add"
      | "Sub"
      | "Mul"
      | "Div"
      | "Pow"
      | "Max"
      | "Min"
      | "Equal"
      | "Greater"
      | "GreaterOrEqual"
      | "Less"
      | "And"
      | "Or",
  ) =>
  (a: Operand, b: Operand): Value => {
    const [x, y] = pair(a, b);
    return x.graph.emit(op, [x, y]);
  };

const unary =
  (
    op:
      | "Abs"
      | "Ceil"
      | "Cos"
      | "Cosh"
      | "Erf"
      | "Exp"
      | "Floor"
      | "Log"
      | "Neg"
      | "Not"
      | "Relu"
      | "Round"
      | "Sigmoid"
      | "Sign"
      | "Sin"
      | "Sinh"
      | "Softplus"
      | "Sqrt"
      | "Tanh",
  ) =>
  (x: Value): Value =>
    x.graph.emit(op, [x]);

/** a + b. */
export const add = binary("Add");
/** a - b. */
export const sub = binary("Sub");
/** a b, element by element. */
export const mul = binary("Mul");
/** a / b. */
export const div = binary("Div");
/** a to the power of b. */
export const pow = binary("Pow");
/** The larger of two, element by element; see `maximum` for the largest along an axis. */
export const max = binary("Max");
/** The smaller of two, element by element; see `minimum` for the smallest along an axis. */
export const min = binary("Min");
/** Whether a = b: bool. */
export const equal = binary("Equal");
/** Whether a > b: bool. */
export const greater = binary("Greater");
/** Whether a >= b: bool. */
export const greaterOrEqual = binary("GreaterOrEqual");
/** Whether a < b: bool. */
export const less = binary("Less");
/** Whether both bools are true: bool. */
export const and = binary("And");
/** Whether at least one of two bools is true: bool. */
export const or = binary("Or");

/** |x|. */
export const abs = unary("Abs");
/** The smallest whole number that is not below x. */
export const ceil = unary("Ceil");
/** Cosine of radians. */
export const cos = unary("Cos");
/** Hyperbolic cosine. */
export const cosh = unary("Cosh");
/** The error function. */
export const erf = unary("Erf");
/** e to the power of x. */
export const exp = unary("Exp");
/** The largest whole number that is not above x. */
export const floor = unary("Floor");
/** Natural logarithm. */
export const log = unary("Log");
/** -x. */
export const neg = unary("Neg");
/** Whether a bool is false: bool. */
export const not = unary("Not");
/** max(x, 0). */
export const relu = unary("Relu");
/** The nearest whole number; halves go to the even one. */
export const round = unary("Round");
/** 1 / (1 + e^-x). */
export const sigmoid = unary("Sigmoid");
/** The sign of x: -1, 0 or 1. */
export const sign = unary("Sign");
/** Sine of radians. */
export const sin = unary("Sin");
/** Hyperbolic sine. */
export const sinh = unary("Sinh");
/** ln(1 + e^x). */
export const softplus = unary("Softplus");
/** Square root. */
export const sqrt = unary("Sqrt");
/** Hyperbolic tangent. */
export const tanh = unary("Tanh");

/** Elements of `a` where the condition holds, of `b` elsewhere. */
export function where(condition: Value, a: Operand, b: Operand): Value {
  const [x, y] = pair(a, b);
  return condition.graph.emit("Where", [condition, x, y]);
}

/** `x` where the condition holds, 0 elsewhere, for finite x. See `keptAbove` for a faster form of a common case. */
export const masked = (x: Value, condition: Value): Value => mul(x, cast(condition, x.dtype ?? "float32"));

/** `x` where y > bound, 0 elsewhere, for finite x. */
export const keptAbove = (x: Value, y: Value, bound: number): Value =>
  canStep(y, bound) ? mul(x, hardSigmoid(y, STEEP, -STEEP * bound)) : masked(x, greater(y, bound));

/** `x` where y < bound, 0 elsewhere, for finite x. */
export const keptBelow = (x: Value, y: Value, bound: number): Value =>
  canStep(y, bound) ? mul(x, hardSigmoid(y, -STEEP, STEEP * bound)) : masked(x, less(y, bound));

/** `x` where a = b, 0 elsewhere, for finite x and a <= b. */
export const keptAtTop = (x: Value, a: Value, b: Value): Value =>
  a.dtype === "float32" ? mul(x, hardSigmoid(sub(a, b), STEEP, 1)) : masked(x, equal(a, b));

/** A power of two, so that products with it are exact: the step is 0 or 1 unless |y - bound| is below 2^-100. */
const STEEP = 2 ** 100;

/** For larger bounds, products with STEEP are not finite in float32. */
const LARGEST_BOUND = 2 ** 27;

const canStep = (y: Value, bound: number): boolean => y.dtype === "float32" && Math.abs(bound) < LARGEST_BOUND;

/**
 * min(1, max(0, slope * y + offset)), which is a step if the slope is steep. It is one fast pass; a comparison and a cast of
 * its result to numbers take two to eight times as long on ONNX Runtime's CPU.
 */
export const hardSigmoid = (y: Value, slope: number, offset: number): Value =>
  y.graph.emit("HardSigmoid", [y], { alpha: float(slope), beta: float(offset + 0) });

/**
 * Sum of any number of values of one shape, two at a time: ONNX Runtime takes up an Add into a convolution before it, and one
 * Sum of three takes it half as long again as two Adds.
 */
export const sumOf = ([first, ...rest]: readonly [Value, ...Value[]]): Value => rest.reduce(add, first);

const reduction =
  (op: "ReduceSum" | "ReduceMean" | "ReduceMax" | "ReduceMin" | "ReduceSumSquare" | "ReduceL1" | "ReduceL2") =>
  (x: Value, axes: readonly number[], keepdims = true): Value =>
    axes.length === 0 ? x : x.graph.emit(op, [x, x.graph.ints(axes)], { keepdims: keepdims ? 1 : 0 });

/** Sum over axes, which keep a length of 1 unless `keepdims` is false. */
export const sum = reduction("ReduceSum");
/** Sum of |x| over axes, which keep a length of 1 unless `keepdims` is false. */
export const sumOfMagnitudes = reduction("ReduceL1");
/** Mean over axes, which keep a length of 1 unless `keepdims` is false. */
export const mean = reduction("ReduceMean");
/** Largest value over axes, which keep a length of 1 unless `keepdims` is false. */
export const maximum = reduction("ReduceMax");
/** Smallest value over axes, which keep a length of 1 unless `keepdims` is false. */
export const minimum = reduction("ReduceMin");

/** The same elements in another shape. */
export const reshape = (x: Value, shape: Shape): Value =>
  x.shape && sameShape(x.shape, shape)
    ? x
    : x.graph.emit("Reshape", [x, x.graph.ints(shape)], { allowzero: shape.includes(0) ? 1 : undefined });

/** Axes in another order. @param perm for each axis of the result, the axis of x that it comes from */
export const transpose = (x: Value, perm: readonly number[]): Value =>
  perm.every((p, i) => p === i) ? x : x.graph.emit("Transpose", [x], { perm });

/** Repeats along axes of length 1, until the value has the shape. */
export const expand = (x: Value, shape: Shape): Value =>
  x.shape && sameShape(x.shape, shape) ? x : x.graph.emit("Expand", [x, x.graph.ints(shape)]);

/** Values one after the other along an axis. */
export const concat = (values: readonly Value[], axis: number): Value => {
  const [first] = values;
  if (!first) throw new Error("there are no values to concatenate");
  return values.length === 1 ? first : first.graph.emit("Concat", values, { axis });
};

/** Removes axes of length 1. */
export const squeeze = (x: Value, axes: readonly number[]): Value => x.graph.emit("Squeeze", [x, x.graph.ints(axes)]);

/** Adds axes of length 1. @param axes their positions in the result */
export const unsqueeze = (x: Value, axes: readonly number[]): Value =>
  x.graph.emit("Unsqueeze", [x, x.graph.ints(axes)]);

/** Matrix product over the last two axes. */
export const matmul = (a: Value, b: Value): Value => a.graph.emit("MatMul", [a, b]);

/** The same numbers in another type. */
export const cast = (x: Value, to: DataType): Value =>
  x.dtype === to ? x : x.graph.emit("Cast", [x], { to: castCode(to) });

/** e^x / sum e^x along an axis. */
export const softmax = (x: Value, axis: number): Value => x.graph.emit("Softmax", [x], { axis });

/** The elements at some positions of an axis, in the given order. */
export const gather = (x: Value, indices: readonly number[], axis: number): Value =>
  x.graph.emit("Gather", [x, x.graph.ints(indices)], { axis });

/** A part of an axis: from `start` to before `end`; negative numbers count from the end. */
export interface AxisRange {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step?: number;
}

/** Python's x[..., start:end:step, ...] on the given axes. */
export function slice(x: Value, ranges: readonly AxisRange[]): Value {
  if (ranges.length === 0) return x;
  const { graph } = x;
  const part = (pick: (r: AxisRange) => number) => graph.ints(ranges.map(pick));
  return graph.emit("Slice", [
    x,
    part((r) => r.start),
    part((r) => r.end),
    part((r) => r.axis),
    part((r) => r.step ?? 1),
  ]);
}

/** Reverses the order along the given axes. */
export const flip = (x: Value, axes: readonly number[]): Value =>
  slice(
    x,
    axes.filter((axis) => x.dims[axis] !== 1).map((axis) => ({ axis, start: -1, end: -(2 ** 31), step: -1 })),
  );

/**
 * Adds a border.
 * @param pads sizes before each axis, then after each, as ONNX's Pad has them; negative ones crop
 */
export const pad = (x: Value, pads: readonly number[], value = 0): Value =>
  pads.every((p) => p === 0) ? x : x.graph.emit("Pad", [x, x.graph.ints(pads), scalar(value, x)], { mode: "constant" });

/** Undoes broadcasting: sums `x` over the axes along which `shape` was stretched, and expands the others if it has to. */
export function unbroadcast(x: Value, shape: Shape): Value {
  if (sameShape(x.dims, shape)) return x;
  const extra = x.rank - shape.length;
  const stretched = x.dims.flatMap((d, i) => (d !== 1 && (i < extra || shape[i - extra] === 1) ? [i] : []));
  const summed = sum(x, stretched);
  return expand(reshape(summed, summed.dims.slice(Math.max(0, extra))), shape);
}

/** x squared. */
export const square = (x: Value): Value => mul(x, x);

/** All axes of x except the given ones. */
export const axesExcept = (x: Value, kept: readonly number[]): number[] => {
  const keep = new Set(kept.map((a) => normalizeAxis(a, x.rank)));
  return x.dims.flatMap((_, i) => (keep.has(i) ? [] : [i]));
};

/** The axis of channels in activations [N, C, ...spatial]. */
export const CHANNEL = 1;

/** The axes of height and width in activations [N, C, ...spatial]. */
export const spatialAxes = (x: Value): number[] => x.dims.flatMap((_, i) => (i >= 2 ? [i] : []));
