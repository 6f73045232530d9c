import type { Classifier } from "../classifier.js";
import type { Graph, Value } from "../graph/graph.js";
import { cast } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { isFloat } from "../graph/tensor.js";
import { combinedScore } from "../methods/combination.js";
import type { Combination, Score } from "../methods/method.js";
import { classScore } from "../methods/seed.js";
import type { TensorValue } from "../session.js";

// What goes in and out of compiled graphs, by name. Tensors of the user's own that have such a name get another one.

export const IMAGE = "image";
/** int64 [N], the class to explain for each image; -1 stands for the predicted one. */
export const TARGET = "target";
/** float32 [N, classes] */
export const LOGITS = "logits";
/** float32 [N, classes], 0 to 1 */
export const PROBABILITIES = "probabilities";
/** int64 [N], the class that is explained: the target, or where that is -1, the predicted class. */
export const EXPLAINED = "explained";

/** An output of a graph, under the name that it is to get. */
export type NamedOutput = readonly [name: string, value: Value];

/** Adds the input `TARGET` to a copy's graph, and gives the score of the classes that it names; a combination has no such input. */
export const addScore = ({ model, logits }: Pick<Classifier, "model" | "logits">, combination?: Combination): Score =>
  combination
    ? combinedScore(logits, combination)
    : classScore(logits, model.graph.addInputNamed(TARGET, "int64", [logits.dims[0] as number]));

/** What the input `TARGET` takes where all images of a batch are explained for one class; -1 for the predicted ones. */
export function targetTensor({ logits }: Pick<Classifier, "logits">, target: number): TensorValue {
  return targetsTensor(new Array<number>(logits.dims[0] as number).fill(target));
}

/** The same for a class of each image. */
export const targetsTensor = (targets: readonly number[]): TensorValue => ({
  dtype: "int64",
  dims: [targets.length],
  data: BigInt64Array.from(targets, BigInt),
});

/** A graph of its own for what a compilation writes. */
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

/** The graph of an image and a target with just these outputs, under just these names, and nothing that they don't need. */
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
  return { ...model, graph: pruned };
}

/** Adds outputs under just these names, a value of its own for each. */
export function nameOutputs(graph: Graph, outputs: readonly NamedOutput[]): void {
  for (const [name, value] of outputs) graph.addOutputNamed(name, value);
}
