import type { Classifier } from "../classifier.js";
import type { Graph, Value } from "../graph/graph.js";
import { cast } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { isFloat } from "../graph/tensor.js";
import { combinedScore, type Endings } from "../methods/combination.js";
import type { Combination, Score } from "../methods/method.js";
import { IMAGE, TARGET } from "../methods/names.js";
import { classScore } from "../methods/seed.js";
import type { TensorValue } from "../session.js";
import { sortByDepth } from "./order.js";

// Names of the inputs and outputs of compiled graphs. Tensors of the user's model that have such a name get another one.

export { EXPLAINED, IMAGE, LOGITS, PROBABILITIES, TARGET } from "../methods/names.js";

/** An output of a graph and the name that it gets. */
export type NamedOutput = readonly [name: string, value: Value];

/** Adds the input `TARGET` to the graph of a copy, and gives the score of the classes that it names; a combination has no such input. */
export const addScore = (copy: Pick<Classifier, "model" | "logits"> & Endings, combination?: Combination): Score =>
  combination
    ? combinedScore(copy.logits, combination, copy)
    : classScore(copy.logits, copy.model.graph.addInputNamed(TARGET, "int64", [copy.logits.dims[0] as number]), copy);

/** The tensor for the input `TARGET` that explains one class in all images of a batch; -1 for the predicted ones. */
export function targetTensor({ logits }: Pick<Classifier, "logits">, target: number): TensorValue {
  return targetsTensor(new Array<number>(logits.dims[0] as number).fill(target));
}

/** The tensor for the input `TARGET` that explains one class for each image. */
export const targetsTensor = (targets: readonly number[]): TensorValue => ({
  dtype: "int64",
  dims: [targets.length],
  data: BigInt64Array.from(targets, BigInt),
});

/** The classifier with a copy of its graph, which a compilation can write to. */
export function copyOf(classifier: Classifier): Classifier {
  const { graph, successors } = rewrite(classifier.model.graph, () => undefined, { outputs: [classifier.logits] });
  const after = (value: Value) => successors.get(value) as Value;
  return {
    ...classifier,
    model: { ...classifier.model, graph },
    image: after(classifier.image),
    logits: after(classifier.logits),
  };
}

/** The graph of an image and a target with exactly these outputs and names, and nothing that they don't need. */
export function withNamedOutputs(model: Model, outputs: readonly NamedOutput[]): Model {
  const { graph } = model;
  const [image, target] = graph.inputs;
  if (image) graph.rename(image, IMAGE);
  if (target) graph.rename(target, TARGET);
  const values = outputs.map(([, value]) => (isFloat(value.dtype) ? cast(value, "float32") : value));
  const pruned = rewrite(graph, () => undefined, { outputs: values }).graph;
  const made = pruned.outputs.splice(0);
  nameOutputs(
    pruned,
    outputs.map(([name], i) => [name, made[i] as Value]),
  );
  sortByDepth(pruned);
  return { ...model, graph: pruned };
}

/** Adds outputs under exactly these names, each with a value of its own. */
export function nameOutputs(graph: Graph, outputs: readonly NamedOutput[]): void {
  for (const [name, value] of outputs) graph.addOutputNamed(name, value);
}
