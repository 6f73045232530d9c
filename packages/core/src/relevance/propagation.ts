import { BackwardPass, gradientStep, type Step } from "../backward.js";
import { blaming } from "../definition.js";
import { LimnError } from "../error.js";
import type { Node, Value } from "../graph/graph.js";
import { cast, div, mul, sub } from "../graph/math.js";
import { isFloat } from "../graph/tensor.js";
import { isPiecewiseConstant, isStop } from "../ops/operator.js";
import { hasGradient, isHeld, operatorOf } from "../ops/registry.js";
import { isOwnRule } from "../rules/registry.js";
import type { LinearLayer, Term } from "../rules/rule.js";
import { absorbed, distribute, stabilized } from "./distribute.js";
import { signalsOf } from "./gate.js";
import { linearLayerOf } from "./linear-layer.js";
import { nonNegativity } from "./non-negative.js";
import type { Assignment, Plan } from "./plan.js";
import { positiveParts } from "./positive-part.js";

/** What the rules need next to the graph. */
export interface RelevanceOptions {
  /** The stabilizer of divisions: z + epsilon sign(z). */
  readonly epsilon: number;
  /** The lowest and highest possible input of a first layer. */
  readonly range: (node: Node, signal: Value) => { readonly low: Value; readonly high: Value };
}

/** How relevance passes the nodes of one plan. */
export class Propagation {
  readonly plan: Plan;
  readonly #options: RelevanceOptions;
  readonly #nonNegative = nonNegativity();
  readonly #positivePart: ReturnType<typeof positiveParts>;
  readonly #layers = new Map<Node, { readonly layer: LinearLayer; readonly terms: readonly Term[] }>();

  constructor(plan: Plan, options: RelevanceOptions) {
    this.plan = plan;
    this.#options = options;
    this.#positivePart = positiveParts(plan);
  }

  /** The backward pass of relevance from the logits. @param R the relevance there, [N, classes] */
  from(logits: Value, R: Value): BackwardPass {
    return new BackwardPass(new Map([[logits, R]]), this.step, "relevance");
  }

  /** The step of the backward pass that carries relevance. */
  readonly step: Step = (node, index, Rs) => {
    const [R] = Rs;
    const { passes } = this.#assignmentOf(node);
    if (!this.plan.signals.has(node.inputs[index] as Value) || isHeld(node, index)) return undefined;
    if (passes === "route") return gradientStep(node, index, Rs);
    if (!R) return undefined;
    if (passes === "pass") return index === 0 ? R : undefined;
    if (passes === "gate") {
      const signals = signalsOf(node, this.plan.signals);
      // nothing says which of two signals made their product
      return signals.includes(index) ? (signals.length === 1 ? R : div(R, signals.length)) : undefined;
    }
    if (passes === "share") {
      // R_i = x_i / y dy/dx_i R: these sum to R if y is proportional to its inputs
      const share = gradientStep(node, index, [div(R, this.#divisor(node.output).stable)]);
      return share && mul(asFloats(node.inputs[index] as Value), share);
    }
    if (index !== passes.signal) return undefined;
    const { layer, terms } = this.#layerOf(node);
    return distribute(layer, terms, R, this.#options.epsilon);
  };

  /** The relevance that a node does not pass on, elementwise: what biases keep, and what the stabilizer loses. */
  absorbed(node: Node, R: Value): { readonly bias: readonly Value[]; readonly stabilizer: readonly Value[] } {
    const { passes } = this.#assignmentOf(node);
    const { epsilon } = this.#options;
    if (typeof passes === "object") {
      const { layer, terms } = this.#layerOf(node);
      return absorbed(layer, terms, R, epsilon);
    }
    // a constant that is concatenated or selected keeps the relevance of its elements
    if (passes === "route") return { bias: this.#keptByConstants(node, R), stabilizer: [] };
    if (passes !== "share") return { bias: [], stabilizer: [] };
    const { z, stable } = this.#divisor(node.output);
    const s = div(R, stable);
    const bias = this.#keptByConstants(node, s, (constant, share) => mul(constant, share));
    return { bias, stabilizer: [mul(s, sub(stable, z))] };
  }

  /** What the relevance of a sum is divided by. */
  #divisor(y: Value): { readonly z: Value; readonly stable: Value } {
    const positive = this.#positivePart(y);
    const z = positive ?? asFloats(y);
    return { z, stable: stabilized(z, this.#options.epsilon, positive && 1) };
  }

  /** The relevance of inputs that don't depend on the image. */
  #keptByConstants(node: Node, R: Value, share = (_: Value, R: Value) => R): Value[] {
    return node.inputs.flatMap((input, index) => {
      // axes and indices have no gradient
      if (!input || this.plan.signals.has(input) || isHeld(node, index) || !hasGradient(node, index)) return [];
      const kept = gradientStep(node, index, [R]);
      return kept ? [share(input, kept)] : [];
    });
  }

  #assignmentOf(node: Node): Assignment {
    const assignment = this.plan.assignments.get(node);
    if (assignment) return assignment;
    const { relevance, gradient } = operatorOf(node);
    const stop = [relevance, gradient].find((rule) => typeof rule === "object" && isStop(rule)) as
      | { readonly stop: string }
      | undefined;
    const constant = isPiecewiseConstant(gradient)
      ? `nothing that it gives changes with the image little by little, because ${gradient.piecewiseConstant}; choose a layer downstream of it`
      : undefined;
    const reason =
      stop?.stop ?? constant ?? "it multiplies two signals, and neither is a gate; choose a layer downstream of it";
    throw new LimnError("unsupported", `${node.label}: no relevance: ${reason}`);
  }

  #layerOf(node: Node): { readonly layer: LinearLayer; readonly terms: readonly Term[] } {
    const known = this.#layers.get(node);
    if (known) return known;
    const { passes } = this.#assignmentOf(node);
    if (typeof passes === "string") throw new Error(`${node.label} is not a linear layer`);
    const { entry, form, signal } = passes;
    const a = node.inputs[signal] as Value;
    const layer = linearLayerOf(node, signal, {
      form,
      bias: entry.bias,
      nonNegative: this.#nonNegative(a),
      positivePart: this.#positivePart(node.output),
      range: () => this.#options.range(node, a),
    });
    const { rule, options } = entry;
    const termsOf = () => rule.terms(layer, options);
    const terms = isOwnRule(rule) ? blaming(`rule ${rule.name} at ${layer.label}: terms`, termsOf) : termsOf();
    const made = { layer, terms };
    this.#layers.set(node, made);
    return made;
  }
}

/** Integers that stand for floats, as these. */
const asFloats = (x: Value): Value => (isFloat(x.dtype) ? x : cast(x, "float32"));
