import type { Node, Value } from "../../graph/graph.js";
import { reshape, transpose } from "../../graph/math.js";
import { sameShape } from "../../graph/tensor.js";
import { isOwn } from "../../ops/registry.js";
import {
  applied,
  clip,
  constantOf,
  type Expression,
  erf,
  inFile,
  inverse,
  isFunction,
  mean,
  minus,
  plus,
  relu,
  scaled,
  sigmoid,
  standardized,
  tanh,
  times,
  x,
} from "./expression.js";
import { isConstant, isPlain, padded, reducedAxes, uniformOf } from "./matching.js";

/** More products than any activation has. Larger sums are no activations, and are not multiplied out. */
const LARGEST = 16;

/** How a value is turned: the axes of the result, as those of the value. Undefined if it is not. */
type Turn = readonly number[] | undefined;

/**
 * How the output of a node is computed from one value, number by number, or with its means; optimizers move transposes through
 * all of this.
 * @param inputs the node's inputs, which may be those of its copy in another graph
 * @param axes what means are over, without those of length 1. Default: there are none
 * @returns undefined if it takes anything else, or operators that are not part of activations and normalizations
 */
export function expressionOf(node: Node, inputs: Inputs, argument: Value, axes: Axes = []): Expression | undefined {
  const known = new Map([[argument, new Map<string, Expression | undefined>([["", x]])]]);
  const of = (value: Value, turn: Turn): Expression | undefined => {
    const ways = known.get(value) ?? new Map<string, Expression | undefined>();
    known.set(value, ways);
    const way = String(turn ?? "");
    if (ways.has(way)) return ways.get(way);
    const { producer } = value;
    const result =
      constantAs(value, turn) ?? (producer && isStep(producer) ? step(producer, producer.inputs, turn) : undefined);
    const small = result && result.length <= LARGEST ? result : undefined;
    ways.set(way, small);
    return small;
  };
  const step = (taken: Node, from: Inputs, turn: Turn) =>
    STEPS[taken.opType]?.({ node: taken, inputs: from, axes, turn, of });
  const before = argument.producer;
  const [source] = isPlain(before, "Transpose") ? before.inputs : [];
  if (source && before) known.set(source, new Map([[String(composed(before, undefined) ?? ""), x]]));
  return isStep(node) ? step(node, inputs, undefined) : undefined;
}

/** The turn of what a Transpose reads. */
function composed(node: Node, turn: Turn): Turn {
  const perm = node.at.ints("perm", [...(node.inputs[0] as Value).dims.keys()].reverse());
  const both = turn?.map((axis) => perm[axis] as number) ?? perm;
  return both.every((axis, i) => axis === i) ? undefined : both;
}

/** Where axes of a value are after a turn. */
export const turned = (axes: Axes, turn: Turn): Axes =>
  turn ? [...turn.keys()].filter((i) => axes.includes(turn[i] as number)) : axes;

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
  readonly turn: Turn;
  readonly of: (value: Value, turn: Turn) => Expression | undefined;
}

type Step = (place: Place) => Expression | undefined;

function constantAs(value: Value, turn: Turn): Expression | undefined {
  const known = uniformOf(value);
  if (known !== undefined) return inFile(known);
  if (!isConstant(value) || (turn && !value.shape)) return undefined;
  return [{ factor: 1, of: [{ constant: turn ? turnedConstant(value, turn) : value }] }];
}

function turnedConstant(value: Value, turn: readonly number[]): Value {
  const dims = padded(value.dims, turn.length);
  const long = turn.filter((axis) => dims[axis] !== 1);
  const isInOrder = long.every((axis, i) => i === 0 || axis > (long[i - 1] as number));
  const shape = turn.map((axis) => dims[axis] as number);
  return isInOrder ? reshape(value, shape) : transpose(reshape(value, dims), turn);
}

