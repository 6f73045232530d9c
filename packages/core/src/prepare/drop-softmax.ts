import type { Node, Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import type { ScoreFunction } from "../ops/operator.js";
import { factOf } from "../ops/registry.js";

/**
 * Drops a Softmax, LogSoftmax or Sigmoid at the end, so that explanations start at the logits: the gradient of a
 * probability vanishes if the network is certain. What only resembles these stays.
 *
 * Ensures: the first output holds logits.
 * @returns the model, and the score function that it lost
 */
export function dropSoftmax(model: Model): { model: Model; dropped: ScoreFunction | undefined } {
  const last = finalScoreFunction(model.graph.outputs[0]);
  if (!last || factOf(last, "roughly")) return { model, dropped: undefined };
  // probabilities are rounded to integers from 0 to 1, which would cut off the logits
  const after = new Set(model.graph.descendants([last.output]).filter(rounds));
  const { graph } = rewrite(model.graph, (node, [x]) => (node === last || after.has(node) ? x : undefined));
  for (const name of [last.name, last.output.name]) {
    graph.names.delete(name);
    graph.dissolved.set(name, "explanations start at the logits before it");
  }
  return { model: { ...model, graph }, dropped: factOf(last, "scores") };
}

/** The node that makes probabilities of scores, if nothing but changes of layout comes after it. */
function finalScoreFunction(output: Value | undefined): Node | undefined {
  let node = output?.producer;
  while (node && carriesOn(node)) node = node.inputs[0]?.producer;
  return node && factOf(node, "scores") ? node : undefined;
}

/** What makes probabilities in the last step to a value, if that is what it does. */
export function scoresOf(value: Value): ScoreFunction | undefined {
  const last = finalScoreFunction(value);
  return last && factOf(last, "scores");
}

/** The node that gives the largest of some scores, or where they are, if nothing but layout and probabilities come after it. */
export function rankingOf(output: Value): Node | undefined {
  let node = output.producer;
  while (node && (carriesOn(node) || factOf(node, "scores"))) node = node.inputs[0]?.producer;
  return node && factOf(node, "ranks") ? node : undefined;
}

/** Whether a node gives its input's numbers, perhaps in another layout. */
function carriesOn(node: Node): boolean {
  const layout = factOf(node, "layout");
  return layout === "copies" || layout === "reshapes" || layout === "permutes" || rounds(node);
}

/** Whether a node makes integers that stand for floats, or the floats again. */
const rounds = (node: Node): boolean => factOf(node, "numbers") === "quantized";
