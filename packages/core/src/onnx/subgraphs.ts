import type { Node } from "../graph/graph.js";
import type { GraphProto, NodeProto } from "./onnx_pb.js";

/** The graphs in a node's attributes: branches of If, bodies of Loop and Scan. */
const subgraphs = (node: NodeProto): GraphProto[] =>
  node.attribute.flatMap((attribute) => [...(attribute.g ? [attribute.g] : []), ...attribute.graphs]);

/** Names of the enclosing graph that the node's subgraphs read. */
export function outerNames(node: NodeProto): Set<string> {
  const names = new Set<string>();
  for (const graph of subgraphs(node)) {
    const own = new Set([...graph.input, ...graph.initializer].map(({ name }) => name));
    for (const inner of graph.node) {
      for (const name of [...inner.input, ...outerNames(inner)]) if (name && !own.has(name)) names.add(name);
      for (const name of inner.output) own.add(name);
    }
    for (const { name } of graph.output) if (!own.has(name)) names.add(name);
  }
  return names;
}

/** ONNX's own operators that a node's subgraphs use, at any depth. */
export function operatorsWithin(node: Node): string[] {
  const collect = (proto: NodeProto): string[] =>
    subgraphs(proto).flatMap(({ node: inner }) =>
      inner.flatMap((n) => [...(n.domain === "" || n.domain === "ai.onnx" ? [n.opType] : []), ...collect(n)]),
    );
  return node.origin ? collect(node.origin as NodeProto) : [];
}
