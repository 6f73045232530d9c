import type { Node, Value } from "../../graph/graph.js";

/** Whether a node multiplies the result of ConvInteger or MatMulInteger, as ONNX Runtime's dynamic quantizer writes it. */
export const scalesIntegers = (node: Node): boolean => node.opType === "Mul" && node.inputs.some(isOfIntegers);

/** Whether a value is the result of ConvInteger or MatMulInteger, as floats. */
export const isOfIntegers = (value: Value | undefined): boolean => {
  const integers = value?.producer?.opType === "Cast" ? value.producer.inputs[0]?.producer : undefined;
  return integers?.opType === "ConvInteger" || integers?.opType === "MatMulInteger";
};
