import { LimnError } from "../error.js";
import { Graph, type Node, type NodeInit, type Value } from "./graph.js";
import type { Tensor } from "./tensor.js";

/**
 * Replaces a node: gives its new output (or outputs), or undefined to keep the node.
 * @param inputs the node's inputs in the new graph
 * @param captures the node's captures in the new graph, under the names that its subgraphs use
 */
export type Visitor = (
  node: Node,
  inputs: readonly (Value | undefined)[],
  graph: Graph,
  captures: readonly Value[],
) => Value | readonly (Value | undefined)[] | undefined;

/** A new graph and, for every value of the old one that it still has, its successor. */
export interface Rewritten {
  readonly graph: Graph;
  readonly successors: ReadonlyMap<Value, Value>;
}

export interface RewriteOptions {
  /** Outputs of the new graph, as values of the old one. Default: the old one's outputs. */
  readonly outputs?: readonly Value[];
  /** Makes the value that replaces an input in the new graph. Default: an input of the same name and type. */
  readonly input?: (input: Value, graph: Graph) => Value;
  /** Constants that become inputs, after the other inputs. */
  readonly toInputs?: readonly Value[];
  /** Values that become stored constants, with their numbers; what computes them is dropped. */
  readonly constants?: ReadonlyMap<Value, Tensor>;
}

/**
 * Builds a new graph from an old one, node by node in topological order, with some nodes replaced. It drops what no output
 * needs. Replacements take over the names of what they replace.
 */
export function rewrite(source: Graph, visit: Visitor, options: RewriteOptions = {}): Rewritten {
  const graph = new Graph(source.operators);
  const successors = new Map<Value, Value>();
  const { outputs = source.outputs, constants = new Map<Value, Tensor>() } = options;
  for (const input of source.inputs) {
    successors.set(input, (options.input ?? sameInput)(input, graph));
  }
  for (const constant of options.toInputs ?? []) successors.set(constant, sameInput(constant, graph));
  /** Values that have the name of a value of the source already, and keep it. */
  const settled = new Set<Value>();
  const write: Writer = (node, inputs, captures) => {
    const scope = node.name || node.outputs[0]?.name || node.opType;
    const replaced = graph.within(scope, () => visit(node, inputs, graph, captures));
    const results = replaced === undefined ? copy(node, inputs, captures, graph) : [replaced].flat();
    node.outputs.forEach((before, i) => {
      const after = results[i];
      if (!before || !after) return;
      if (replaced !== undefined) takeOver(before, after, node, graph, settled);
      settled.add(after);
    });
    return replaced !== undefined && node.apart ? ownResults(node, results, graph) : results;
  };
  const begin = (value: Value) => constantOf(value, constants.get(value) ?? value.initializer, graph);
  const nodes = source.ancestors(outputs, (value) => constants.has(value));
  const successorOf = transcribe(nodes, graph, successors, write, begin);
  for (const output of outputs) graph.outputs.push(ownOutput(successorOf(output), output.name, graph));
  for (const [name, value] of source.names) {
    const after = successors.get(value);
    if (after) graph.names.set(name, after);
  }
  for (const [name, reason] of source.dissolved) graph.dissolved.set(name, reason);
  return { graph, successors };
}

/**
 * Copies the computation of a value into a graph, the same or another one, with some values replaced.
 * @param replaced replacements for values of the source, among them all inputs that `output` needs
 * @param scope what the names of copies start with
 * @returns the copy of `output`
 */
export function graft(output: Value, replaced: ReadonlyMap<Value, Value>, graph: Graph, scope: string): Value {
  const source = output.graph;
  const dependents = source.dependents([...replaced.keys()]);
  const depends = (value: Value | undefined) => value !== undefined && dependents.has(value);
  const within = (name: string) => `${scope}/${name}`;
  const write: Writer = (node, inputs, captures) => {
    if (source === graph && node.captures.some(depends)) {
      throw new LimnError(
        "unsupported",
        `${node.label}: Limn can't copy this node, because its body reads a value by name; export the model without control flow`,
      );
    }
    const outputs = node.outputs.map((v) => v && { name: within(v.name), dtype: v.dtype, shape: v.shape });
    return graph.intern({ ...fieldsOf(node), name: within(node.name || node.output.name), inputs, captures }, outputs)
      .outputs;
  };
  // in its own graph, what does not depend on a replaced value need not be copied
  const copied = source
    .ancestors([output], (value) => replaced.has(value))
    .filter((node) => source !== graph || node.outputs.some(depends));
  return transcribe(copied, graph, new Map(replaced), write, (value) => constantOf(value, value.initializer, graph))(
    output,
  );
}

/** What is known of a value before its graph runs: its numbers, or that it has a type, so that it can be an input. */
export type Given = Tensor | "input" | undefined;

