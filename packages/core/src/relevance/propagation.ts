import { BackwardPass, gradientStep, type Step, wiresOf } from "../backward.js";
import { blaming } from "../definition.js";
import { LimnError } from "../error.js";
import type { Node, Value } from "../graph/graph.js";
import { cast, div, keptAbove, max, mul, neg, sub, sumOf } from "../graph/math.js";
import { isFloat } from "../graph/tensor.js";
import { nonNegativity } from "../non-negative.js";
import {
  type Expansion,
  expansionOf,
  isPiecewiseConstant,
  isStop,
  type Normalization,
  normalizationOf,
} from "../ops/operator.js";
import { calling, hasGradient, isHeld, operatorOf } from "../ops/registry.js";
import { contributions } from "../rules/epsilon.js";
import { isOwnRule } from "../rules/registry.js";
import type { LinearLayer, Term } from "../rules/rule.js";
import { divisionOf, type MethodSettings, type Settings } from "../rules/settings.js";
import { absorbed, distribute, givesAll, handedOn, type Sharing, scaledUp, stabilized, totalOf } from "./distribute.js";
import { linearLayerOf } from "./linear-layer.js";
import { OneSigned } from "./one-signed.js";
import {
  type Assignment,
  isLayer,
  isProduct,
  type LinearAssignment,
  type NormalizationAssignment,
  type Plan,
  type ProductAssignment,
  sumsSignals,
} from "./plan.js";
import { type Proportions, proportionsIn } from "./proportions.js";

/** The lowest and highest possible input of a first layer. */
export type RangeOf = (node: Node, signal: Value) => { readonly low: Value; readonly high: Value };

/** What a node does not pass on, elementwise, and what it passes on although biases and the stabilizer would have kept it. */
export interface Absorbed {
  readonly bias: readonly Value[];
  readonly stabilizer: readonly Value[];
  readonly spread: readonly Value[];
}

/** How relevance passes the nodes of one plan. */
export class Propagation {
  readonly plan: Plan;
  readonly #settings: MethodSettings;
  readonly #range: RangeOf;
  readonly #nonNegative = nonNegativity();
  #oneSigned: OneSigned | undefined;
  readonly #proportions: Proportions;
  readonly #totals = new Map<Value, Value>();
  readonly #layers = new Map<Node, Layer>();
  readonly #factors = new Map<Node, Map<number, Layer>>();

  /** @param settings how nodes divide where the composite does not say so */
  constructor(plan: Plan, settings: MethodSettings, range: RangeOf) {
    this.plan = plan;
    this.#settings = settings;
    this.#range = range;
    this.#proportions = proportionsIn(plan, (assignment) => this.#givesWhole(assignment));
  }

  /** The backward pass of relevance from the logits. @param R the relevance there, [N, classes] */
  from(logits: Value, R: Value): BackwardPass {
    this.#oneSigned = new OneSigned(R);
    return new BackwardPass(new Map([[logits, R]]), this.step, "relevance");
  }

