import type { Node, Value } from "../../graph/graph.js";
import { reshape } from "../../graph/math.js";
import { normalizeAxis } from "../../graph/shapes.js";
import { sameShape } from "../../graph/tensor.js";
import { isOwn } from "../../ops/registry.js";
import {
  applied,
  clip,
  constantOf,
  type Expression,
  erf,
  inverse,
  isFunction,
  mean,
  minus,
  number,
  plus,
  relu,
  scaled,
  sigmoid,
  standardized,
  tanh,
  times,
  x,
} from "./expression.js";
import { isConstant, isPlain, reducedAxes, uniformOf } from "./matching.js";

/** More products than any activation has: what is larger is none, and is not multiplied out. */
const LARGEST = 16;

/**
 * How the output of a node is computed from one value, number by number, or with its means.
 * @param inputs the node's inputs, which may be those of its copy in another graph
 * @param axes what means are over. Default: there are none
 * @returns undefined if it takes anything else, or operators that are not part of activations and normalizations
 */
export function expressionOf(node: Node, inputs: Inputs, argument: Value, axes: Axes = []): Expression | undefined {
  const known = new Map<Value, Expression | undefined>([[argument, x]]);
  const of = (value: Value): Expression | undefined => {
    if (known.has(value)) return known.get(value);
    const { producer } = value;
    const result = constantAs(value) ?? (producer && isStep(producer) ? step(producer, producer.inputs) : undefined);
    const small = result && result.length <= LARGEST ? result : undefined;
    known.set(value, small);
    return small;
  };
  const step = (taken: Node, from: Inputs) => STEPS[taken.opType]?.({ node: taken, inputs: from, axes, of });
  return isStep(node) ? step(node, inputs) : undefined;
}

/** Whether a node is a step of `expressionOf`. */
export const isStep = (node: Node): boolean => node.domain === "" && node.opType in STEPS && !isOwn(node);

/** As many steps as lie between x and an activation or a normalization of it. */
const DEEPEST = 8;

/** What a node may compute a function of: everything that is read on the way to it, the nearest first. */
export function argumentsOf(inputs: Inputs): Set<Value> {
  const found = new Set<Value>();
  let reached = inputs;
  for (let depth = 0; depth < DEEPEST && reached.length > 0; depth++) {
    const values = reached.filter((v): v is Value => v !== undefined && !v.initializer && !found.has(v));
    for (const value of values) found.add(value);
    reached = values.flatMap(({ producer }) => (producer && isStep(producer) ? producer.inputs : []));
  }
  return found;
}

type Inputs = readonly (Value | undefined)[];
type Axes = readonly number[];

/** A node on the way from x, and what its inputs are. */
interface Place {
  readonly node: Node;
  readonly inputs: Inputs;
  readonly axes: Axes;
  readonly of: (value: Value) => Expression | undefined;
}

type Step = (place: Place) => Expression | undefined;

function constantAs(value: Value): Expression | undefined {
  const known = uniformOf(value);
  if (known !== undefined) return number(known);
  return isConstant(value) ? [{ factor: 1, of: [{ constant: value }] }] : undefined;
}

const input = ({ inputs, of }: Place, i: number): Expression | undefined => inputs[i] && of(inputs[i]);

const first =
  (of: (a: Expression, node: Node) => Expression | undefined): Step =>
  (place) => {
    const a = input(place, 0);
    return a && of(a, place.node);
  };

const both =
  (of: (a: Expression, b: Expression) => Expression | undefined): Step =>
  (place) => {
    const [a, b] = [input(place, 0), input(place, 1)];
    return a && b && of(a, b);
  };

/** The mean over the axes, or as many times it as there are numbers. */
const averaged = ({ node, inputs: [all], axes, of }: Place): Expression | undefined => {
  const a = all && sameShape(reducedAxes(node), axes) ? of(all) : undefined;
  const count = node.opType === "ReduceSum" ? axes.reduce((n, axis) => n * (all?.dims[axis] as number), 1) : 1;
  return a && scaled(mean(a), count);
};

const keepsAxes = ({ at }: Node): boolean => at.int("keepdims", 1) === 1;

const reduction: Step = (place) => (keepsAxes(place.node) ? averaged(place) : undefined);

/** A mean whose axes were dropped, and then given back. */
const regained: Step = (place) => {
  const { producer } = place.inputs[0] ?? {};
  const [all] = producer?.inputs ?? [];
  const isMean = isPlain(producer, "ReduceMean") || isPlain(producer, "ReduceSum");
  if (!producer || !isMean || keepsAxes(producer) || !all?.shape || !place.node.output.shape) return undefined;
  const kept = all.dims.map((size, axis) => (place.axes.includes(axis) ? 1 : size));
  return sameShape(place.node.output.dims, kept)
    ? averaged({ ...place, node: producer, inputs: producer.inputs })
    : undefined;
};

