import type { Graph } from "./graph.js";

/** A graph, and what an ONNX file says next to it. */
export interface Model {
  readonly graph: Graph;
  readonly irVersion: number;
  /** Versions of operator sets by domain; "" is ONNX's own. */
  readonly opsets: ReadonlyMap<string, number>;
  /** The program that wrote the model. */
  readonly producer: string;
  readonly metadata: ReadonlyMap<string, string>;
  /** Gives a range of a file that holds constants, if they can be read from here. */
  readonly read?: ((location: string, offset: number, length: number) => Uint8Array) | undefined;
  /** The file that this was read from, with the types of inputs and outputs that are not tensors; only onnx/ looks inside. */
  readonly origin?: object;
}

/** The version of ONNX's own operator set that a model is written in. */
export const opsetOf = (model: Model): number => model.opsets.get("") ?? model.opsets.get("ai.onnx") ?? 1;

/** A model of Limn's own that is no part of a user's: a graph with nothing else. */
export const ownModel = (graph: Graph): Model => ({
  graph,
  irVersion: 10,
  opsets: new Map([["", 21]]),
  producer: "limn",
  metadata: new Map(),
});
