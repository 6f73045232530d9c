import type { Node, Value } from "../../graph/graph.js";
import { matmul, slice } from "../../graph/math.js";
import type { Model } from "../../graph/model.js";
import { rewrite } from "../../graph/rewrite.js";
import { takenBy } from "../../ops/registry.js";
import { isConstant, isPlain } from "./matching.js";

/**
 * Takes a product with weights apart whose parts get biases of their own, as simplifiers write the queries, keys and values of
 * three layers, so that each is a layer with its bias:
 *
 *   [y1 y2] = x [W1 W2],  y1 + b1,  y2 + b2   ->   x W1 + b1,  x W2 + b2
 *
 * Requires: inferred types, folded constants. Ensures: no constant is added to a part of a product that is read in parts only.
 */
export function recognizeSplitProducts(model: Model): Model {
  const consumers = model.graph.consumers();
  const readersOf = (value: Value | undefined): readonly Node[] => (value && consumers.get(value)) ?? [];
  const isBiased = (part: Value | undefined) =>
    readersOf(part).some((node) => isPlain(node, "Add") && node.inputs.some((v) => v && v !== part && isConstant(v)));
  const { graph } = rewrite(model.graph, (node, [y]) => {
    const ranges = rangesOf(node);
    const product = y?.producer;
    const [x, W] = product?.inputs ?? [];
    if (!ranges || !isPlain(product, "MatMul") || !x || W?.shape?.length !== 2 || !isConstant(W)) return undefined;
    const readers = readersOf(node.inputs[0]);
    const isInParts =
      readers.every((reader) => rangesOf(reader)) && !model.graph.outputs.includes(node.inputs[0] as Value);
    if (!isInParts || !readers.some(({ outputs }) => outputs.some(isBiased))) return undefined;
    return ranges.map(([start, end]) => matmul(x, slice(W, [{ axis: 1, start, end }])));
  });
  return { ...model, graph };
}

/** From where to where a node's outputs are parts of its input, along its last axis. */
function rangesOf(node: Node): (readonly [number, number])[] | undefined {
  const [x] = node.inputs;
  if (!x?.shape || !(isPlain(node, "Split") || isPlain(node, "Slice"))) return undefined;
  const last = x.rank - 1;
  const ranges = node.outputs.flatMap((y, i) => {
    const [part, ...others] = (y?.shape && takenBy(node, y, i)) ?? [];
    const isRange = part?.axis === last && part.step === 1 && others.length === 0;
    return isRange ? [[part.first, part.first + part.count] as const] : [];
  });
  return ranges.length === node.outputs.length ? ranges : undefined;
}
