import type { Node, Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";

/** What turns logits into the probabilities that a classifier reports. */
export type ScoreFunction = "softmax" | "sigmoid";

/** Nodes that only change how scores are laid out. */
const LAYOUT = new Set(["Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Transpose", "Cast"]);

const SCORE_FUNCTIONS: Readonly<Record<string, ScoreFunction>> = {
  Softmax: "softmax",
  LogSoftmax: "softmax",
  Sigmoid: "sigmoid",
};

/**
 * Drops a Softmax, LogSoftmax or Sigmoid at the end, so that explanations start at the logits: the
 * gradient of a probability vanishes where the network is certain.
 *
 * Ensures: the first output holds logits; the model's own last step is returned beside it.
 */
export function dropSoftmax(model: Model): { model: Model; dropped: ScoreFunction | undefined } {
  const last = finalScoreFunction(model.graph.outputs[0]);
  if (!last) return { model, dropped: undefined };
  const { graph } = rewrite(model.graph, (node, [x]) => (node === last ? x : undefined));
  for (const name of [last.name, last.output.name]) {
    graph.names.delete(name);
    graph.dissolved.set(name, "explanations start at the logits before it");
  }
  return { model: { ...model, graph }, dropped: SCORE_FUNCTIONS[last.opType] };
}

function finalScoreFunction(output: Value | undefined): Node | undefined {
  let node = output?.producer;
  while (node && node.domain === "" && LAYOUT.has(node.opType)) node = node.inputs[0]?.producer;
  return node && node.domain === "" && node.opType in SCORE_FUNCTIONS ? node : undefined;
}
