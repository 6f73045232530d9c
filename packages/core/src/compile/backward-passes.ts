import { type BackwardPass, type GradientStep, gradientFrom } from "../backward.js";
import type { Classifier } from "../classifier.js";
import { compositeOf, keyOf } from "../composites/registry.js";
import { LimnError } from "../error.js";
import type { Value } from "../graph/graph.js";
import type { Method, MethodContext, Score } from "../methods/method.js";
import { type InputRange, inputRangeOf } from "../relevance/input-range.js";
import { planOf } from "../relevance/plan.js";
import { Propagation } from "../relevance/propagation.js";

/** Gradients for all methods of a graph: one backward pass for each score and way of passing ReLUs. */
export function sharedGradients(): (method: Method) => MethodContext["gradient"] {
  const passes = new Map<GradientStep, Map<Score, BackwardPass>>();
  return ({ name, backward = "gradient" }) =>
    (score, value) => {
      if (backward === "none") {
        const advice = 'remove backward: "none" from its definition';
        throw new LimnError(
          "bad-option",
          `method ${name}: it calls \`gradient\` but is defined to take none; ${advice}`,
        );
      }
      const pass = known(known(passes, backward, newMap), score, () =>
        gradientFrom(score.logits, score.seed, backward),
      );
      return pass.at(value);
    };
}

/** Relevance for all methods of a graph: one backward pass for each seed, composite and epsilon. */
export function sharedRelevances(classifier: Classifier, range: InputRange | undefined): MethodContext["relevance"] {
  const passes = new Map<string, Map<Value, BackwardPass>>();
  return (seed, value, { composite, epsilon }) => {
    const pass = known(known(passes, `${keyOf(composite)} ${epsilon}`, newMap), seed, () => {
      const plan = planOf(classifier, compositeOf(composite));
      const propagation = new Propagation(plan, { epsilon, range: inputRangeOf(classifier, range) });
      return propagation.from(classifier.logits, seed);
    });
    return pass.at(value);
  };
}

/** The map's value for a key, made when it is first asked for. */
function known<Key, T>(map: Map<Key, T>, key: Key, make: () => T): T {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

const newMap = <Key>() => new Map<Key, BackwardPass>();
