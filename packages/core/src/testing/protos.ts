import type { MessageInitShape } from "@bufbuild/protobuf";
import type { GraphProtoSchema } from "../onnx/onnx_pb.js";

// Graphs within nodes, in ONNX's own words: what If, Loop and SequenceMap hold.

export type GraphInit = MessageInitShape<typeof GraphProtoSchema>;
export type NodeInit = NonNullable<GraphInit["node"]>[number];

/** An input or output. @param elemType ONNX's code for the type */
export const info = (name: string, elemType: number, ...dims: number[]) => {
  const dim = dims.map((d) => ({ value: { case: "dimValue" as const, value: BigInt(d) } }));
  return { name, type: { value: { case: "tensorType" as const, value: { elemType, shape: { dim } } } } };
};
