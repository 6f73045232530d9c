import type { Classifier } from "../classifier.js";
import {
  type Composite,
  describeEntry,
  describeMatch,
  type Entry,
  entryFor,
  type LayerFacts,
} from "../composites/composite.js";
import { LimnError } from "../error.js";
import type { Node, Value } from "../graph/graph.js";
import { type Behavior, inputName, type LinearForm, linearForm } from "../ops/operator.js";
import { knownOperator } from "../ops/registry.js";
import { isGate, signalsOf } from "./gate.js";

/** How one node passes relevance on. */
export interface Assignment {
  readonly node: Node;
  /** A rule if the node is a linear layer, otherwise the operator's own behavior. */
  readonly passes: LinearAssignment | Behavior;
  /** Why, in words. */
  readonly reason: string;
}

/** A linear layer's rule, and which of its inputs is the signal. */
export interface LinearAssignment extends LinearRole {
  readonly entry: Entry;
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
  gate: "the gate counts as constant, so the signal gets all relevance",
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
    const role = linearRole(node, signals);
    const first = !node.inputs.some((input) => input && downstream.has(input));
    // normalization mixes no pixels, so the layer after it still sees the image
    const mixes = role && role.form.kind !== "normalization";
    if (mixes || !first) for (const output of node.outputs) if (output) downstream.add(output);
    const assignment = role ? assign(node, role, first, composite, names) : behaves(node);
    if (assignment) assignments.set(node, assignment);
  }
  return { composite, assignments, signals, images: image.dims[0] ?? 1 };
}

/** The name of the rule that a node of the plan gets, or of its operator's own behavior. */
export function ruleOf({ assignments }: Plan, node: Node): string | undefined {
  const passes = assignments.get(node)?.passes;
  return typeof passes === "object" ? passes.entry.rule.name : passes;
}

/**
 * The node as a linear layer. Its weights may be a gate: attention mixes its values by a softmax that is held constant.
 */
function linearRole(node: Node, signals: ReadonlySet<Value>): LinearRole | undefined {
  const operator = knownOperator(node);
  const form = operator && linearForm(operator);
  if (!form) return undefined;
  const [signal, ...others] = signalsOf(node, signals);
  if (signal === undefined || others.length > 0) return undefined;
  const weights = form.weights[inputName(operator, signal) ?? ""];
  const isHeld = (input: Value | undefined, i: number) =>
    !input || i === signal || !signals.has(input) || (inputName(operator, i) === weights && isGate(input, signals));
  return weights && node.inputs.every(isHeld) ? { form, signal } : undefined;
}

function assign(
  node: Node,
  role: LinearRole,
  first: boolean,
  composite: Composite,
  names: ReadonlyMap<Value, readonly string[]>,
): Assignment {
  const facts: LayerFacts = {
    kind: role.form.kind,
    first,
    operator: node.opType,
    names: [node.name, node.output.name, ...(names.get(node.output) ?? [])],
  };
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

/** Undefined for operators that relevance can't pass, or that Limn does not know; an error only if relevance gets there. */
function behaves(node: Node): Assignment | undefined {
  const relevance = knownOperator(node)?.relevance;
  return typeof relevance === "string" ? { node, passes: relevance, reason: REASONS[relevance] } : undefined;
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
    rule: typeof passes === "string" ? passes : describeEntry(passes.entry),
    reason,
  }));
