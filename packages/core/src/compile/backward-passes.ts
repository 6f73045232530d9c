import { type BackwardPass, type GradientStep, gradientFrom } from "../backward.js";
import type { Classifier } from "../classifier.js";
import { compositeOf, keyOf } from "../composites/registry.js";
import { LimnError } from "../error.js";
import type { Graph, Value } from "../graph/graph.js";
import { sameShape } from "../graph/tensor.js";
import { checkValue, typed } from "../methods/check-value.js";
import type { Method, MethodContext, RelevanceChoice, Score } from "../methods/method.js";
import { compositeFor } from "../relevance/composite-for.js";
import { type InputRange, inputRangeOf } from "../relevance/input-range.js";
import { planOf } from "../relevance/plan.js";
import { Propagation } from "../relevance/propagation.js";

/** Gradients for all methods of a graph: one backward pass for each score and way of passing ReLUs. */
export function sharedGradients(graph: Graph): (method: Method) => MethodContext["gradient"] {
  const passes = new Map<GradientStep, Map<Score, BackwardPass>>();
  return (method) => (score, value) => {
    const { name, backward = "gradient" } = method;
    if (backward === "none") {
      const advice = 'remove backward: "none" from its definition';
      throw new LimnError("bad-option", `method ${name}: it calls \`gradient\` but is defined to take none; ${advice}`);
    }
    checkValue(method, "gradient(score, value) takes a score whose logits are", score?.logits, graph);
    checkValue(method, "gradient(score, value) takes a score whose seed is", score.seed, graph);
    checkValue(method, "gradient(score, value) takes a value that is", value, graph);
    const pass = madeOnce(madeOnce(passes, backward, newMap), score, () =>
      gradientFrom(score.logits, score.seed, backward),
    );
    return pass.at(value);
  };
}

/** Relevance for all methods of a graph: one backward pass for each seed, composite and epsilon. */
export function sharedRelevances(
  classifier: Classifier,
  range: InputRange | undefined,
): (method: Method) => MethodContext["relevance"] {
  const passes = new Map<string, Map<Value, BackwardPass>>();
  const { logits } = classifier;
  return (method) => (seed, value, propagation) => {
    checkValue(method, "relevance(seed, value, propagation) takes a seed that is", seed, logits.graph, {
      fits: ({ dims, dtype }) => dtype === logits.dtype && sameShape(dims, logits.dims),
      advice: `give the relevance of the logits, ${typed(logits)}`,
    });
    checkValue(method, "relevance(seed, value, propagation) takes a value that is", value, logits.graph);
    checkPropagation(method, propagation);
    const { composite, epsilon } = propagation;
    const pass = madeOnce(madeOnce(passes, `${keyOf(composite)} ${epsilon}`, newMap), seed, () => {
      const plan = planOf(classifier, compositeOf(compositeFor(classifier, composite)));
      const propagation = new Propagation(plan, { epsilon, range: inputRangeOf(classifier, range) });
      return propagation.from(classifier.logits, seed);
    });
    return pass.at(value);
  };
}

function checkPropagation({ name }: Method, propagation: unknown): void {
  const { composite, epsilon } = (propagation ?? {}) as Partial<RelevanceChoice>;
  if (composite !== undefined && typeof epsilon === "number" && epsilon > 0 && epsilon < Infinity) return;
  throw new LimnError(
    "bad-option",
    `method ${name}: relevance(seed, value, propagation) takes a propagation; give { composite: "epsilon-plus", epsilon: 1e-6 } or the like`,
  );
}

/** The map's value for a key, made when it is first asked for. */
function madeOnce<Key, T>(map: Map<Key, T>, key: Key, make: () => T): T {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

const newMap = <Key>() => new Map<Key, BackwardPass>();
