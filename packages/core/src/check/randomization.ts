import type { Classifier } from "../classifier.js";
import { copyOf } from "../compile/interface.js";
import { LimnError } from "../error.js";
import { Graph, type Node, type Value } from "../graph/graph.js";
import { add, axesExcept, cast, mean, mul, sqrt, square, sub } from "../graph/math.js";
import { normal } from "../graph/random.js";
import { graft, rewrite } from "../graph/rewrite.js";
import { isFloat, type Tensor } from "../graph/tensor.js";
import { runOnce } from "../onnx/open-session.js";
import { holdsWeights } from "../ops/operator.js";
import { knownOperator } from "../ops/registry.js";
import type { Runtime, TensorValue } from "../session.js";

/** What `randomized` draws again. */
export interface RandomizationOptions {
  /** How many layers, counted from the logits back to the image, as in the cascade of Adebayo et al. Default: all. */
  readonly layers?: number;
  /** The same seed gives the same weights, whatever the number of layers. Default 0. */
  readonly seed?: number;
}

/** The names of the layers with weights, from the logits back to the image, as `randomized` counts them. */
export const weightedLayers = (classifier: Classifier): string[] =>
  weightedNodes(classifier).map(({ node }) => node.name || node.output.name);

/**
 * The same network with new random weights and biases in its last layers (Adebayo et al. 2018, sec. 3.1, cascading
 * randomization): normally distributed, with the mean and deviation of each original tensor, so that the scale of
 * activations stays about the same.
 *
 *   W' = mean(W) + deviation(W) N(0, 1)
 *
 * Batch normalization counts as part of the layer before it, since loading a classifier folds it. Maps that hardly change
 * between the two networks say little about what the network has learned.
 * @throws LimnError `bad-option` for a number of layers that the network does not have
 * @example
 * // everything random except the first layer
 * const layers = weightedLayers(classifier).length - 1;
 * const other = await randomized(classifier, runtime, { layers, seed: 1 });
 */
export async function randomized(
  classifier: Classifier,
  runtime: Runtime,
  { layers, seed = 0 }: RandomizationOptions = {},
): Promise<Classifier> {
  const copy = copyOf(classifier);
  const nodes = weightedNodes(copy);
  const count = layers ?? nodes.length;
  if (!Number.isInteger(count) || count < 0 || count > nodes.length) {
    throw new LimnError(
      "bad-option",
      `layers ${count}: the model has ${nodes.length} layers with weights; give 0 to ${nodes.length}`,
    );
  }
  // a tensor that two layers share is drawn once; each tensor has its own stream, whatever the number of layers
  const streams = new Map([...new Set(nodes.flatMap(({ weights }) => weights))].map((value, i) => [value, i]));
  const chosen = new Set(nodes.slice(0, count).flatMap(({ weights }) => weights));
  const redrawn = await redraw([...chosen], (value) => ({ seed, stream: streams.get(value) as number }), copy, runtime);
  const top = new Set(nodes.slice(0, count).map(({ node }) => node));
  const put = new Map<Value, Value>();
  const { graph, successors } = rewrite(copy.model.graph, (node, inputs, into) => {
    if (!top.has(node)) return undefined;
    const drawn = node.inputs.map((before, i) => {
      const tensor = before && redrawn.get(before);
      if (!tensor) return inputs[i];
      const known = put.get(before) ?? into.addInitializer(`${before.name}/redrawn`, tensor);
      put.set(before, known);
      return known;
    });
    const { name, opType, domain, attributes, captures, origin } = node;
    return into.append({ name, opType, domain, attributes, captures, origin, inputs: drawn }, node.outputs).outputs;
  });
  const after = (value: Value) => successors.get(value) as Value;
  return { ...copy, model: { ...copy.model, graph }, image: after(copy.image), logits: after(copy.logits) };
}

interface WeightedNode {
  readonly node: Node;
  /** Its float inputs that don't depend on the image: weights and biases. */
  readonly weights: readonly Value[];
}

/** From the logits back to the image. */
function weightedNodes({ model: { graph }, image, logits }: Classifier): WeightedNode[] {
  const signals = graph.dependents([image]);
  return graph
    .ancestors([logits])
    .filter((node) => {
      const operator = knownOperator(node);
      return operator && holdsWeights(operator) && node.outputs.some((output) => output && signals.has(output));
    })
    .map((node) => ({
      node,
      weights: node.inputs.filter((v) => v !== undefined).filter((v) => isFloat(v.dtype) && !signals.has(v)),
    }))
    .filter(({ weights }) => weights.length > 0)
    .reverse();
}

/** New numbers for weights. A graph computes them, since the old ones may be in the user's file, or folded by nodes. */
async function redraw(
  weights: readonly Value[],
  sourceOf: (value: Value) => { readonly seed: number; readonly stream: number },
  { model, weights: files }: Classifier,
  runtime: Runtime,
): Promise<Map<Value, Tensor>> {
  const graph = new Graph();
  const step = graph.constant("int64", [], [0]);
  for (const value of weights) {
    const W = cast(graft(value, new Map(), graph, value.name), "float32");
    const all = axesExcept(W, []);
    const center = mean(W, all);
    const deviation = sqrt(mean(square(sub(W, center)), all));
    // a single row, since the numbers are for the tensor as a whole
    const z = normal({ ...sourceOf(value), step }, [1, ...W.dims]);
    const drawn = add(center, mul(deviation, graph.emit("Squeeze", [z, graph.ints([0])])));
    graph.outputs.push(cast(drawn, value.dtype ?? "float32"));
  }
  if (weights.length === 0) return new Map();
  const results = await runOnce({ ...model, graph }, runtime, {}, { weights: files });
  const drawnFor = (i: number) => results[graph.outputs[i]?.name ?? ""] as TensorValue;
  return new Map(weights.map((value, i) => [value, asTensor(drawnFor(i))]));
}

function asTensor({ dtype, dims, data }: TensorValue): Tensor {
  const { buffer, byteOffset, byteLength } = data as Float32Array;
  return { dtype, dims, data: { kind: "bytes", bytes: new Uint8Array(buffer, byteOffset, byteLength) } };
}
