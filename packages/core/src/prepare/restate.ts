import { type AttributeInit, attributesFrom } from "../graph/attributes.js";
import type { Graph, Node, Value } from "../graph/graph.js";
import type { ValueType } from "../graph/tensor.js";

/** What differs if a node is written in another form. */
export interface Restatement {
  readonly opType?: string;
  /** Attributes to leave out. */
  readonly without?: readonly string[];
  /** Attributes to add or replace. */
  readonly attributes?: AttributeInit;
  /** Types of the outputs, if they differ from the original's; then the node is only a step, with a name of its own. */
  readonly outputs?: readonly ValueType[];
}

/** Writes a node in another form; it keeps its name, documentation and outputs. */
export function restate(
  node: Node,
  inputs: readonly (Value | undefined)[],
  graph: Graph,
  { opType = node.opType, without = [], attributes = {}, outputs }: Restatement = {},
): readonly (Value | undefined)[] {
  const kept = [...node.attributes].filter(([name]) => !without.includes(name));
  const step = `${node.name || node.outputs[0]?.name}/${opType.toLowerCase()}`;
  const init = {
    name: outputs ? step : node.name,
    opType,
    domain: node.domain,
    inputs: inputs.slice(0, inputs.findLastIndex((v) => v !== undefined) + 1),
    attributes: new Map([...kept, ...attributesFrom(attributes)]),
    origin: node.origin,
  };
  const named = outputs?.map(({ dtype, shape }) => ({ dtype, shape, name: step }));
  return graph.intern(init, named ?? node.outputs).outputs;
}
