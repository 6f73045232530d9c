import { LimnError } from "../error.js";
import type { Node, Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { type Shape, sizeOf } from "../graph/tensor.js";

/** Attributes that ONNX Runtime divides by, or counts with, before it checks them. */
const AT_LEAST_ONE = ["group", "strides", "dilations", "kernel_shape", "blocksize", "num_groups", "num_outputs"];

/**
 * Refuses damaged models that are known to abort ONNX Runtime 1.30, and the whole process with it: it should refuse them
 * itself.
 * @throws LimnError `bad-model` with the node and the value
 */
export function refuseFatal({ graph }: Model): void {
  for (const node of graph.nodes) {
    if (node.domain !== "") continue;
    for (const name of AT_LEAST_ONE) checkAtLeastOne(node, name);
    if (node.opType === "OneHot") checkSingle(node, "depth", node.inputs[1]);
  }
}

function checkAtLeastOne(node: Node, name: string): void {
  const attribute = node.attributes.get(name);
  if (attribute?.kind !== "int" && attribute?.kind !== "ints") return;
  const values = [attribute.value].flat();
  if (values.every((v) => v >= 1)) return;
  throw new LimnError(
    "bad-model",
    `${node.label}: the attribute "${name}" is ${values.join(", ")}, but must be at least 1; export the model again`,
  );
}

function checkSingle(node: Node, name: string, value: Value | undefined): void {
  const dims = value && constantShape(value);
  if (!dims || sizeOf(dims) === 1) return;
  throw new LimnError(
    "bad-model",
    `${node.label}: the input "${name}" has the shape [${dims.join(", ")}], but must be a single number; export the model again`,
  );
}

function constantShape({ initializer, producer }: Value): Shape | undefined {
  const stored = producer?.opType === "Constant" ? producer.attributes.get("value") : undefined;
  return initializer?.dims ?? (stored?.kind === "tensor" ? stored.value.dims : undefined);
}
