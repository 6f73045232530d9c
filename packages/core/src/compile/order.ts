import type { Graph, Node } from "../graph/graph.js";

/**
 * Sorts the nodes of a graph by their depth, the number of nodes on the longest way to them from an input.
 *
 * Of the inputs of a node, ONNX Runtime computes those first that stand last in the file, with all that leads to them. In this order
 * it goes the longest way first. What follows from the forward pass alone, such as what relevance is divided by at a layer, is then
 * computed when relevance has arrived there, and does not lie in memory until then.
 */
export function sortByDepth({ nodes }: Graph): void {
  const depths = new Map<Node, number>();
  for (const node of nodes) {
    const before = node.reads().map(({ producer }) => (producer ? (depths.get(producer) as number) : 0));
    depths.set(node, 1 + Math.max(0, ...before));
  }
  nodes.sort((a, b) => (depths.get(a) as number) - (depths.get(b) as number));
}
