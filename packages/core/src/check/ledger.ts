import type { BackwardPass } from "../backward.js";
import type { Classifier } from "../classifier.js";
import { addScore, copyOf, IMAGE, TARGET, targetTensor } from "../compile/interface.js";
import type { CompositeInit } from "../composites/composite.js";
import { compositeOf, USUAL } from "../composites/registry.js";
import type { Node, Value } from "../graph/graph.js";
import { abs, axesExcept, cast, concat, reshape, sum, sumOf } from "../graph/math.js";
import { type RelevanceSeed, relevanceSeed } from "../methods/seed.js";
import { runOnce } from "../onnx/open-session.js";
import { compositeFor } from "../relevance/composite-for.js";
import { type InputRange, inputRangeOf } from "../relevance/input-range.js";
import { isLayer, type Plan, planOf, ruleOf } from "../relevance/plan.js";
import { Propagation } from "../relevance/propagation.js";
import type { Bias, Stabilizer, Sums } from "../rules/settings.js";
import type { Runtime, TensorValue } from "../session.js";

/** What happens to relevance at one node, in sums over all elements. */
export interface LedgerEntry {
  readonly node: string;
  readonly operator: string;
  /** The rule's name if the node is a linear layer, otherwise the operator's own behavior. */
  readonly rule: string | undefined;
  /** Set if the rule does not claim to conserve relevance. */
  readonly lossy?: true;
  /** The relevance of its outputs. */
  readonly given: number;
  /** The relevance that its inputs get. */
  readonly passed: number;
  /** The part of `passed` that biases or the stabilizer would have kept, and that was spread over the inputs. */
  readonly spread: number;
  /** The relevance that biases and other constants keep. */
  readonly bias: number;
  /** The relevance that is lost to the stabilizer. */
  readonly stabilizer: number;
  /** Sum of the absolute relevance of its outputs, as a scale for the others. */
  readonly magnitude: number;
}

/** Where relevance goes, node by node, for one image. */
export interface Ledger {
  /** From the logits to the image. */
  readonly entries: readonly LedgerEntry[];
  /** The sum of the relevance of the logits. */
  readonly start: number;
  /** The sum of the relevance of the image. */
  readonly end: number;
}

/** Which propagation `ledgerOf` looks at; the defaults are those of the method `lrp`. */
export interface LedgerOptions {
  /** A class index; -1, the default, stands for the predicted class. */
  readonly target?: number;
  /** The relevance of the logits. Default `logit`. */
  readonly seed?: RelevanceSeed;
  /** A composite's name, or one of your own. Default `usual`, see `compositeFor`. */
  readonly composite?: string | CompositeInit;
  /** What becomes of the shares of biases where the composite does not say so; see `BIASES`. Default `spread`. */
  readonly bias?: Bias;
  /** What the stabilizer is, likewise; see `STABILIZERS`. Default `relative`. */
  readonly stabilizer?: Stabilizer;
  /** The stabilizer's size, likewise; above 0. Default 1e-6. */
  readonly epsilon?: number;
  /** Which summands share the relevance of a sum of signals; see `SUMS`. Default: as the composite says. */
  readonly sums?: Sums;
  /** The lowest and highest possible value of the preprocessed image; the rule z-box needs it. */
  readonly inputRange?: InputRange;
}

/** How much of a node's relevance is not accounted for, as a fraction of its absolute relevance; 0 if all is. */
export const imbalanceOf = ({ given, passed, bias, stabilizer, magnitude }: LedgerEntry): number =>
  magnitude === 0 ? Math.abs(passed) : Math.abs(given - passed - bias - stabilizer) / magnitude;

/**
 * Keeps a ledger of the relevance at every node for one image: what comes in should equal what goes out, what biases keep
 * and what the stabilizer takes. All sums are computed separately, so that they can disagree.
 * @param image the preprocessed image, a batch of one, in the shape of the model's input
 * @throws LimnError `bad-option` for a composite that is wrong or does not fit, `unsupported` if an operator has no
 *   relevance, `runtime` with ONNX Runtime's reason
 * @example
 * const ledger = await ledgerOf(classifier, runtime, image, { composite: "epsilon-plus" });
 * const { problems, notes } = judgeLedger(ledger);
 */
export async function ledgerOf(
  classifier: Classifier,
  runtime: Runtime,
  image: TensorValue,
  options: LedgerOptions = {},
): Promise<Ledger> {
  const { target = -1, seed = "logit", composite = USUAL } = options;
  const copy = copyOf(classifier);
  const { graph } = copy.model;
  const plan = planOf(copy, compositeOf(compositeFor(copy, composite)));
  const propagation = new Propagation(plan, options, inputRangeOf(copy, options.inputRange));
  const start = relevanceSeed(addScore(copy), seed);
  const relevance = propagation.from(copy.logits, start);
  const end = relevance.at(copy.image);

  const nodes = [...plan.assignments.keys()].reverse();
  const books = nodes.flatMap((node) => bookOf(node, relevance, propagation));
  const outputs = [total([start], start), total([end], end), ...books.map(({ sums }) => sums)];
  graph.outputs.splice(0, graph.outputs.length, ...outputs);
  if (graph.inputs[0]) graph.rename(graph.inputs[0], IMAGE);
  const feeds = { [IMAGE]: image, [TARGET]: targetTensor(copy, target) };
  // it is run once, which takes less time than to optimize it
  const results = await runOnce(copy.model, runtime, feeds, { weights: copy.weights, optimize: "none" });
  const numbers = (i: number) => Array.from(results[outputs[i]?.name ?? ""]?.data as Float32Array, Number);
  return {
    start: numbers(0)[0] as number,
    end: numbers(1)[0] as number,
    entries: books.map(({ node }, i) => {
      const [given, passed, spread, bias, stabilizer, magnitude] = numbers(i + 2) as BookSums;
      return {
        node: node.name,
        operator: node.opType,
        rule: ruleOf(plan, node),
        ...(isLossy(plan, node) ? { lossy: true as const } : {}),
        given,
        passed,
        spread,
        bias,
        stabilizer,
        magnitude,
      };
    }),
  };
}

function isLossy({ assignments }: Plan, node: Node): boolean {
  const passes = assignments.get(node)?.passes;
  return passes !== undefined && isLayer(passes) && passes.entry.rule.conserves !== true;
}

type BookSums = [given: number, passed: number, spread: number, bias: number, stabilizer: number, magnitude: number];

/** `Sums` in one value. Empty for nodes that get no relevance. */
function bookOf(node: Node, relevance: BackwardPass, propagation: Propagation): { node: Node; sums: Value }[] {
  const Rs = node.outputs.map((output) => output && relevance.known(output));
  const given = Rs.filter((R) => R !== undefined);
  const [R] = given;
  if (!R) return [];
  return R.graph.within(`ledger/${node.name}`, () => {
    const passed = node.inputs.flatMap((_, index) => propagation.step(node, index, Rs) ?? []);
    const { spread, bias, stabilizer } = propagation.absorbed(node, Rs);
    const sums = [given, passed, spread, bias, stabilizer, given.map(abs)].map((values) => total(values, R));
    return [{ node, sums: concat(sums, 0) }];
  });
}

/** The sum of all elements, [1]. */
function total(values: readonly Value[], like: Value): Value {
  const sums = values.map((value) => reshape(sum(cast(value, "float32"), axesExcept(value, []), false), [1]));
  const [first, ...rest] = sums;
  return first ? sumOf([first, ...rest]) : like.graph.constant("float32", [1], [0]);
}
