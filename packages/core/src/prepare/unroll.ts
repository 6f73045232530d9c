import { Graph, type Node, type Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { numbersOf } from "../graph/tensor.js";
import { decodeBody } from "../onnx/decode.js";
import { storedConstant } from "./fold-constants.js";
import { elementsOf } from "./take-apart/sequences.js";

/** Loops of more turns than this stay as they are. */
const MOST_TURNS = 256;

/**
 * Writes the body of each loop whose number of turns is known, and that of SequenceMap over a sequence of known length, once
 * for each turn.
 *
 * Requires: folded constants. Ensures: what the turns give is a sequence, where several are put together.
 * @returns the model itself if there was no such node
 */
export function unroll(model: Model): Model {
  const turns = new Map<Node, Turns>();
  for (const node of model.graph.nodes) {
    const found = node.domain === "" ? turnsOf(node, model.read) : undefined;
    if (found) turns.set(node, found);
  }
  if (turns.size === 0) return model;
  const { graph } = rewrite(model.graph, (node, inputs, target, captures) => {
    const outer = new Map(captures.map((value) => [value.name, value]));
    const body = (given: readonly (Value | undefined)[]) => decodeBody(node, "body", outer, target, model.read, given);
    return turns.get(node)?.({ node, inputs, graph: target, body });
  });
  return { ...model, graph };
}

interface Unrolling {
  readonly node: Node;
  readonly inputs: readonly (Value | undefined)[];
  readonly graph: Graph;
  /** Writes the body once more. @returns its outputs */
  body(given: readonly (Value | undefined)[]): Value[];
}

type Turns = (site: Unrolling) => Value[];

function turnsOf(node: Node, read: Model["read"]): Turns | undefined {
  if (node.opType === "SequenceMap") return elementsOf(node.inputs[0]) && mapped;
  if (node.opType !== "Loop") return undefined;
  const [count] = constantOf(node.inputs[0]) ?? [];
  const [condition] = node.inputs[1] ? (constantOf(node.inputs[1]) ?? []) : [1];
  if (count === undefined || count > MOST_TURNS || !condition || !goesOn(node, read)) return undefined;
  return (site) => looped(site, count);
}

/** SequenceMap: the body of each element, next to tensors that are the same for all. */
function mapped({ node, inputs, graph, body }: Unrolling): Value[] {
  const sequences = inputs.map((value) => elementsOf(value));
  const turns = (sequences[0] as Value[]).map((_, i) => body(inputs.map((value, k) => sequences[k]?.[i] ?? value)));
  return node.outputs.map((_, k) =>
    sequence(
      graph,
      turns.map((results) => results[k] as Value),
    ),
  );
}

/** Loop: each turn gets what the one before has handed on; what else it gives is stacked along a new first axis. */
function looped({ node, inputs, graph, body }: Unrolling, count: number): Value[] {
  const [, condition, ...initial] = inputs;
  const isTrue = condition ?? graph.constant("bool", [], [1]);
  let carried = initial as Value[];
  const shown: Value[][] = [];
  for (let i = 0; i < count; i++) {
    const [, ...results] = body([graph.constant("int64", [], [i]), isTrue, ...carried]);
    carried = results.slice(0, initial.length);
    shown.push(results.slice(initial.length));
  }
  const stacked = node.outputs.slice(initial.length).map((_, k) => {
    const name = `${node.name || node.opType}/stacked`;
    const inputs = [
      sequence(
        graph,
        shown.map((results) => results[k] as Value),
      ),
    ];
    const attributes = new Map([
      ["axis", { kind: "int", value: 0n }],
      ["new_axis", { kind: "int", value: 1n }],
    ] as const);
    return graph.append({ name, opType: "ConcatFromSequence", inputs, attributes }, [{ name, ...UNKNOWN }]).output;
  });
  return [...carried, ...stacked];
}

function sequence(graph: Graph, inputs: readonly Value[]): Value {
  const name = "sequence";
  const init = { name, opType: "SequenceConstruct", inputs, attributes: new Map() };
  return graph.append(init, [{ name, ...UNKNOWN }]).output;
}

const UNKNOWN = { dtype: undefined, shape: undefined };

const constantOf = (value: Value | undefined): number[] | undefined =>
  value?.initializer && numbersOf(value.initializer);

/** Whether a loop's body never ends it: the condition that it gives is the one that it got, or always true. */
function goesOn(node: Node, read: Model["read"]): boolean {
  const graph = new Graph(node.operators);
  const input = (name: string) => graph.addInput(name, undefined, undefined);
  const outer = new Map(node.captures.map(({ name }) => [name, input(name)]));
  const given = node.inputs.map((_, i) => input(`given/${i}`));
  let [condition] = decodeBody(node, "body", outer, graph, read, given);
  while (condition?.producer?.opType === "Identity") condition = condition.producer.inputs[0];
  if (condition === given[1]) return true;
  const stored = condition?.initializer ?? (condition?.producer && storedConstant(condition.producer));
  return (stored && numbersOf(stored)?.[0]) === 1;
}
