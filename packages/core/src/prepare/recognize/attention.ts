import type { Node, Value } from "../../graph/graph.js";
import { matmul, reshape, softmax, transpose } from "../../graph/math.js";
import type { Model } from "../../graph/model.js";
import { rewrite } from "../../graph/rewrite.js";
import { normalizeAxis } from "../../graph/shapes.js";
import { numbersOf, sameShape, sizeOf } from "../../graph/tensor.js";
import { isPlain, numberOf } from "./matching.js";

/**
 * Writes attention, however it was exported, as
 *
 *   A = Softmax(scores)   [images, heads, queries, keys]        Y = MatMul(A, V)   V: [images, heads, keys, features]
 *
 * so that A is a value of the graph, which the product reads as it is: without what guards against rows that see nothing
 * (IsNaN and Where), without masks that hide nothing, with heads on an axis of their own where they were folded into the images, and
 * with tokens as rows where they were columns: V^T A^T is (A V)^T.
 *
 * Requires: inferred types; no Identity, Dropout or Cast to the same type. Ensures: the first factor of a product with a softmax
 * over the last axis is that softmax, and has four dimensions.
 */
export function recognizeAttention(model: Model): Model {
  const images = model.graph.inputs[0]?.shape?.[0] ?? 1;
  const { graph } = rewrite(model.graph, (node, inputs) => {
    if (isPlain(node, "Add")) return withoutMask(node, inputs);
    return isPlain(node, "MatMul") ? (attended(inputs, images) ?? turned(inputs, images)) : undefined;
  });
  return { ...model, graph };
}

type Inputs = readonly (Value | undefined)[];

/** x of x + 0: a mask that hides nothing. */
function withoutMask(node: Node, inputs: Inputs): Value | undefined {
  const mask = inputs.find((v) => v?.initializer && numbersOf(v.initializer)?.every((number) => number === 0));
  const x = inputs.find((v) => v !== mask);
  return mask && x?.shape && node.output.shape && sameShape(x.shape, node.output.shape) ? x : undefined;
}

function attended([weights, V]: Inputs, images: number): Value | undefined {
  const scores = weights && scoresOf(weights);
  if (!weights?.shape || !V?.shape || !scores?.shape || weights.rank < 2 || V.rank !== weights.rank) return undefined;
  const shape = headed(weights.dims, images);
  const leading = shape.slice(0, 2);
  // values that several heads share keep their shape
  if (!sameShape(V.dims.slice(0, -2), weights.dims.slice(0, -2))) return undefined;
  const isThere = weights.rank === 4 && isPlain(weights.producer, "Softmax");
  if (isThere || !shape.every((d) => Number.isInteger(d))) return undefined;
  const A = softmax(reshape(scores, shape), -1);
  const Y = matmul(A, reshape(V, [...leading, ...V.dims.slice(-2)]));
  return reshape(Y, [...weights.dims.slice(0, -1), V.dims.at(-1) as number]);
}

/** (A V)^T of V^T A^T. */
function turned([columns, rows]: Inputs, images: number): Value | undefined {
  const weights = rows && turnedBack(rows);
  if (!columns?.shape || !weights || !scoresOf(weights) || columns.rank !== rows.rank) return undefined;
  const V = swapped(columns);
  return swapped(attended([weights, V], images) ?? matmul(weights, V));
}

/** x with its last two axes in each other's place. */
const swapped = (x: Value): Value => transpose(x, swapping(x.rank));

const swapping = (rank: number): number[] => [...Array(rank - 2).keys(), rank - 1, rank - 2];

/** x of a Transpose of its last two axes. */
function turnedBack({ producer }: Value): Value | undefined {
  const [x] = producer?.inputs ?? [];
  if (!isPlain(producer, "Transpose") || !x?.shape || x.rank < 2) return undefined;
  return sameShape(producer.at.ints("perm", [...x.dims.keys()].reverse()), swapping(x.rank)) ? x : undefined;
}

/** [images, heads, queries, keys], of which the heads may be folded into the images, or windows may come first. */
function headed(dims: readonly number[], images: number): number[] {
  const leading = dims.slice(0, -2);
  const heads = leading.length > 1 ? (leading.at(-1) as number) : sizeOf(leading) / images;
  return [sizeOf(leading) / heads, heads, ...dims.slice(-2)];
}

/** The scores of which a value is the softmax over the last axis. */
function scoresOf(weights: Value): Value | undefined {
  const { producer } = weights;
  const [x] = producer?.inputs ?? [];
  if (!producer || !x?.shape) return undefined;
  if (isPlain(producer, "Softmax"))
    return normalizeAxis(producer.at.int("axis", -1), x.rank) === x.rank - 1 ? x : undefined;
  // heads folded into the images, or taken out of them
  if (isPlain(producer, "Reshape"))
    return sameShape(x.dims.slice(-2), weights.dims.slice(-2)) ? scoresOf(x) : undefined;
  const guarded = guardedBy(producer);
  const scores = guarded && scoresOf(guarded);
  return scores && seesSomething(scores) ? scores : undefined;
}

/** p of Where(IsNaN(p), 0, p). */
function guardedBy(node: Node): Value | undefined {
  const [condition, zero, p] = node.inputs;
  if (!isPlain(node, "Where") || !condition || !zero || numberOf(zero) !== 0) return undefined;
  return isPlain(condition.producer, "IsNaN") && condition.producer.inputs[0] === p ? p : undefined;
}

/** Whether no row of scores can be minus infinity as a whole: they are a product that is scaled, or shifted by finite constants. */
function seesSomething(scores: Value | undefined): boolean {
  if (scores?.initializer) return numbersOf(scores.initializer)?.every(Number.isFinite) ?? false;
  const node = scores?.producer;
  if (isPlain(node, "MatMul")) return true;
  if (isPlain(node, "Reshape")) return seesSomething(node.inputs[0]);
  return KEEPING_FINITE.some((opType) => isPlain(node, opType)) && node?.inputs.every(seesSomething) === true;
}

const KEEPING_FINITE = ["Mul", "Div", "Add"];
