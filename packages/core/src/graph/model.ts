import type { Graph } from "./graph.js";

/** A graph with what an ONNX file says around it. */
export interface Model {
  readonly graph: Graph;
  readonly irVersion: number;
  /** Operator set versions by domain; "" is ONNX's own. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly producer: string;
  readonly metadata: ReadonlyMap<string, string>;
  /** Gives a range of a file that holds constants, where they can be read from here. */
  readonly read?: ((location: string, offset: number, length: number) => Uint8Array) | undefined;
  /** Inputs and outputs that are not tensors keep their type here; only onnx/ looks inside. */
  readonly origin?: object;
}

/** The version of ONNX's own operator set that a model is written in. */
export const opsetOf = (model: Model): number => model.opsets.get("") ?? model.opsets.get("ai.onnx") ?? 1;
