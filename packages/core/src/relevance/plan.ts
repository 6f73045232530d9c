import type { Classifier } from "../classifier.js";
import {
  attentionEntryFor,
  type Composite,
  describeEntry,
  describeMatch,
  type Entry,
  entryFor,
  type LayerFacts,
} from "../composites/composite.js";
import { LimnError } from "../error.js";
import type { Node, Value } from "../graph/graph.js";
import { isFloat, sameShape } from "../graph/tensor.js";
import {
  type Behavior,
  expansionOf,
  inputName,
  type LinearForm,
  linearForm,
  normalizationOf,
} from "../ops/operator.js";
import { isHeld, knownOperator } from "../ops/registry.js";
import { DEFAULT_ATTENTION } from "../rules/attention.js";
import type { Settings } from "../rules/settings.js";
import { factorsOf, isGate, opensExceptSoftmax, opensGates, signalsOf } from "./gate.js";

/** How one node passes relevance on. */
export interface Assignment {
  readonly node: Node;
  /** A rule if the node is a linear layer, otherwise how its operator passes relevance. */
  readonly passes:
    | LinearAssignment
    | ProductAssignment
    | NormalizationAssignment
    | Exclude<Behavior, "gate">
    | "expand";
  /** Why, in words. */
  readonly reason: string;
}

/** A linear layer's rule, and which of its inputs is the signal. */
export interface LinearAssignment extends LinearRole {
  readonly entry: Entry;
}

/** A product of signals. */
export interface ProductAssignment {
  /** The positions of the inputs among which the relevance is divided equally: one if the other factor is a gate. */
  readonly signals: readonly number[];
  /** Set if each is the input of a linear layer whose weights are the other; otherwise it is a product number by number. */
  readonly form?: LinearForm;
}

/** A normalization by its input's own statistics. */
export interface NormalizationAssignment {
  /** How it divides, where the entry for normalizations says so. */
  readonly settings: Settings;
}

interface LinearRole {
  readonly form: LinearForm;
  /** The position of the input that gets the relevance; the other factor is constant, or a gate. */
  readonly signal: number;
}

/** Which rule every node between the image and the logits gets. */
export interface Plan {
  readonly composite: Composite;
  readonly assignments: ReadonlyMap<Node, Assignment>;
  /** Everything that is computed from the image. */
  readonly signals: ReadonlySet<Value>;
  /** How many images a batch holds. */
  readonly images: number;
}

const REASONS = {
  pass: "relevance passes an activation unchanged",
  route: "relevance goes to the elements that the output consists of",
  share: "every summand gets its share of the sum",
  agree: "summands of the sum's sign share its relevance",
  gate: "the gate counts as constant, so the signal gets all relevance",
  halve: "each of two signals gets half of their product's relevance",
  normalize: "the deviation counts as constant, so that the normalization is linear",
  expand: "relevance is shared out by the first-order expansion",
} as const;

/**
 * Assigns the rules of a composite to the nodes between image and logits.
 * @throws LimnError `bad-option` for a layer that no entry matches
 */
export function planOf({ image, logits }: Pick<Classifier, "image" | "logits">, composite: Composite): Plan {
  const { graph } = image;
  const signals = graph.dependents([image]);
  const between = new Set(graph.descendants([image]));
  const nodes = graph.ancestors([logits]).filter((node) => between.has(node));
  const names = namesIn(image);
  const downstream = new Set<Value>();
  const assignments = new Map<Node, Assignment>();
  for (const node of nodes) {
    const facts = { operator: node.opType, names: [node.name, node.output.name, ...(names.get(node.output) ?? [])] };
    const attention = attentionEntryFor(composite, facts)?.rule ?? DEFAULT_ATTENTION;
    const opens = attention.holdsWeights ? opensGates : opensExceptSoftmax;
    const role = linearRole(node, signals, opens);
    const first = !node.inputs.some((input) => input && downstream.has(input));
    // normalization mixes no pixels, so the layer after it still sees the image
    const mixes = role && role.form.kind !== "normalization";
    if (mixes || !first) for (const output of node.outputs) if (output) downstream.add(output);
    const assignment = role
      ? assign(node, role, { kind: role.form.kind, first, ...facts }, composite)
      : behaves(node, {
          composite,
          signals,
          opens,
          passes: attention.passes,
          facts: { kind: "normalization", first, ...facts },
        });
    if (assignment) assignments.set(node, assignment);
  }
  return { composite, assignments, signals, images: image.dims[0] ?? 1 };
}

/** The name of the rule that a node of the plan gets, or of how its operator passes relevance. */
export function ruleOf({ assignments }: Plan, node: Node): string | undefined {
  const passes = assignments.get(node)?.passes;
  return passes && (isLayer(passes) ? passes.entry.rule.name : behaviorOf(passes));
}

/** Whether a node is a linear layer with a rule. */
export const isLayer = (passes: Assignment["passes"]): passes is LinearAssignment =>
  typeof passes === "object" && "entry" in passes;

