import type { Node, Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { overhangOf, slidings, startedInside, windowCount } from "../graph/window.js";
import { factOf } from "../ops/registry.js";
import { restate } from "./restate.js";

/**
 * Rewrites pooling with ceil_mode, if its last window would start in the end padding, as pooling without ceil_mode. ONNX
 * leaves that window out, and so do ONNX Runtime's kernels, but its shape inference counts it up to opset 21.
 *
 * Requires: inferred types. Ensures: shapes that depend on such a window are open again.
 * @returns the model itself if there was no such window
 */
export function dropCeilMode(model: Model): Model {
  const late = new Set<Node>(model.graph.nodes.filter(losesWindow));
  if (late.size === 0) return model;
  // the shapes downstream of one can't be trusted: those nodes wait for the next round
  const downstream = model.graph.descendants([...late].flatMap((node) => node.outputs.filter((v) => v !== undefined)));
  for (const node of downstream) late.delete(node);
  const { graph, successors } = rewrite(model.graph, (node, inputs, target) => {
    if (!late.has(node)) return undefined;
    return restate(node, inputs, target, { without: ["ceil_mode"], attributes: { pads: padsWithoutCeil(node) } });
  });
  for (const { outputs } of [...late, ...downstream]) {
    for (const output of outputs) {
      const after: Value | undefined = output && successors.get(output);
      if (after) after.shape = undefined;
    }
  }
  return { ...model, graph };
}

/** Whether ONNX Runtime counts a window that the node does not have. */
export const losesWindow = (node: Node): boolean => padsWithoutCeil(node) !== undefined;

/** Pads that give the same windows without ceil_mode; undefined if no window is left out, or no pads give the same. */
function padsWithoutCeil(node: Node): number[] | undefined {
  const { at } = node;
  const size = node.inputs[0]?.shape?.slice(2);
  if (factOf(node, "layout") !== "pools" || at.int("ceil_mode", 0) === 0 || !size) return undefined;
  if (at.string("auto_pad", "NOTSET").startsWith("SAME")) return undefined;
  const axes = slidings(at, size, at.ints("kernel_shape")).map((axis) => {
    const windows = windowCount(axis, true);
    const left = startedInside(axis, windows);
    // the end padding with which the last window just fits
    const end = Math.max(axis.after, overhangOf(axis, left));
    return { drops: left < windows, widens: end > axis.after, before: axis.before, end };
  });
  if (!axes.some(({ drops }) => drops)) return undefined;
  // the average would count the wider padding
  if (axes.some(({ widens }) => widens) && at.int("count_include_pad", 0) === 1) return undefined;
  return [...axes.map(({ before }) => before), ...axes.map(({ end }) => end)];
}
