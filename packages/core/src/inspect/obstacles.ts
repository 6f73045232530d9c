import { BackwardPass, gradientStep, type Step } from "../backward.js";
import type { Classifier } from "../classifier.js";
import { addScore, copyOf } from "../compile/interface.js";
import { compositeOf, USUAL } from "../composites/registry.js";
import { LimnError } from "../error.js";
import type { Node } from "../graph/graph.js";
import { isPiecewiseConstant } from "../ops/operator.js";
import { operatorOf } from "../ops/registry.js";
import { compositeFor } from "../relevance/composite-for.js";
import { inputRangeOf } from "../relevance/input-range.js";
import { planOf } from "../relevance/plan.js";
import { Propagation } from "../relevance/propagation.js";

/** Nodes of one operator that gradients or relevance get to, and don't pass. */
export interface Obstacle {
  /** With its domain, if it is not ONNX's own. */
  readonly operator: string;
  /** How many nodes. */
  readonly nodes: number;
  /** The name of the one that is next to the scores. */
  readonly first: string;
  /** What does not pass. */
  readonly stops: "gradient" | "relevance";
  /** Why, and what to do about it. */
  readonly reason: string;
}

/**
 * Lists the operators that stop gradients or relevance on their way from the scores to the image: those without a gradient,
 * with one that is 0 everywhere, or without a rule of relevance. Each pass is written to its end, as if nothing came
 * through such a node.
 */
export function obstaclesOf(classifier: Classifier): Obstacle[] {
  const copy = copyOf(classifier);
  const { logits } = copy;
  const { seed } = addScore(copy);
  const plan = planOf(copy, compositeOf(compositeFor(copy, USUAL)));
  const relevance = new Propagation(plan, {}, inputRangeOf(copy, undefined));
  const steps: [Obstacle["stops"], Step][] = [
    ["gradient", gradientStep],
    ["relevance", relevance.step],
  ];
  return steps.flatMap(([stops, step]) => {
    const stopped = new Map<Node, string>();
    const pass = new BackwardPass(new Map([[logits, seed]]), watched(step, stopped), stops);
    try {
      pass.at(copy.image);
    } catch (error) {
      // nothing may arrive, and what a node's body reads ends the pass; what was found until then counts
      if (!(error instanceof LimnError)) throw error;
    }
    return grouped(stopped, stops);
  });
}

/** A step of a backward pass by which nothing comes through where it is refused. @param stopped takes the nodes and reasons */
const watched =
  (step: Step, stopped: Map<Node, string>): Step =>
  (node, index, cotangents) => {
    try {
      const { gradient } = operatorOf(node);
      if (isPiecewiseConstant(gradient)) {
        stopped.set(node, `the gradient is 0, because ${gradient.piecewiseConstant}`);
      }
      return step(node, index, cotangents);
    } catch (error) {
      if (!(error instanceof LimnError)) throw error;
      stopped.set(node, error.message.replace(`${node.label}: `, ""));
      return undefined;
    }
  };

function grouped(stopped: ReadonlyMap<Node, string>, stops: Obstacle["stops"]): Obstacle[] {
  const groups = new Map<string, Obstacle>();
  for (const [node, reason] of stopped) {
    const operator = node.domain ? `${node.domain}.${node.opType}` : node.opType;
    const key = `${operator}: ${reason}`;
    const { nodes, first } = groups.get(key) ?? { nodes: 0, first: node.name || node.output.name };
    groups.set(key, { operator, nodes: nodes + 1, first, stops, reason });
  }
  return [...groups.values()];
}
