import { type AttributeInit, attributesFrom } from "../../graph/attributes.js";
import type { Graph, Node, Value } from "../../graph/graph.js";
import type { ValueType } from "../../graph/tensor.js";
import type { Site } from "../upgrade-opset/upgrade.js";

/** A node that is to be taken apart. */
export interface Place extends Site {
  /** The nodes that read the node's output `i`. */
  readers(i: number): readonly Node[];
}

/** Writes a node as standard operators: its outputs, or undefined where it has to stay as it is. */
export type TakeApart = (place: Place) => Value | readonly (Value | undefined)[] | undefined;

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
  const { output } = graph.intern(init, [{ name, dtype: type.dtype, shape: type.shape }]);
  // a value's name is unique, and its node's with it
  if (output.producer?.name === name) output.producer.name = output.name;
  return output;
}
