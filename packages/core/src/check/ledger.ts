import type { BackwardPass } from "../backward.js";
import type { Classifier } from "../classifier.js";
import { addScore, copyOf, IMAGE, TARGET, targetTensor } from "../compile/interface.js";
import type { CompositeInit } from "../composites/composite.js";
import { compositeOf, DEFAULT_COMPOSITE } from "../composites/registry.js";
import type { Node, Value } from "../graph/graph.js";
import { abs, axesExcept, cast, concat, reshape, sum, sumOf } from "../graph/math.js";
import { type RelevanceSeed, relevanceSeed } from "../methods/seed.js";
import { runOnce } from "../onnx/open-session.js";
import { DEFAULT_EPSILON } from "../relevance/distribute.js";
import { type InputRange, inputRangeOf } from "../relevance/input-range.js";
import { type Plan, planOf, ruleOf } from "../relevance/plan.js";
import { Propagation } from "../relevance/propagation.js";
import type { Runtime, TensorValue } from "../session.js";

/** What happens to relevance at one node; sums over all elements. */
export interface LedgerEntry {
  readonly node: string;
  readonly operator: string;
  /** The rule's name, for linear layers, or the operator's own behavior. */
  readonly rule: string | undefined;
  /** Whether the rule does not claim to conserve. */
  readonly lossy?: true;
  /** What its outputs have. */
  readonly given: number;
  /** What its inputs get. */
  readonly passed: number;
  /** What biases and other constants keep. */
  readonly bias: number;
  /** What is lost to the stabilizer. */
  readonly stabilizer: number;
  /** Sum of the absolute relevance of its outputs, to judge the others by. */
  readonly magnitude: number;
}

export interface Ledger {
  /** From the logits to the image. */
  readonly entries: readonly LedgerEntry[];
  /** The sum of the relevance of the logits, and of the image. */
  readonly start: number;
  readonly end: number;
}

export interface LedgerOptions {
  readonly target?: number;
  readonly seed?: RelevanceSeed;
  readonly composite?: string | CompositeInit;
  readonly epsilon?: number;
  readonly inputRange?: InputRange;
}

/** How far what was given differs from what passes and what stays, as a share of the absolute relevance. */
export const imbalanceOf = ({ given, passed, bias, stabilizer, magnitude }: LedgerEntry): number =>
  magnitude === 0 ? Math.abs(passed) : Math.abs(given - passed - bias - stabilizer) / magnitude;

/**
 * Keeps the books of relevance at every node for one image: what comes in equals what goes out, what biases keep and
 * what the stabilizer takes. All sums are computed apart from each other, so that they can disagree.
 */
export async function ledgerOf(
  classifier: Classifier,
  runtime: Runtime,
  image: TensorValue,
  options: LedgerOptions = {},
): Promise<Ledger> {
  const { target = -1, seed = "logit", composite = DEFAULT_COMPOSITE, epsilon = DEFAULT_EPSILON } = options;
  const copy = copyOf(classifier);
  const { graph } = copy.model;
  const plan = planOf(copy, compositeOf(composite));
  const propagation = new Propagation(plan, { epsilon, range: inputRangeOf(copy, options.inputRange) });
  const start = relevanceSeed(addScore(copy), seed);
  const relevance = propagation.from(copy.logits, start);
  const end = relevance.at(copy.image);

  const nodes = [...plan.assignments.keys()].reverse();
  const books = nodes.flatMap((node) => bookOf(node, relevance, propagation));
  const outputs = [total([start], start), total([end], end), ...books.map(({ sums }) => sums)];
  graph.outputs.splice(0, graph.outputs.length, ...outputs);
  if (graph.inputs[0]) graph.rename(graph.inputs[0], IMAGE);
  const feeds = { [IMAGE]: image, [TARGET]: targetTensor(copy, target) };
  const results = await runOnce(copy.model, runtime, feeds, { weights: copy.weights });
  const numbers = (i: number) => Array.from(results[outputs[i]?.name ?? ""]?.data as Float32Array, Number);
  return {
    start: numbers(0)[0] as number,
    end: numbers(1)[0] as number,
    entries: books.map(({ node }, i) => {
      const [given, passed, bias, stabilizer, magnitude] = numbers(i + 2) as [number, number, number, number, number];
      return {
        node: node.name,
        operator: node.opType,
        rule: ruleOf(plan, node),
        ...(isLossy(plan, node) ? { lossy: true as const } : {}),
        given,
        passed,
        bias,
        stabilizer,
        magnitude,
      };
    }),
  };
}

function isLossy({ assignments }: Plan, node: Node): boolean {
  const passes = assignments.get(node)?.passes;
  return typeof passes === "object" && passes.entry.rule.conserves !== true;
}

/** Five sums in one value: given, passed, bias, stabilizer, magnitude. Nothing for nodes that get no relevance. */
function bookOf(node: Node, relevance: BackwardPass, propagation: Propagation): { node: Node; sums: Value }[] {
  const Rs = node.outputs.map((output) => output && relevance.known(output));
  const given = Rs.filter((R) => R !== undefined);
  const [R] = given;
  if (!R) return [];
  return R.graph.within(`ledger/${node.name}`, () => {
    const passed = node.inputs.flatMap((_, index) => propagation.step(node, index, Rs) ?? []);
    const { bias, stabilizer } = propagation.absorbed(node, R);
    const sums = [given, passed, bias, stabilizer, given.map(abs)].map((values) => total(values, R));
    return [{ node, sums: concat(sums, 0) }];
  });
}

/** The sum of all elements, [1]. */
function total(values: readonly Value[], like: Value): Value {
  const sums = values.map((value) => reshape(sum(cast(value, "float32"), axesExcept(value, []), false), [1]));
  const [first, ...rest] = sums;
  return first ? sumOf([first, ...rest]) : like.graph.constant("float32", [1], [0]);
}
