import * as v from "valibot";
import { type BackwardPass, type GradientStep, gradientFrom } from "../backward.js";
import type { Classifier } from "../classifier.js";
import { compositeOf, keyOf } from "../composites/registry.js";
import { LimnError } from "../error.js";
import type { Graph, Value } from "../graph/graph.js";
import { sameShape } from "../graph/tensor.js";
import { checkValue, typed } from "../methods/check-value.js";
import type { Method, MethodContext, RelevanceChoice, Score } from "../methods/method.js";
import { mistakeOf } from "../mistake.js";
import { compositeFor } from "../relevance/composite-for.js";
import { type InputRange, inputRangeOf } from "../relevance/input-range.js";
import { planOf } from "../relevance/plan.js";
import { Propagation } from "../relevance/propagation.js";
import { biasSchema, epsilonSchema, stabilizerSchema, sumsSchema } from "../rules/settings.js";

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

/** Relevance for all methods of a graph: one backward pass for each seed, composite and way of dividing. */
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
    const { composite, bias, stabilizer, epsilon, sums } = propagation;
    const key = JSON.stringify([keyOf(composite), bias, stabilizer, epsilon, sums]);
    const pass = madeOnce(madeOnce(passes, key, newMap), seed, () => {
      const plan = planOf(classifier, compositeOf(compositeFor(classifier, composite)));
      const settings = { bias, stabilizer, epsilon, sums };
      return new Propagation(plan, settings, inputRangeOf(classifier, range)).from(classifier.logits, seed);
    });
    return pass.at(value);
  };
}

function checkPropagation({ name }: Method, propagation: unknown): void {
  const refuse = (problem: string): never => {
    throw new LimnError(
      "bad-option",
      `method ${name}: relevance(seed, value, propagation) takes a propagation; ${problem}`,
    );
  };
  const { composite, ...settings } = (propagation ?? {}) as Partial<RelevanceChoice>;
  if (composite === undefined) refuse('give { composite: "epsilon-plus" } or the like');
  const parsed = v.safeParse(SETTINGS, settings);
  if (!parsed.success) {
    const { path, message } = mistakeOf(parsed.issues);
    refuse(`${path.join(".")}: ${message}`);
  }
}

const SETTINGS = v.object({
  bias: v.optional(biasSchema),
  stabilizer: v.optional(stabilizerSchema),
  epsilon: v.optional(epsilonSchema),
  sums: v.optional(sumsSchema),
});

/** The map's value for a key, made when it is first asked for. */
function madeOnce<Key, T>(map: Map<Key, T>, key: Key, make: () => T): T {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

const newMap = <Key>() => new Map<Key, BackwardPass>();
