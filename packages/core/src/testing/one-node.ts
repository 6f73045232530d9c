import { type AttributeInit, attributesFrom } from "../graph/attributes.js";
import { Graph } from "../graph/graph.js";
import { cast } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { type DataType, isFloat, type Shape, tensor } from "../graph/tensor.js";

/** An input of the operator under test; a constant one is stored in the graph, floats of other types are fed as float32. */
export interface TestInput {
  readonly name: string;
  readonly dtype: DataType;
  readonly dims: Shape;
  readonly data: readonly number[];
  readonly constant: boolean;
}

/**
 * A model of one node, in the operator set that the case is written for.
 * @param opType of ONNX's own operators, or of others as `domain.Name`
 */
export function oneNodeModel(
  opType: string,
  inputs: readonly (TestInput | undefined)[],
  attributes: AttributeInit,
  outputCount: number,
  opset: number,
): Model {
  const graph = new Graph();
  const values = inputs.map((input) => {
    if (!input) return undefined;
    const { name, dtype, dims, data, constant } = input;
    const value = constant
      ? graph.addInitializer(name, tensor(dtype, dims, data))
      : cast(graph.addInput(name, isFloat(dtype) ? "float32" : dtype, dims), dtype);
    graph.names.set(name, value);
    return value;
  });
  const outputs = Array.from({ length: outputCount }, (_, i) => ({
    name: `y${i}`,
    dtype: undefined,
    shape: undefined,
  }));
  const [, domain = "", name = opType] = /^(.*)\.(.*)$/.exec(opType) ?? [];
  const node = graph.append(
    { name: "subject", opType: name, domain, inputs: values, attributes: attributesFrom(attributes) },
    outputs,
  );
  for (const output of node.outputs) if (output) graph.outputs.push(output);
  const opsets = new Map([["", opset], ...(domain ? [[domain, 1] as const] : [])]);
  return { graph, irVersion: 10, opsets, producer: "limn", metadata: new Map() };
}
