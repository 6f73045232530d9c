import { type AttributeInit, attributesFrom } from "../graph/attributes.js";
import type { Graph, Node, Value } from "../graph/graph.js";
import type { ValueType } from "../graph/tensor.js";

/** What is different about a node that is written again. */
export interface Restatement {
  readonly opType?: string;
  /** Attributes to leave out. */
  readonly without?: readonly string[];
  /** Attributes to add or replace. */
  readonly attributes?: AttributeInit;
  /** Types of the outputs, where they are not those of the original: then the node is a step on the way. */
  readonly outputs?: readonly ValueType[];
}

/** Writes a node once more, in another form: its name, documentation and outputs carry over. */
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
