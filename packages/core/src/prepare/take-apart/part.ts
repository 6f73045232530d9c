import { type AttributeInit, attributesFrom } from "../../graph/attributes.js";
import type { Graph, Node, Value } from "../../graph/graph.js";
import type { ValueType } from "../../graph/tensor.js";
import type { Site } from "../upgrade-opset/upgrade.js";

/** Writes a node as standard operators: its outputs, or undefined where it has to stay as it is. */
export type TakeApart = (site: Site) => Value | readonly (Value | undefined)[] | undefined;

/**
 * Writes an operator of ONNX's own set that is part of a node.
 * @param type of its output; what is not known is inferred later
 */
export function standard(
  graph: Graph,
  node: Node,
  opType: string,
  inputs: readonly (Value | undefined)[],
  attributes: AttributeInit = {},
  type: Partial<ValueType> = {},
): Value {
  const name = `${node.name || node.outputs[0]?.name}/${opType.toLowerCase()}`;
  const given = inputs.slice(0, inputs.findLastIndex((v) => v !== undefined) + 1);
  const init = { name, opType, inputs: given, attributes: attributesFrom(attributes) };
  return graph.intern(init, [{ name, dtype: type.dtype, shape: type.shape }]).output;
}