/**
 * The part of a graph that computes some values from others, as a graph of its own. Everything keeps its name.
 * @param outputs the new graph's outputs, as values of the old one
 * @param given what the part begins with: inputs or constants of the new graph
 */
export function excerpt(outputs: readonly Value[], given: (value: Value) => Given): Graph {
  const source = (outputs[0] as Value).graph;
  const graph = new Graph(source.operators);
  const nodes = source.ancestors(outputs, (value) => given(value) !== undefined);
  const begin = (value: Value): Value => {
    const known = given(value) ?? value.initializer;
    const isInput = known === "input" || source.inputs.includes(value);
    return isInput ? sameInput(value, graph) : constantOf(value, known, graph);
  };
  // equal nodes stay apart, since each has names to keep
  const write: Writer = (node, inputs, captures) =>
    graph.append({ ...fieldsOf(node), inputs, captures }, node.outputs).outputs;
  graph.outputs.push(...outputs.map(transcribe(nodes, graph, new Map(), write, begin)));
  return graph;
}

/** Writes a node into the new graph. @returns its outputs there */
type Writer = (
  node: Node,
  inputs: readonly (Value | undefined)[],
  captures: readonly Value[],
) => readonly (Value | undefined)[];

/**
 * Writes nodes into a graph, in order.
 * @param successors the values that have a successor already; the outputs of written nodes are added
 * @param begin gives the successor of a value that none of the nodes computes
 * @returns a function that gives any value's successor
 */
function transcribe(
  nodes: readonly Node[],
  graph: Graph,
  successors: Map<Value, Value>,
  write: Writer,
  begin: (value: Value) => Value,
): (value: Value) => Value {
  const successorOf = (value: Value): Value => {
    const known = successors.get(value);
    if (known) return known;
    if (value.graph === graph) return value;
    const begun = begin(value);
    successors.set(value, begun);
    return begun;
  };
  for (const node of nodes) {
    const inputs = node.inputs.map((v) => v && successorOf(v));
    const captures = node.captures.map((v) => named(successorOf(v), v.name, graph));
    const results = write(node, inputs, captures);
    node.outputs.forEach((before, i) => {
      const after = results[i];
      if (before && after) successors.set(before, after);
    });
  }
  return successorOf;
}

function sameInput(input: Value, graph: Graph): Value {
  const after = graph.addInput(input.name, input.dtype, input.shape);
  if (input.declared) after.declared = input.declared;
  return after;
}

function constantOf({ name }: Value, data: Tensor | undefined, graph: Graph): Value {
  if (!data) throw new Error(`"${name}" is read before it is computed`);
  return graph.addInitializer(name, data);
}

function copy(node: Node, inputs: readonly (Value | undefined)[], captures: readonly Value[], graph: Graph) {
  return graph.intern({ ...fieldsOf(node), inputs, captures }, node.outputs).outputs;
}

/** What a copy of a node takes over unchanged. */
const fieldsOf = (node: Node): Omit<NodeInit, "inputs" | "captures"> => ({
  name: node.name,
  opType: node.opType,
  domain: node.domain,
  attributes: node.attributes,
  body: node.body,
  operators: node.operators,
  origin: node.origin,
  apart: node.apart,
});

/** What replaces a node that is kept apart may replace an equal node, too: copies that belong to this one. */
const ownResults = ({ outputs }: Node, results: readonly (Value | undefined)[], graph: Graph) =>
  results.map((after, i) => (after?.producer ? copied(after, outputs[i]?.name ?? after.name, graph, true) : after));

/** The value under a name that subgraphs or callers need: itself, or a copy if it has another name. */
const named = (value: Value, name: string, graph: Graph): Value =>
  value.name === name ? value : copied(value, name, graph);

/** @param apart whether no other copy takes its place, see `Node.apart` */
function copied(value: Value, name: string, graph: Graph, apart = false): Value {
  const init = { name: `keep/${name}`, opType: "Identity", inputs: [value], attributes: new Map(), apart };
  const { output } = graph.append(init, [{ name, dtype: value.dtype, shape: value.shape }]);
  graph.rename(output, name);
  return output;
}

/** Outputs of a model need their own names, so if two have become one value, the second is a copy. */
const ownOutput = (value: Value, name: string, graph: Graph): Value =>
  graph.outputs.includes(value) ? named(value, name, graph) : value;

/** Gives a replacement the name of what it replaces, and its type if its own is not known. */
function takeOver(before: Value, after: Value, node: Node, graph: Graph, settled: ReadonlySet<Value>): void {
  after.dtype ??= before.dtype;
  after.shape ??= before.shape;
  const isNew = after.producer !== undefined && after.producer === graph.nodes.at(-1);
  if (!isNew || settled.has(after)) return;
  graph.rename(after, before.name);
  if (node.name) after.producer.name = node.name;
}
