import type { Graph, Node, Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { BYTES_PER_ELEMENT, type DataType, sizeOf, type Tensor, tensor } from "../graph/tensor.js";
import { runOnce } from "../onnx/open-session.js";
import { factOf } from "../ops/registry.js";
import type { Runtime, TensorValue, Weights } from "../session.js";

/** Constants of up to so many elements are computed now, so that passes can read them; ONNX Runtime folds larger ones later. */
const SMALL = 1024;

/** Indices can be a picture's worth, and rules need to read them. */
const SMALL_INTEGERS = 2 ** 18;

/**
 * Replaces what does not depend on the input by stored constants, which ONNX Runtime computes: shape arithmetic, axes,
 * pads, small tables. `Shape` and `Size` of a static shape are constants too.
 *
 * Requires: inferred types. Ensures: no `Constant` node is left.
 * @returns the model itself if there was nothing to fold
 */
export async function foldConstants(model: Model, runtime: Runtime, weights?: Weights): Promise<Model> {
  return evaluateConstants(withStoredConstants(model), runtime, weights);
}

/** The model with initializers instead of `Constant`, `Shape` and `Size` nodes. */
export function withStoredConstants(model: Model): Model {
  const found = model.graph.nodes.filter((node) => storedConstant(node));
  if (found.length === 0) return model;
  const { graph } = rewrite(model.graph, (node, _, target) => {
    const data = storedConstant(node);
    return data && target.addInitializer(node.output.name, data);
  });
  return { ...model, graph };
}

/** What a node stores, or the size of a static shape that it gives. */
export function storedConstant(node: Node): Tensor | undefined {
  if (node.domain !== "") return undefined;
  const { at } = node;
  switch (node.opType) {
    case "Constant":
      if (at.has("value")) return at.tensor("value");
      if (at.has("value_int")) return tensor("int64", [], [at.int("value_int")]);
      if (at.has("value_float")) return tensor("float32", [], [at.float("value_float")]);
      if (at.has("value_ints")) return vector("int64", at.ints("value_ints"));
      if (at.has("value_floats")) return vector("float32", at.floats("value_floats"));
      return undefined;
    case "Shape": {
      const shape = node.inputs[0]?.shape;
      if (!shape) return undefined;
      return vector("int64", shape.slice(at.int("start", 0), at.has("end") ? at.int("end") : undefined));
    }
    case "Size": {
      const shape = node.inputs[0]?.shape;
      return shape && tensor("int64", [], [sizeOf(shape)]);
    }
    default:
      return undefined;
  }
}

const vector = (dtype: DataType, values: readonly number[]): Tensor => tensor(dtype, [values.length], values);

async function evaluateConstants(model: Model, runtime: Runtime, weights: Weights | undefined): Promise<Model> {
  const frontier = constantFrontier(model.graph);
  if (frontier.length === 0) return model;

  const { graph } = rewrite(model.graph, () => undefined, { outputs: frontier });
  graph.inputs.length = 0;
  const results = await runOnce(
    { ...model, graph },
    runtime,
    {},
    { optimize: "none", ...(weights ? { weights } : {}) },
  );
  const constants = new Map(frontier.map((value, i) => [value, tensorFrom(results[graph.outputs[i]?.name ?? ""])]));
  const replaced = rewrite(model.graph, (node, _, target) => {
    const data = node.outputs.map((v) => v && constants.get(v));
    if (!data.some((d) => d)) return undefined;
    return node.outputs.map((v, i) => (v && data[i] ? target.addInitializer(v.name, data[i]) : undefined));
  });
  return { ...model, graph: replaced.graph };
}

/** Small values that are computed from constants alone and read by a node that is not. */
function constantFrontier(graph: Graph): Value[] {
  const constant = new Set<Node>();
  const isConstant = (v: Value) =>
    v.initializer !== undefined || (v.producer !== undefined && constant.has(v.producer));
  for (const node of graph.nodes) {
    // ONNX Runtime would round weights that are stored as floats between integers again, in its own way
    const folds = !graph.operators.draws(node) && factOf(node, "numbers") !== "quantized";
    if (folds && [...node.reads()].every(isConstant)) constant.add(node);
  }
  const read = new Set<Value>(graph.outputs);
  for (const node of graph.nodes) {
    if (!constant.has(node)) for (const value of node.reads()) read.add(value);
  }
  return [...constant].flatMap((node) => {
    const outputs = node.outputs.filter((v): v is Value => v !== undefined && read.has(v));
    return outputs.every(isSmall) ? outputs : [];
  });
}

/** Values of unknown shape are taken for shape arithmetic, which is small. */
const isSmall = (v: Value): boolean =>
  v.dtype !== undefined &&
  BYTES_PER_ELEMENT[v.dtype] > 0 &&
  (v.shape === undefined || sizeOf(v.shape) <= (isInteger(v.dtype) ? SMALL_INTEGERS : SMALL));

const isInteger = (dtype: DataType): boolean => dtype === "int64" || dtype === "int32";

function tensorFrom(value: TensorValue | undefined): Tensor | undefined {
  if (!value || !ArrayBuffer.isView(value.data)) return undefined;
  const { buffer, byteOffset, byteLength } = value.data;
  return {
    dtype: value.dtype,
    dims: value.dims,
    data: { kind: "bytes", bytes: new Uint8Array(buffer, byteOffset, byteLength).slice() },
  };
}