/** Whether a node is a product of signals. */
export const isProduct = (passes: Assignment["passes"]): passes is ProductAssignment =>
  typeof passes === "object" && "signals" in passes;

/** How a node that is no layer passes relevance, in one word. */
const behaviorOf = (passes: Exclude<Assignment["passes"], LinearAssignment>): keyof typeof REASONS =>
  typeof passes === "string" ? passes : !isProduct(passes) ? "normalize" : passes.signals.length > 1 ? "halve" : "gate";

/**
 * The node as a linear layer. Its weights may be a gate: attention mixes its values by a softmax that is held constant.
 */
function linearRole(node: Node, signals: ReadonlySet<Value>, opens: (node: Node) => boolean): LinearRole | undefined {
  const operator = knownOperator(node);
  const form = operator && linearForm(operator);
  if (!form) return undefined;
  const [signal, ...others] = factorsOf(node, signals, opens);
  if (signal === undefined || others.length > 0) return undefined;
  const weights = form.weights[inputName(operator, signal) ?? ""];
  const isHeld = (input: Value | undefined, i: number) =>
    !input ||
    i === signal ||
    !signals.has(input) ||
    (inputName(operator, i) === weights && isGate(input, signals, opens));
  return weights && node.inputs.every(isHeld) ? { form, signal } : undefined;
}

function assign(node: Node, role: LinearRole, facts: LayerFacts, composite: Composite): Assignment {
  const entry = entryFor(composite, facts);
  if (entry) {
    const number = composite.entries.indexOf(entry) + 1;
    return {
      node,
      passes: { entry, ...role },
      reason: `entry ${number} of ${composite.name}: ${describeMatch(entry.match)}`,
    };
  }
  throw new LimnError(
    "bad-option",
    `${node.label}: no entry of the composite "${composite.name}" matches this ${role.form.kind} layer; add an entry without conditions at the end, such as { "rule": "epsilon" }`,
  );
}

interface Surroundings {
  readonly composite: Composite;
  readonly signals: ReadonlySet<Value>;
  /** Whether a node makes gates. */
  readonly opens: (node: Node) => boolean;
  /** Whether softmax and normalizations pass relevance unchanged. */
  readonly passes: boolean;
  /** The facts about the node, if it is a normalization. */
  readonly facts: LayerFacts;
}

/**
 * Whether a node shares out by contribution what several signals of one shape sum to, number by number, and nothing else. Only
 * then can a summand agree with the sum (see `SUMS`); a constant, or a number that counts at many places, has no part of its own.
 */
export const sumsSignals = (node: Node, signals: ReadonlySet<Value>): boolean =>
  node.inputs.length > 1 &&
  node.inputs.every(
    (x, i) => x && signals.has(x) && !isHeld(node, i) && isFloat(x.dtype) && sameShape(x.dims, node.output.dims),
  );

/** Undefined for operators that relevance can't pass, or that Limn does not know; an error only if relevance gets there. */
function behaves(node: Node, { composite, signals, opens, passes, facts }: Surroundings): Assignment | undefined {
  const operator = knownOperator(node);
  if (!operator) return undefined;
  const { relevance } = operator;
  const as = (passes: Exclude<Assignment["passes"], LinearAssignment>) => ({
    node,
    passes,
    reason: REASONS[behaviorOf(passes)],
  });
  if (relevance === "gate") return as({ signals: signalsOf(node, signals, opens) });
  if (relevance === "share" && composite.sums === "agreeing" && sumsSignals(node, signals))
    return { ...as(relevance), reason: REASONS.agree };
  if (typeof relevance === "string") return as(relevance);
  if (passes && (expansionOf(operator) || normalizationOf(operator))) return as("pass");
  if (expansionOf(operator)) return as("expand");
  if (normalizationOf(operator)) return as({ settings: entryFor(composite, facts)?.settings ?? {} });
  const form = linearForm(operator);
  // each factor is the input of a layer whose weights are the other one
  const factors = form ? factorsOf(node, signals, opens) : [];
  const isFactor = (i: number) => form?.weights[inputName(operator, i) ?? ""] !== undefined;
  return form && factors.length > 1 && factors.every(isFactor) ? as({ signals: factors, form }) : undefined;
}

/** The names by which the user may call the values of a graph. */
function namesIn({ graph }: Value): ReadonlyMap<Value, readonly string[]> {
  const names = new Map<Value, string[]>();
  for (const [name, value] of graph.names) names.set(value, [...(names.get(value) ?? []), name]);
  return names;
}

/** One line of a plan, for people. */
export interface PlanRow {
  readonly node: string;
  readonly operator: string;
  /** A rule with its options if the node is a linear layer, otherwise the operator's own behavior. */
  readonly rule: string;
  /** Why the node has it. */
  readonly reason: string;
}

/** A plan in words, from the image to the logits. */
export const planRows = ({ assignments }: Plan): PlanRow[] =>
  [...assignments.values()].map(({ node, passes, reason }) => ({
    node: node.name || node.output.name,
    operator: node.opType,
    rule: isLayer(passes) ? describeEntry(passes.entry) : behaviorOf(passes),
    reason,
  }));
