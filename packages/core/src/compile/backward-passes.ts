import { type BackwardPass, type GradientStep, gradientFrom } from "../backward.js";
import type { Classifier } from "../classifier.js";
import { compositeOf, keyOf } from "../composites/registry.js";
import { LimnError } from "../error.js";
import type { Value } from "../graph/graph.js";
import type { Method, MethodContext, Score } from "../methods/method.js";
import { type InputRange, inputRangeOf } from "../relevance/input-range.js";
import { planOf } from "../relevance/plan.js";
import { Propagation } from "../relevance/propagation.js";

/** Gradients that all methods of a graph share: one backward pass per score and way of passing ReLUs. */
export function sharedGradients(): (method: Method) => MethodContext["gradient"] {
  const passes = new Map<GradientStep, Map<Score, BackwardPass>>();
  return ({ name, backward = "gradient" }) =>
    (score, value) => {
      if (backward === "none") {
        const advice = 'leave out its backward "none"';
        throw new LimnError("bad-option", `method ${name}: it takes a gradient but says that it takes none; ${advice}`);
      }
      const pass = madeOnce(madeOnce(passes, backward, newMap), score, () =>
        gradientFrom(score.logits, score.seed, backward),
      );
      return pass.at(value);
    };
}

/** Relevance that all methods of a graph share: one backward pass per seed and way of propagation. */
export function sharedRelevances(classifier: Classifier, range: InputRange | undefined): MethodContext["relevance"] {
  const passes = new Map<string, Map<Value, BackwardPass>>();
  return (seed, value, { composite, epsilon }) => {
    const pass = madeOnce(madeOnce(passes, `${keyOf(composite)} ${epsilon}`, newMap), seed, () => {
      const plan = planOf(classifier, compositeOf(composite));
      const propagation = new Propagation(plan, { epsilon, range: inputRangeOf(classifier, range) });
      return propagation.from(classifier.logits, seed);
    });
    return pass.at(value);
  };
}

/** What a map has for a key, made where it is asked for first. */
function madeOnce<Key, T>(map: Map<Key, T>, key: Key, make: () => T): T {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

const newMap = <Key>() => new Map<Key, BackwardPass>();