  /** The step of the backward pass that carries relevance. */
  readonly step: Step = (node, index, Rs) => {
    if (!this.#receives(node, index)) return undefined;
    const shares = this.#shares(node, Rs);
    if (!shares.has(index) || !this.#spreads(node)) return shares.get(index);
    const { shares: whole, total } = this.#spread(node, Rs, shares);
    const share = whole[[...shares.keys()].indexOf(index)] as Value;
    // the only signal got all that the node had
    if (shares.size === 1) this.#totals.set(share, total);
    return share;
  };

  /** The sum of relevance for each image, which is known already if it was spread. */
  #totalOf(R: Value): Value {
    const known = this.#totals.get(R);
    if (known) return known;
    const total = totalOf([R], this.plan.images);
    this.#totals.set(R, total);
    return total;
  }

  /** What the signals get in the end, in their order. */
  #spread(node: Node, Rs: readonly (Value | undefined)[], shares: ReadonlyMap<number, Value>) {
    const { images } = this.plan;
    const { passes } = this.#assignmentOf(node);
    const values = [...shares.values()];
    const given = Rs.filter((R) => R !== undefined);
    const total = sumOf(given.map((R) => this.#totalOf(R)) as [Value, ...Value[]]);
    // what a user's rule keeps is counted, so that its mistakes show; of Limn's own, the difference is the same and costs less
    const counted = isLayer(passes) && isOwnRule(passes.entry.rule);
    if (counted) return { ...handedOn(values, totalOf(keptOf(this.#kept(node, Rs)), images), images), total };
    const sum = totalOf(values, images);
    const scales = [...given, ...values].every((value) => this.#oneSigned?.has(value));
    return { ...(scales ? scaledUp(values, sum, total) : handedOn(values, sub(total, sum), images)), total };
  }

  /** What each signal gets before anything is spread, by the position of the input. */
  #shares(node: Node, Rs: readonly (Value | undefined)[]): ReadonlyMap<number, Value> {
    const shares = node.inputs.flatMap((_, index): [number, Value][] => {
      const share = this.#receives(node, index) ? this.#share(node, index, Rs) : undefined;
      return share ? [[index, share]] : [];
    });
    const [R] = Rs;
    if (R && this.#oneSigned?.has(R) && this.#sharesBySign(node))
      for (const [, share] of shares) this.#oneSigned.add(share);
    return new Map(shares);
  }

  /** Whether all that shares in a node's relevance speaks for its output: then no share has another sign than the whole. */
  #sharesBySign(node: Node): boolean {
    const { passes } = this.#assignmentOf(node);
    if (!isLayer(passes)) return passes === "share" && this.#agreeing(node) !== undefined;
    return !isOwnRule(passes.entry.rule) && this.#layerOf(node, passes).terms.every(({ sign }) => sign === 1);
  }

  /** Whether relevance goes to an input at all. */
  #receives(node: Node, index: number): boolean {
    const input = node.inputs[index];
    return input !== undefined && this.plan.signals.has(input) && !isHeld(node, index);
  }

  #share(node: Node, index: number, Rs: readonly (Value | undefined)[]): Value | undefined {
    const [R] = Rs;
    const assignment = this.#assignmentOf(node);
    const { passes } = assignment;
    if (passes === "route") return gradientStep(node, index, Rs);
    if (!R) return undefined;
    if (this.#givesWhole(assignment)) return R;
    if (passes === "pass") return index === 0 ? R : undefined;
    if (passes === "share") {
      const agreeing = this.#agreeing(node)?.get(index);
      if (agreeing) return mul(agreeing, div(R, this.#divisor(node).stable));
      // R_i = x_i / y dy/dx_i R: these sum to R if y is proportional to its inputs
      const share = gradientStep(node, index, [div(R, this.#divisor(node).stable)]);
      return share && mul(this.#summand(node, index), share);
    }
    if (passes === "expand") return index === 0 ? expanded(node, R) : undefined;
    if (isLayer(passes)) {
      if (index !== passes.signal) return undefined;
      const { layer, terms } = this.#layerOf(node, passes);
      return distribute(layer, terms, R, this.#sharingOf(passes.entry.settings, node.output));
    }
    if (!isProduct(passes)) return index === 0 ? this.#normalized(node, passes, R).passed : undefined;
    if (!passes.signals.includes(index)) return undefined;
    const factor = this.#factorOf(node, passes, index);
    return factor ? distribute(factor.layer, factor.terms, R, this.#sharingOf({}, node.output)) : partOf(R, passes);
  }

  /** The relevance that a node does not pass on. @param Rs that of its outputs */
  absorbed(node: Node, Rs: readonly (Value | undefined)[]): Absorbed {
    const kept = this.#kept(node, Rs);
    if (!this.#spreads(node)) return { ...kept, spread: [] };
    // what no input takes stays with the biases
    const { lost } = this.#spread(node, Rs, this.#shares(node, Rs));
    return { bias: [lost], stabilizer: [], spread: [...keptOf(kept), neg(lost)] };
  }

  /** What biases and the stabilizer keep before anything is spread. */
  #kept(node: Node, Rs: readonly (Value | undefined)[]): Omit<Absorbed, "spread"> {
    const [R] = Rs;
    const assignment = this.#assignmentOf(node);
    const { passes } = assignment;
    // a constant that is concatenated or selected keeps the relevance of its elements
    if (passes === "route") return { bias: this.#keptByConstants(node, Rs), stabilizer: [] };
    if (!R || this.#givesWhole(assignment)) return { bias: [], stabilizer: [] };
    if (passes === "expand") return { bias: [sub(R, expanded(node, R))], stabilizer: [] };
    if (isLayer(passes)) {
      const { layer, terms } = this.#layerOf(node, passes);
      return absorbed(layer, terms, R, this.#sharingOf(passes.entry.settings, node.output));
    }
    if (typeof passes === "object" && !isProduct(passes)) return this.#normalized(node, passes, R).kept;
    if (typeof passes === "object") {
      const factors = passes.signals.flatMap((i) => this.#factorOf(node, passes, i) ?? []);
      const kept = factors.map(({ layer, terms }) => absorbed(layer, terms, R, this.#sharingOf({}, node.output)));
      return { bias: kept.flatMap(({ bias }) => bias), stabilizer: kept.flatMap(({ stabilizer }) => stabilizer) };
    }
    if (passes !== "share") return { bias: [], stabilizer: [] };
    const { z, stable } = this.#divisor(node);
    const s = div(R, stable);
    const bias = this.#keptByConstants(node, [s], (constant, share) => mul(max(constant, LOWEST), share));
    return { bias, stabilizer: [mul(s, sub(stable, z))] };
  }

  /**
   * Whether the only signal that a node reads gets all relevance, element by element, since what is added to it, or to its
   * multiple, is a bias: batch normalization without its shift, or a sum with constants. Where the relevance of such a sum is in
   * proportion to it, the sum is what to divide by, and the constant's share is spread, as that of a layer's bias is: divided by the
   * signal alone further on, it would grow without bound wherever the signal is near 0.
   */
  #givesWhole({ node, passes }: Assignment): boolean {
    if (isLayer(passes)) {
      const { form, entry } = passes;
      const { bias, spreads } = this.#sharingOf(entry.settings);
      return form.kind === "normalization" && entry.rule.conserves === true && bias === "ignore" && spreads;
    }
    if (passes !== "share" || !this.#sharingOf().spreads) return false;
    const varying = node.inputs.filter((input) => input && this.plan.signals.has(input));
    const isBiased = varying.length === 1 && this.#constantsOf(node).length > 0;
    return isBiased && !this.#sharingOf({}, node.output).proportional;
  }

  /** Whether what biases and the stabilizer keep at a node is shared out among its inputs. */
  #spreads(node: Node): boolean {
    const assignment = this.#assignmentOf(node);
    const { passes } = assignment;
    if (this.#givesWhole(assignment)) return false;
    if (isLayer(passes)) return passes.entry.rule.conserves === true && this.#layerLoses(node, passes);
    if (passes === "expand") return this.#sharingOf().spreads;
    if (typeof passes === "object" && isProduct(passes)) {
      // of a product that relevance is in proportion to, the stabilizer keeps next to nothing; not so once a bias was added to it
      const { spreads, proportional } = this.#sharingOf({}, node.output);
      return passes.form !== undefined && spreads && !proportional;
    }
    if (typeof passes === "object") return this.#sharingOf(passes.settings).spreads;
    // the stabilizer keeps next to nothing of a sum
    const adds = passes === "route" || passes === "share";
    return adds && this.#sharingOf().spreads && this.#constantsOf(node).length > 0;
  }

  /** Whether a layer keeps relevance that is to be spread. */
  #layerLoses(node: Node, passes: LinearAssignment): boolean {
    const sharing = this.#sharingOf(passes.entry.settings, node.output);
    const { layer, terms } = this.#layerOf(node, passes);
    return sharing.spreads && !givesAll(layer, terms, sharing);
  }

  /**
   * How a node divides.
   * @param settings of the entry that is about it, which may say it
   * @param y what it divides by, if that is its whole output
   */
  #sharingOf(settings: Settings = {}, y?: Value): Sharing {
    const division = divisionOf(settings, this.#settings);
    const proportional = y !== undefined && division.bias !== "ignore" && this.#proportions.isProportional(y);
    return { ...division, images: this.plan.images, proportional };
  }

  /** What is added. Where a mask hides a score, at minus infinity, there is no relevance. */
  #summand(node: Node, index: number): Value {
    const x = asFloats(node.inputs[index] as Value);
    return this.#constantsOf(node).length > 0 ? max(x, LOWEST) : x;
  }

  /** What the relevance of a sum is divided by. */
  #divisor(node: Node): { readonly z: Value; readonly stable: Value } {
    const { output: y } = node;
    const standIn = this.#proportions.standIn(y);
    const sign = standIn && 1;
    const agreeing = this.#agreeing(node);
    if (agreeing) {
      const z = sumOf([...agreeing.values()] as [Value, ...Value[]]);
      // parts of one sign can't cancel
      return { z, stable: stabilized(z, { ...this.#sharingOf({}, y), proportional: true }, sign) };
    }
    const z = standIn ?? asFloats(y);
    return { z, stable: stabilized(z, this.#sharingOf({}, y), sign) };
  }

  /**
   * The parts of a sum's signals that have its sign, by the positions of the signals; undefined if all that is added counts (see
   * `SUMS`), or if it is no sum of several signals number by number.
   */
  #agreeing(node: Node): ReadonlyMap<number, Value> | undefined {
    const { inputs, output: y } = node;
    const isAsked = (this.#settings.sums ?? this.plan.composite.sums) === "agreeing";
    if (!isAsked || !sumsSignals(node, this.plan.signals)) return undefined;
    // where y is negative, a ReLU lets no relevance through
    const isPositive = this.#proportions.standIn(y) !== undefined || this.#nonNegative(y);
    return new Map(
      [...inputs.keys()].map((index) => {
        const x = inputs[index] as Value;
        const part = gradientStep(node, index, [x]) ?? x;
        // not a ReLU, which ONNX Runtime would keep in two layouts; see "Memory" in docs/architecture.md
        if (isPositive) return [index, this.#nonNegative(part) ? part : max(part, 0)];
        // where x y > 0; a choice by Where takes two to four times as long
        return [index, keptAbove(part, mul(part, y), 0)];
      }),
    );
  }

  /** The positions of inputs that don't depend on the image, but that the output has a gradient by: not axes and indices. */
  #constantsOf(node: Node): number[] {
    return node.inputs.flatMap((input, index) =>
      input && !this.plan.signals.has(input) && !isHeld(node, index) && hasGradient(node, index) ? [index] : [],
    );
  }

  /** The relevance of inputs that don't depend on the image. */
  #keptByConstants(node: Node, Rs: readonly (Value | undefined)[], share = (_: Value, R: Value) => R): Value[] {
    return this.#constantsOf(node).flatMap((index) => {
      const kept = gradientStep(node, index, Rs);
      return kept ? [share(node.inputs[index] as Value, kept)] : [];
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

  /**
   * A normalization by its input's own statistics, of which it is linear while its deviation is held:
   *
   *   R_x = x (dy/dx)^T (R / z)      z = y, without what is added at the end if that is ignored
   *
   * Relevance that is in proportion to y has no bound when divided by y without a part of it. Then nothing is ignored, and the
   * bias's share is spread.
   */
  #normalized(node: Node, { settings }: NormalizationAssignment, R: Value) {
    const division = this.#sharingOf(settings, node.output);
    const bounded = division.spreads && this.#proportions.isProportional(node.output);
    const sharing = bounded ? { ...division, proportional: true } : division;
    const { held, shift } = normalizationOf(operatorOf(node)) as Normalization<string>;
    const wires = (dy: Value) => wiresOf(node, 0, [dy]);
    const b = calling(node, "shift", () => shift(wires(R)));
    const y = node.output;
    const counts = b !== undefined && (bounded || sharing.bias !== "ignore");
    const z = b && !counts ? sub(y, b) : y;
    const stable = stabilized(z, sharing);
    const s = div(R, stable);
    const x = node.inputs[0] as Value;
    return {
      passed: mul(
        x,
        calling(node, "held", () => held(wires(s))),
      ),
      kept: { bias: counts ? [mul(b, s)] : [], stabilizer: [mul(s, sub(stable, z))] },
    };
  }

  /** One factor of a product of two signals, as the input of a layer whose weights are the other: shared out by contribution. */
  #factorOf(node: Node, { form, signals }: ProductAssignment, signal: number): Layer | undefined {
    if (!form) return undefined;
    const factors = this.#factors.get(node) ?? new Map<number, Layer>();
    this.#factors.set(node, factors);
    const known = factors.get(signal);
    if (known) return known;
    const layer = linearLayerOf(node, signal, {
      form,
      bias: "share",
      nonNegative: this.#nonNegative(node.inputs[signal] as Value),
      standIn: undefined,
      range: () => this.#range(node, node.inputs[signal] as Value),
    });
    // nothing says which of two signals made their product
    const made = { layer, terms: [{ ...contributions(layer), factor: 1 / signals.length }] };
    factors.set(signal, made);
    return made;
  }

  #layerOf(node: Node, { entry, form, signal }: LinearAssignment): Layer {
    const known = this.#layers.get(node);
    if (known) return known;
    const a = node.inputs[signal] as Value;
    const layer = linearLayerOf(node, signal, {
      form,
      bias: this.#sharingOf(entry.settings).bias,
      nonNegative: this.#nonNegative(a),
      standIn: this.#proportions.standIn(node.output),
      range: () => this.#range(node, a),
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

/** As low as float32 goes. */
const LOWEST = -3.4028234663852886e38;

const keptOf = ({ bias, stabilizer }: Omit<Absorbed, "spread">): Value[] => [...bias, ...stabilizer];

/** Integers that stand for floats, as these. */
const asFloats = (x: Value): Value => (isFloat(x.dtype) ? x : cast(x, "float32"));
