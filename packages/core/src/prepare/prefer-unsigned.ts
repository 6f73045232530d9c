import type { Node, Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { numbersOf } from "../graph/tensor.js";
import { restate } from "./restate.js";

/** How far apart the ranges of int8 and uint8 are. */
const SHIFT = 128;

/**
 * Rounds activations to uint8 where a model rounds them to int8, with zero points that are as much higher: the floats that they
 * stand for are the same. ONNX Runtime does so too, on most processors, and by 1.30 it loads no graph of opset 21 where a
 * dequantized int8 is only moved before it is used, as gradients do.
 *
 * Requires: opset 21. Ensures: no value is rounded to int8 only to be dequantized again.
 */
export function preferUnsigned(model: Model): Model {
  const consumers = model.graph.consumers();
  const shifted = new Map<Node, number[]>();
  for (const node of model.graph.nodes) {
    if (!isOf(node, "QuantizeLinear") || node.output.dtype !== "int8") continue;
    const readers = consumers.get(node.output) ?? [];
    const among = [node, ...readers];
    const zeros = among.map(({ inputs: [, , zero] }) => (zero?.initializer ? numbersOf(zero.initializer) : undefined));
    const dequantized = readers.every((reader) => isOf(reader, "DequantizeLinear"));
    if (!dequantized || model.graph.outputs.includes(node.output) || zeros.some((zero) => !zero)) continue;
    among.forEach((each, i) => {
      shifted.set(each, zeros[i] as number[]);
    });
  }
  if (shifted.size === 0) return model;
  const { graph } = rewrite(model.graph, (node, inputs, target) => {
    const zeros = shifted.get(node);
    if (!zeros) return undefined;
    const dims = (node.inputs[2] as Value).dims;
    const zero = target.constant(
      "uint8",
      dims,
      zeros.map((z) => z + SHIFT),
    );
    const [x, scale] = inputs;
    if (node.opType === "DequantizeLinear") return restate(node, [x, scale, zero], target);
    const name = node.output.name;
    const { opType, attributes, origin } = node;
    const kept = new Map([...attributes].filter(([attribute]) => attribute !== "output_dtype"));
    const init = { name: node.name, opType, inputs: [x, scale, zero], attributes: kept, origin };
    return target.intern(init, [{ name, dtype: "uint8", shape: node.output.shape }]).outputs;
  });
  return { ...model, graph };
}

const isOf = (node: Node, opType: string): boolean => node.domain === "" && node.opType === opType;
