import { BackwardPass, gradientStep, type Step, wiresOf } from "../backward.js";
import { blaming } from "../definition.js";
import { LimnError } from "../error.js";
import type { Node, Value } from "../graph/graph.js";
import { div, mul, sub } from "../graph/math.js";
import {
  type Expansion,
  expansionOf,
  inputName,
  isStop,
  type Normalization,
  normalizationOf,
} from "../ops/operator.js";
import { calling, operatorOf } from "../ops/registry.js";
import { contributions } from "../rules/epsilon.js";
import { isOwnRule } from "../rules/registry.js";
import type { LinearLayer, Term } from "../rules/rule.js";
import { absorbed, distribute, stabilized } from "./distribute.js";
import { linearLayerOf } from "./linear-layer.js";
import { nonNegativity } from "./non-negative.js";
import {
  type Assignment,
  isLayer,
  isProduct,
  type LinearAssignment,
  type NormalizationAssignment,
  type Plan,
  type ProductAssignment,
} from "./plan.js";
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
  readonly #layers = new Map<Node, Layer>();
  readonly #factors = new Map<Node, Map<number, Layer>>();

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
    if (!this.plan.signals.has(node.inputs[index] as Value)) return undefined;
    if (passes === "route") return gradientStep(node, index, Rs);
    if (!R) return undefined;
    if (passes === "pass") return index === 0 ? R : undefined;
    if (passes === "share") {
      // R_i = x_i / y dy/dx_i R: these sum to R if y is proportional to its inputs
      const share = gradientStep(node, index, [div(R, this.#divisor(node.output).stable)]);
      return share && mul(node.inputs[index] as Value, share);
    }
    if (passes === "expand") return index === 0 ? expanded(node, R) : undefined;
    if (isLayer(passes)) {
      if (index !== passes.signal) return undefined;
      const { layer, terms } = this.#layerOf(node, passes);
      return distribute(layer, terms, R, this.#options.epsilon);
    }
    if (!isProduct(passes)) return index === 0 ? this.#normalized(node, passes, R).passed : undefined;
    if (!passes.signals.includes(index)) return undefined;
    // nothing says which of two signals made their product
    const part = partOf(R, passes);
    const factor = this.#factorOf(node, passes, index);
    return factor ? distribute(factor.layer, factor.terms, part, this.#options.epsilon) : part;
  };

  /** The relevance that a node does not pass on, elementwise: what biases keep, and what the stabilizer loses. */
  absorbed(node: Node, R: Value): { readonly bias: readonly Value[]; readonly stabilizer: readonly Value[] } {
    const { passes } = this.#assignmentOf(node);
    const { epsilon } = this.#options;
    if (passes === "expand") return { bias: [sub(R, expanded(node, R))], stabilizer: [] };
    if (isLayer(passes)) {
      const { layer, terms } = this.#layerOf(node, passes);
      return absorbed(layer, terms, R, epsilon);
    }
    if (typeof passes === "object" && !isProduct(passes)) return this.#normalized(node, passes, R).absorbed;
    if (typeof passes === "object") {
      const factors = passes.signals.flatMap((i) => this.#factorOf(node, passes, i) ?? []);
      const kept = factors.map(({ layer, terms }) => absorbed(layer, terms, partOf(R, passes), epsilon));
      return { bias: kept.flatMap(({ bias }) => bias), stabilizer: kept.flatMap(({ stabilizer }) => stabilizer) };
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
    return { z: positive ?? y, stable: stabilized(positive ?? y, this.#options.epsilon, positive && 1) };
  }

  /** The relevance of inputs that don't depend on the image. */
  #keptByConstants(node: Node, R: Value, share = (_: Value, R: Value) => R): Value[] {
    return node.inputs.flatMap((input, index) => {
      // axes and indices have no gradient
      if (!input || this.plan.signals.has(input) || !hasGradient(node, index)) return [];
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
    const reason = stop?.stop ?? "it multiplies two signals, and neither is a gate; choose a layer downstream of it";
    throw new LimnError("unsupported", `${node.label}: no relevance: ${reason}`);
  }

  /**
   * A normalization by its input's own statistics, of which it is linear while its deviation is held:
   *
   *   R_x = x (dy/dx)^T (R / z)      z = y, without what is added at the end if that is ignored
   */
  #normalized(node: Node, { bias }: NormalizationAssignment, R: Value) {
    const { held, shift } = normalizationOf(operatorOf(node)) as Normalization<string>;
    const wires = (dy: Value) => wiresOf(node, 0, [dy]);
    const b = calling(node, "shift", () => shift(wires(R)));
    const y = node.output;
    const z = b && bias === "ignore" ? sub(y, b) : y;
    const stable = stabilized(z, this.#options.epsilon);
    const s = div(R, stable);
    const x = node.inputs[0] as Value;
    return {
      passed: mul(
        x,
        calling(node, "held", () => held(wires(s))),
      ),
      absorbed: { bias: b && bias === "share" ? [mul(b, s)] : [], stabilizer: [mul(s, sub(stable, z))] },
    };
  }

  /** One factor of a product of two signals, as the input of a layer whose weights are the other: shared out by contribution. */
  #factorOf(node: Node, { form }: ProductAssignment, signal: number): Layer | undefined {
    if (!form) return undefined;
    const factors = this.#factors.get(node) ?? new Map<number, Layer>();
    this.#factors.set(node, factors);
    const known = factors.get(signal);
    if (known) return known;
    const layer = linearLayerOf(node, signal, {
      form,
      bias: "share",
      nonNegative: this.#nonNegative(node.inputs[signal] as Value),
      positivePart: undefined,
      range: () => this.#options.range(node, node.inputs[signal] as Value),
    });
    const made = { layer, terms: [contributions(layer)] };
    factors.set(signal, made);
    return made;
  }

  #layerOf(node: Node, { entry, form, signal }: LinearAssignment): Layer {
    const known = this.#layers.get(node);
    if (known) return known;
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

/** A linear layer, and the terms of its rule. */
interface Layer {
  readonly layer: LinearLayer;
  readonly terms: readonly Term[];
}

/** What each signal of a product gets. */
const partOf = (R: Value, { signals }: ProductAssignment): Value => (signals.length > 1 ? div(R, signals.length) : R);

/** What the input of a function gets by its expansion. */
function expanded(node: Node, R: Value): Value {
  const { expansion } = expansionOf(operatorOf(node)) as Expansion<string>;
  return calling(node, "expansion", () => expansion(wiresOf(node, 0, [R]), R));
}

/** Whether the node's operator has a gradient by one of its inputs. */
function hasGradient(node: Node, index: number): boolean {
  const operator = operatorOf(node);
  const rules = operator.gradient as Readonly<Record<string, unknown>>;
  return typeof rules[inputName(operator, index) ?? ""] === "function";
}
