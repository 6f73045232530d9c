import { float } from "../../graph/attributes.js";
import type { Node, Value } from "../../graph/graph.js";
import { constantNumbers } from "../../graph/graph.js";
import { reshape } from "../../graph/math.js";
import type { Model } from "../../graph/model.js";
import { rewrite } from "../../graph/rewrite.js";
import { normalizeAxis } from "../../graph/shapes.js";
import { numbersOf, sizeOf } from "../../graph/tensor.js";
import { restate } from "../restate.js";
import { isPlain, numberOf } from "./matching.js";

/**
 * Writes layer normalization that was exported by its parts as one node:
 *
 *   (x - mean x) / sqrt(mean (x - mean x)^2 + epsilon) scale + b        means over the last axes
 *
 * Requires: inferred types, folded constants, inverses as quotients. Ensures: LayerNormalization holds the scale and the bias of
 * the axes that it normalizes.
 */
export function recognizeLayerNormalization(model: Model): Model {
  const { graph } = rewrite(
    model.graph,
    (node, inputs) => standardized(node, inputs) ?? scaled(node, inputs) ?? shifted(node, inputs),
  );
  return { ...model, graph };
}

type Inputs = readonly (Value | undefined)[];

/** (x - mean x) / sqrt(mean (x - mean x)^2 + epsilon), with a scale of 1. */
function standardized(node: Node, [centered, deviation]: Inputs): Value | undefined {
  if (!isPlain(node, "Div") || !centered || !deviation) return undefined;
  const { x, axis } = centering(centered.producer) ?? {};
  const radicand = rootOf(deviation);
  if (!x || axis === undefined || !radicand || !isPlain(radicand.producer, "Add")) return undefined;
  const [a, b] = radicand.producer.inputs as readonly [Value, Value];
  const [variance, epsilon] = numberOf(b) !== undefined ? [a, numberOf(b)] : [b, numberOf(a)];
  const mean = meanOverLast(variance.producer);
  if (epsilon === undefined || epsilon < 0 || mean?.axis !== axis) return undefined;
  // some write the difference twice
  const squared = centering(squareRootOf(mean.of)?.producer);
  if (squared?.x !== x || squared.axis !== axis) return undefined;
  const shape = x.dims.slice(axis);
  const ones = x.graph.constant(x.dtype ?? "float32", shape, new Array(sizeOf(shape)).fill(1));
  return normalization(node, [x, ones], axis - x.rank, epsilon);
}

/** LayerNormalization(x, 1) c, with a constant c of the normalized axes. */
function scaled(node: Node, inputs: Inputs): Value | undefined {
  const { norm, constant } = isPlain(node, "Mul") ? withConstant(inputs) : {};
  const [x, scale, b] = norm?.inputs ?? [];
  if (!norm || !x || !scale || b || !constant || !isOnes(scale)) return undefined;
  return normalization(node, [x, constant], norm.at.int("axis", -1), norm.at.float("epsilon", 1e-5));
}

/** LayerNormalization(x, scale) + c, with a constant c of the normalized axes. */
function shifted(node: Node, inputs: Inputs): Value | undefined {
  const { norm, constant } = isPlain(node, "Add") ? withConstant(inputs) : {};
  const [x, scale, b] = norm?.inputs ?? [];
  if (!norm || b || !constant) return undefined;
  return normalization(node, [x, scale, constant], norm.at.int("axis", -1), norm.at.float("epsilon", 1e-5));
}

const normalization = (node: Node, inputs: Inputs, axis: number, epsilon: number): Value | undefined =>
  restate(node, inputs, (inputs[0] as Value).graph, {
    opType: "LayerNormalization",
    without: [...node.attributes.keys()],
    attributes: { axis, epsilon: float(epsilon) },
  })[0];

/** A LayerNormalization and a constant in the shape of its scale. */
function withConstant([a, b]: Inputs): { norm?: Node; constant?: Value } {
  const norm = [a?.producer, b?.producer].find((producer) => isPlain(producer, "LayerNormalization"));
  const constant = norm && (norm === a?.producer ? b : a);
  const scale = norm?.inputs[1];
  if (!norm || !constant?.initializer || !scale?.shape) return {};
  // the same numbers, whether or not axes of length 1 come first
  const fits =
    sizeOf(constant.dims) === sizeOf(scale.dims) && scale.dims.every((d, i) => d === constant.dims.at(i - scale.rank));
  return fits ? { norm, constant: reshape(constant, scale.dims) } : {};
}

const isOnes = ({ initializer }: Value): boolean =>
  (initializer && numbersOf(initializer)?.every((v) => v === 1)) ?? false;

/** x and the first axis of the mean in x - mean x. */
function centering(node: Node | undefined): { x: Value; axis: number } | undefined {
  if (!isPlain(node, "Sub")) return undefined;
  const [x, m] = node.inputs as readonly [Value, Value];
  const mean = meanOverLast(m.producer);
  return mean?.of === x ? { x, axis: mean.axis } : undefined;
}

/** What a mean is of, and the first of its axes, from which on it takes all. */
function meanOverLast(node: Node | undefined): { of: Value; axis: number } | undefined {
  const [of, axes] = node?.inputs ?? [];
  if (!isPlain(node, "ReduceMean") || !of?.shape || !axes?.initializer || node.at.int("keepdims", 1) !== 1)
    return undefined;
  const sorted = constantNumbers(axes, "the axes", node.label)
    .map((axis) => normalizeAxis(axis, of.rank))
    .sort((a, b) => a - b);
  const [first] = sorted;
  if (first === undefined || !sorted.every((axis, i) => axis === first + i)) return undefined;
  return first + sorted.length === of.rank ? { of, axis: first } : undefined;
}

/** v of sqrt v. */
function rootOf({ producer }: Value): Value | undefined {
  const [v, exponent] = producer?.inputs ?? [];
  if (isPlain(producer, "Sqrt")) return v;
  return isPlain(producer, "Pow") && exponent && numberOf(exponent) === 0.5 ? v : undefined;
}

/** v of v^2. */
function squareRootOf({ producer }: Value): Value | undefined {
  const [v, other] = producer?.inputs ?? [];
  if (isPlain(producer, "Mul")) return v === other ? v : undefined;
  return isPlain(producer, "Pow") && other && numberOf(other) === 2 ? v : undefined;
}