/** An input in its node's turn, which it can't have if its axes are aligned with the last of others. */
function input({ inputs, turn, of }: Place, i: number): Expression | undefined {
  const value = inputs[i];
  const isAligned = !turn || !value || value.shape?.length === turn.length || isConstant(value);
  return value && isAligned ? of(value, turn) : undefined;
}

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
const averaged = (place: Place): Expression | undefined => {
  const { node, inputs, axes, turn } = place;
  const a = sameShape(turned(reducedAxes(node), turn), axes) ? input(place, 0) : undefined;
  const sizes = reducedAxes(node).map((axis) => inputs[0]?.dims[axis] as number);
  return a && scaled(mean(a), node.opType === "ReduceSum" ? sizes.reduce((n, size) => n * size, 1) : 1);
};

const keepsAxes = ({ at }: Node): boolean => at.int("keepdims", 1) === 1;

const reduction: Step = (place) => (keepsAxes(place.node) ? averaged(place) : undefined);

/** A mean whose axes were dropped, and then given back. */
const regained: Step = (place) => {
  const { producer } = place.inputs[0] ?? {};
  const [all] = producer?.inputs ?? [];
  const { shape } = place.node.output;
  const isMean = isPlain(producer, "ReduceMean") || isPlain(producer, "ReduceSum");
  if (!producer || !isMean || keepsAxes(producer) || !all?.shape || !shape) return undefined;
  const reduced = reducedAxes(producer);
  const kept = all.dims.map((size, axis) => (reduced.includes(axis) ? 1 : size));
  return sameShape(shape, kept) ? averaged({ ...place, node: producer, inputs: producer.inputs }) : undefined;
};

const normalized: Step = (place) => {
  const { node, axes, turn, inputs } = place;
  const [a, scale, b] = [input(place, 0), input(place, 1), inputs[2] ? input(place, 2) : []];
  if (!a || !scale || !b || !sameShape(turned(reducedAxes(node), turn), axes)) return undefined;
  // the scales of channels have no place in a product
  if (node.opType === "InstanceNormalization" && [scale, b].some((v) => constantOf(v) === undefined)) return undefined;
  return plus(times(standardized(a, node.at.float("epsilon", 1e-5)), scale), b);
};

const POWERS: ReadonlyMap<number, (a: Expression) => Expression> = new Map([
  [2, (a) => times(a, a)],
  [3, (a) => times(a, times(a, a))],
  [0.5, (a) => applied("root", a)],
  [-0.5, (a) => applied("inverse-root", a)],
]);

/** min(a, top), where a is max(..., 0): top clip(a / top) */
function below(a: Expression, top: Expression): Expression | undefined {
  const isRelu = a.length === 1 && a[0]?.of.length === 1 && isFunction(a[0].of[0], "relu");
  const share = isRelu && (constantOf(top) ?? 0) > 0 ? inverse(top) : undefined;
  return share && times(clip(times(a, share)), top);
}

const STEPS: Readonly<Record<string, Step>> = {
  Add: both(plus),
  // as ONNX itself defines Gelu, which ONNX Runtime writes out where it has no kernel
  Sum: (place) => {
    const parts = place.inputs.map((_, i) => input(place, i));
    return parts.every((part): part is Expression => part !== undefined) ? plus(...parts) : undefined;
  },
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
  HardSigmoid: first((a, { at }) =>
    clip(plus(times(a, inFile(at.float("alpha", 0.2))), inFile(at.float("beta", 0.5)))),
  ),
  Relu: first(relu),
  Max: both((a, b) => (constantOf(b) === 0 ? relu(a) : constantOf(a) === 0 ? relu(b) : undefined)),
  Min: both((a, b) => below(a, b) ?? below(b, a)),
  Clip: (place) => {
    const [a, low, high] = [input(place, 0), input(place, 1), input(place, 2)];
    const positive = a && low && constantOf(low) === 0 ? relu(a) : undefined;
    return positive && place.inputs[2] ? high && below(positive, high) : positive;
  },
  ReduceMean: reduction,
  ReduceSum: reduction,
  Reshape: regained,
  Unsqueeze: regained,
  LayerNormalization: normalized,
  InstanceNormalization: normalized,
  Transpose: ({ node, inputs: [v], turn, of }) => v && of(v, composed(node, turn)),
};
