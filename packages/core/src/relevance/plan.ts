import type { Classifier } from "../classifier.js";
import { type Composite, describeMatch, type Entry, entryFor, type LayerFacts } from "../composites/composite.js";
import { LimnError } from "../error.js";
import type { Node, Value } from "../graph/graph.js";
import { inputName, type LinearForm } from "../ops/operator.js";
import { operatorOf } from "../ops/registry.js";
import { signalsOf } from "./gate.js";

/** How one node passes relevance on. */
export interface Assignment {
  readonly node: Node;
  /** A rule, for linear layers, or the operator's own behavior. */
  readonly passes: { readonly entry: Entry; readonly form: LinearForm } | "pass" | "route" | "share" | "gate";
  /** Why, in words. */
  readonly reason: string;
}

/** Which rule every node between the image and the logits gets. */
export interface Plan {
  readonly composite: Composite;
  readonly assignments: ReadonlyMap<Node, Assignment>;
  /** Everything that is computed from the image. */
  readonly signals: ReadonlySet<Value>;
}

const REASONS = {
  pass: "relevance passes an activation as it is",
  route: "relevance follows the elements that the output is made of",
  share: "every summand gets its share of the sum",
  gate: "the gate is held constant, the signal gets all",
} as const;

/**
 * Assigns the rules of a composite.
 * @throws LimnError `bad-option` for a layer that no entry matches, `unsupported` for an operator without relevance
 */
export function planOf({ image, logits }: Pick<Classifier, "image" | "logits">, composite: Composite): Plan {
  const { graph } = image;
  const signals = graph.dependents([image]);
  const between = new Set(graph.descendants([image]));
  const nodes = graph.ancestors([logits]).filter((node) => between.has(node));
  const names = namesIn(image);
  const behind = new Set<Value>();
  const assignments = new Map<Node, Assignment>();
  for (const node of nodes) {
    const form = linearForm(node, signals);
    const first = !node.inputs.some((input) => input && behind.has(input));
    if (form || !first) for (const output of node.outputs) if (output) behind.add(output);
    const assignment = form ? assign(node, form, first, composite, names) : behaves(node, signals);
    if (assignment) assignments.set(node, assignment);
  }
  return { composite, assignments, signals };
}

/** The name of the rule that a node of the plan gets, or of its operator's own behavior. */
export function ruleOf({ assignments }: Plan, node: Node): string | undefined {
  const passes = assignments.get(node)?.passes;
  return typeof passes === "object" ? passes.entry.rule.name : passes;
}

/** The node as a linear layer, where its weights don't depend on the image. */
export function linearForm(node: Node, signals: ReadonlySet<Value>): LinearForm | undefined {
  const operator = operatorOf(node);
  const { relevance } = operator;
  if (typeof relevance !== "object" || !("weights" in relevance)) return undefined;
  const varying = node.inputs.flatMap((input, i) => (input && signals.has(input) ? [inputName(operator, i)] : []));
  return varying.length === 1 && relevance.weights[varying[0] as string] ? relevance : undefined;
}

function assign(
  node: Node,
  form: LinearForm,
  first: boolean,
  composite: Composite,
  names: ReadonlyMap<Value, readonly string[]>,
): Assignment {
  const facts: LayerFacts = {
    kind: form.kind,
    first,
    operator: node.opType,
    names: [node.name, node.output.name, ...(names.get(node.output) ?? [])],
  };
  const entry = entryFor(composite, facts);
  if (entry) {
    const number = composite.entries.indexOf(entry) + 1;
    return {
      node,
      passes: { entry, form },
      reason: `entry ${number} of ${composite.name}: ${describeMatch(entry.match)}`,
    };
  }
  throw new LimnError(
    "bad-option",
    `${node.label}: no entry of the composite "${composite.name}" matches this ${form.kind} layer; add one without conditions, such as { "rule": "epsilon" }, at the end`,
  );
}

/** Undefined for operators that relevance can't pass: an error only where it would have to. */
function behaves(node: Node, signals: ReadonlySet<Value>): Assignment | undefined {
  const { relevance } = operatorOf(node);
  // a product of two signals, such as attention's: one of them is the gate
  if (typeof relevance === "object" && "weights" in relevance) {
    return signalsOf(node, signals).length === 1 ? { node, passes: "gate", reason: REASONS.gate } : undefined;
  }
  return typeof relevance === "string" ? { node, passes: relevance, reason: REASONS[relevance] } : undefined;
}

/** What the user may call the values of a graph. */
function namesIn({ graph }: Value): ReadonlyMap<Value, readonly string[]> {
  const names = new Map<Value, string[]>();
  for (const [name, value] of graph.names) names.set(value, [...(names.get(value) ?? []), name]);
  return names;
}

/** One line of a plan, for people. */
export interface PlanRow {
  readonly node: string;
  readonly operator: string;
  /** A rule with its options, for linear layers, or the operator's own behavior. */
  readonly rule: string;
  readonly reason: string;
}

/** A plan in words, from the image to the logits. */
export const planRows = ({ assignments }: Plan): PlanRow[] =>
  [...assignments.values()].map(({ node, passes, reason }) => ({
    node: node.name || node.output.name,
    operator: node.opType,
    rule: typeof passes === "string" ? passes : withOptions(passes.entry),
    reason,
  }));

function withOptions({ rule, options, bias }: Entry): string {
  const settings = Object.entries(options).map(([name, value]) => `${name} ${value}`);
  if (bias === "ignore") settings.push("bias ignored");
  return settings.length > 0 ? `${rule.name} (${settings.join(", ")})` : rule.name;
}
