import type { Node } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { numbersOf } from "../graph/tensor.js";
import { decodeBody } from "../onnx/decode.js";

/**
 * Replaces If nodes whose condition is a constant by the branch that they take. Exporters write such nodes for modules that
 * look at sizes, and these are constants once the input is fixed.
 *
 * Requires: folded constants.
 * @returns the model itself if there was no such node
 */
export function takeBranches(model: Model): Model {
  if (!model.graph.nodes.some((node) => branchOf(node))) return model;
  const { graph } = rewrite(model.graph, (node, _, target, captures) => {
    const branch = branchOf(node);
    if (!branch) return undefined;
    const outer = new Map(captures.map((value) => [value.name, value]));
    return decodeBody(node, branch, outer, target, model.read);
  });
  return { ...model, graph };
}

function branchOf(node: Node): "then_branch" | "else_branch" | undefined {
  if (node.domain !== "" || node.opType !== "If") return undefined;
  const condition = node.inputs[0]?.initializer;
  const [taken] = (condition && numbersOf(condition)) ?? [];
  if (taken === undefined) return undefined;
  return taken ? "then_branch" : "else_branch";
}
