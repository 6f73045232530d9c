import type { Node, Value } from "./graph/graph.js";

/** The nodes between image and logits, in order. */
export function pathBetween(image: Value, logits: Value): Node[] {
  const needed = new Set(image.graph.ancestors([logits]));
  return image.graph.descendants([image]).filter((node) => needed.has(node));
}

/**
 * Values that every path from image to logits passes. In topological order, these are the values at which no other
 * value still has readers to come: what lies before can reach what comes after only through them.
 */
export function cutValues(image: Value, path: readonly Node[]): Set<Value> {
  const lastUse = new Map<Value, number>();
  path.forEach((node, i) => {
    for (const value of node.reads()) lastUse.set(value, i);
  });
  const cuts = new Set<Value>();
  const open = new Set<Value>([image]);
  path.forEach((node, i) => {
    for (const value of node.reads()) if (lastUse.get(value) === i) open.delete(value);
    for (const output of node.outputs) if (output && lastUse.has(output)) open.add(output);
    if (open.size === 1 && open.has(node.output)) cuts.add(node.output);
  });
  return cuts;
}