const normalized: Step = (place) => {
  const { node, axes, inputs } = place;
  const [a, scale, b] = [input(place, 0), input(place, 1), inputs[2] ? input(place, 2) : []];
  if (!a || !scale || !b || !sameShape(reducedAxes(node), axes)) return undefined;
  // the scales of channels have no place in a product
  if (node.opType === "InstanceNormalization" && [scale, b].some((v) => constantOf(v) === undefined)) return undefined;
  return plus(times(standardized(a, node.at.float("epsilon", 1e-5)), scale), b);
};

/** The same over axes that become the last for it alone, such as the channels of pictures. */
const turned: Step = ({ node, axes, of }) => {
  const { norm, x, own } = turnedNormalization(node) ?? {};
  if (!norm || !x || !own || !sameShape(averagedAxes(node), axes)) return undefined;
  const shape = x.dims.map((size, axis) => (own.includes(axis) ? size : 1));
  const along = (v: Value) => {
    const known = uniformOf(v);
    return known === undefined ? of(reshape(v, shape)) : number(known);
  };
  const [, scale, b] = norm.inputs;
  const [a, factor, shift] = [of(x), scale && along(scale), b ? along(b) : []];
  return a && factor && shift && plus(times(standardized(a, norm.at.float("epsilon", 1e-5)), factor), shift);
};

/** A LayerNormalization between a Transpose and this one, which undoes the first, and the axes of x that it normalizes. */
function turnedNormalization(node: Node): { norm: Node; x: Value; own: readonly number[] } | undefined {
  const norm = node.inputs[0]?.producer;
  const before = norm?.inputs[0]?.producer;
  const [x] = before?.inputs ?? [];
  if (
    !isPlain(node, "Transpose") ||
    !isPlain(norm, "LayerNormalization") ||
    !isPlain(before, "Transpose") ||
    !x?.shape
  ) {
    return undefined;
  }
  const [there, back] = [before.at.ints("perm", []), node.at.ints("perm", [])];
  const own = there.slice(normalizeAxis(norm.at.int("axis", -1), x.rank));
  const isBack = back.length > 0 && back.every((axis, i) => there[axis] === i);
  // a scale of several axes has them in the order of x
  const isInOrder = sameShape(
    own,
    own.toSorted((a, b) => a - b),
  );
  return isBack && isInOrder ? { norm, x, own } : undefined;
}

/** The axes that a step takes the means of, in order, without those of length 1, which change nothing. */
export function averagedAxes(node: Node): readonly number[] {
  const { x, own } = turnedNormalization(node) ?? {};
  return x && own ? own.filter((axis) => x.dims[axis] !== 1) : reducedAxes(node);
}

const POWERS: ReadonlyMap<number, (a: Expression) => Expression> = new Map([
  [2, (a) => times(a, a)],
  [3, (a) => times(a, times(a, a))],
  [0.5, (a) => applied("root", a)],
  [-0.5, (a) => applied("inverse-root", a)],
]);

/** min(a, top), where a is max(..., 0): top clip(a / top) */
function below(a: Expression, top: number | undefined): Expression | undefined {
  const isRelu = a.length === 1 && a[0]?.of.length === 1 && isFunction(a[0].of[0], "relu");
  return isRelu && top !== undefined && top > 0 ? scaled(clip(scaled(a, 1 / top)), top) : undefined;
}

const STEPS: Readonly<Record<string, Step>> = {
  Add: both(plus),
  Sub: both(minus),
  Mul: both(times),
  Div: both((a, b) => {
    const factor = inverse(b);
    return factor && times(a, factor);
  }),
  Reciprocal: first(inverse),
  Neg: first((a) => scaled(a, -1)),
  Pow: both((a, b) => POWERS.get(constantOf(b) ?? Number.NaN)?.(a)),
  Sqrt: first((a) => applied("root", a)),
  Exp: first((a) => applied("exp", a)),
  Erf: first(erf),
  Tanh: first(tanh),
  Sigmoid: first(sigmoid),
  Softplus: first((a) => applied("softplus", a)),
  HardSigmoid: first((a, { at }) => clip(plus(scaled(a, at.float("alpha", 0.2)), number(at.float("beta", 0.5))))),
  Relu: first(relu),
  Max: both((a, b) => (constantOf(b) === 0 ? relu(a) : constantOf(a) === 0 ? relu(b) : undefined)),
  Min: both((a, b) => below(a, constantOf(b)) ?? below(b, constantOf(a))),
  Clip: (place) => {
    const [a, low, high] = [input(place, 0), input(place, 1), input(place, 2)];
    const positive = a && low && constantOf(low) === 0 ? relu(a) : undefined;
    return positive && place.inputs[2] ? below(positive, high && constantOf(high)) : positive;
  },
  ReduceMean: reduction,
  ReduceSum: reduction,
  Reshape: regained,
  Unsqueeze: regained,
  LayerNormalization: normalized,
  InstanceNormalization: normalized,
  Transpose: turned,
};
