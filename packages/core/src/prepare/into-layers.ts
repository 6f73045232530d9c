import type { Graph, Node, Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";

/** A node that a layer takes up: the linear layer before it. */
interface TakenUp {
  readonly linear: Node;
}

/**
 * A model in which linear layers do what the node after them did. The node's name is then the layer's, and the layer's own name
 * leads there.
 * @param found the nodes that are taken up
 * @param write writes a layer in the place of such a node
 * @param what became of the layer, as messages say it, such as "its batch normalization is folded into it"
 * @returns the model itself if there are none
 */
export function intoLayers<How extends TakenUp>(
  model: Model,
  found: ReadonlyMap<Node, How>,
  write: (node: Node, inputs: readonly (Value | undefined)[], how: How, target: Graph) => Value | undefined,
  what: string,
): Model {
  if (found.size === 0) return model;
  const { graph, successors } = rewrite(model.graph, (node, inputs, target) => {
    const how = found.get(node);
    return how && write(node, inputs, how, target);
  });
  for (const [node, { linear }] of found) {
    const written = successors.get(node.output);
    if (!written) continue;
    if (linear.name) graph.names.set(linear.name, written);
    graph.names.delete(linear.output.name);
    graph.dissolved.set(linear.output.name, `${what}; use "${node.output.name}"`);
  }
  return { ...model, graph };
}

/** Whether only one node reads a layer, of which nothing but its first input depends on the model's input. */
export function takersIn(graph: Graph, isConstant: ReturnType<typeof constantsOf>): (linear: Node) => boolean {
  const consumers = graph.consumers();
  return ({ output, inputs }) =>
    consumers.get(output)?.length === 1 && !graph.outputs.includes(output) && inputs.slice(1).every(isConstant);
}

/** Whether a value is missing, or does not depend on the model's input. */
export function constantsOf(graph: Graph): (value: Value | undefined) => boolean {
  const computed = graph.dependents(graph.inputs);
  return (value) => value === undefined || !computed.has(value);
}
