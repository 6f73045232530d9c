import { constantNumbers, type Node, type Value } from "../../graph/graph.js";
import { reshape } from "../../graph/math.js";
import { normalizeAxis } from "../../graph/shapes.js";
import { numbersOf, type Shape, sizeOf, type Tensor } from "../../graph/tensor.js";
import { isOwn } from "../../ops/registry.js";

/** The number that a constant of one element holds; undefined for everything else. */
export function numberOf({ initializer }: Value): number | undefined {
  return initializer && sizeOf(initializer.dims) === 1 ? numbersOf(initializer)?.[0] : undefined;
}

/** The number that a constant holds everywhere, in whatever shape; undefined for everything else. */
export function uniformOf({ initializer, producer }: Value): number | undefined {
  if (!initializer) {
    const [x] = isPlain(producer, "Reshape") || isPlain(producer, "Expand") ? producer.inputs : [];
    return x && uniformOf(x);
  }
  if (!known.has(initializer)) {
    const numbers = numbersOf(initializer) ?? [];
    known.set(initializer, numbers.every((v) => v === numbers[0]) ? numbers[0] : undefined);
  }
  return known.get(initializer);
}

const known = new WeakMap<Tensor, number | undefined>();

/** Whether a value is stored, or computed from such in a few steps: constants of many numbers are not computed in advance. */
export const isConstant = ({ initializer, producer }: Value, steps = 4): boolean =>
  initializer !== undefined ||
  (producer !== undefined &&
    steps > 0 &&
    producer.inputs.length > 0 &&
    producer.inputs.every((v) => v === undefined || isConstant(v, steps - 1)));

/** The axes that a mean, a sum or a normalization takes together, in order, without those of length 1, which change nothing. */
export function reducedAxes(node: Node): number[] {
  const [x] = node.inputs;
  const axes = x?.shape ? axesOf(node, [...x.dims.keys()]) : [];
  return axes.filter((axis) => x?.dims[axis] !== 1).sort((a, b) => a - b);
}

/** @param all the axes of the node's first input */
function axesOf(node: Node, all: readonly number[]): readonly number[] {
  const [, given] = node.inputs;
  if (isPlain(node, "LayerNormalization")) return all.slice(normalizeAxis(node.at.int("axis", -1), all.length));
  if (isPlain(node, "InstanceNormalization")) return all.slice(2);
  if (!isPlain(node, "ReduceMean") && !isPlain(node, "ReduceSum")) return [];
  if (!given) return node.at.int("noop_with_empty_axes", 0) ? [] : all;
  const named = given.initializer ? constantNumbers(given, "the axes", node.label) : [];
  return named.map((axis) => normalizeAxis(axis, all.length));
}

/** A shape with axes of length 1 before it. */
export const padded = (shape: Shape, rank: number): number[] => [...new Array(rank - shape.length).fill(1), ...shape];

/** A constant in the shape of some of the axes of x, with length 1 where it is the same along one; undefined if it differs along others. */
export function alongOnly(axes: readonly number[], x: Value, constant: Value): Value | undefined {
  if (!isConstant(constant) || !constant.shape || constant.rank > x.rank) return undefined;
  const dims = padded(constant.dims, x.rank);
  const shape = axes.map((axis) => dims[axis] as number);
  return dims.every((size, axis) => size === 1 || axes.includes(axis)) ? reshape(constant, shape) : undefined;
}

/** Whether a node is an operator of ONNX itself, and the user has not defined it in another way. */
export const isPlain = <OpType extends string>(node: Node | undefined, opType: OpType): node is Plain<OpType> =>
  node?.opType === opType && node.domain === "" && !isOwn(node);

type Plain<OpType extends string> = Node & { readonly opType: OpType };
