import type { Node, Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { excerpt, rewrite } from "../graph/rewrite.js";
import { BYTES_PER_ELEMENT, type DataType, sizeOf, type Tensor, tensor } from "../graph/tensor.js";
import { runOnce } from "../onnx/open-session.js";
import type { Runtime, TensorValue, Weights } from "../session.js";

/** Constants of up to so many elements are computed now, so that passes can read them; ONNX Runtime folds larger ones later. */
const SMALL = 1024;

/** Indices can be a picture's worth, and rules need to read them. */
const SMALL_INTEGERS = 2 ** 18;

/** The model with initializers instead of `Constant` nodes, and instead of `Shape` and `Size` where these are known. */
export function withStoredConstants(model: Model): Model {
  const found = model.graph.nodes.flatMap((node): [Value, Tensor][] => {
    const data = storedConstant(node);
    return data ? [[node.output, data]] : [];
  });
  return withConstants(model, new Map(found));
}

/** @returns the model with these values stored, or itself if there are none */
export function withConstants(model: Model, constants: ReadonlyMap<Value, Tensor>): Model {
  if (constants.size === 0) return model;
  const { graph } = rewrite(model.graph, () => undefined, { constants });
  return { ...model, graph };
}

/** The numbers that a node holds, or that the shape of its input says: `Constant`, `Shape` and `Size`. */
export function storedConstant(node: Node): Tensor | undefined {
  if (node.domain !== "") return undefined;
  switch (node.opType) {
    case "Constant": {
      const { at } = node;
      if (at.has("value")) return at.tensor("value");
      if (at.has("value_int")) return tensor("int64", [], [at.int("value_int")]);
      if (at.has("value_float")) return tensor("float32", [], [at.float("value_float")]);
      if (at.has("value_ints")) return vector("int64", at.ints("value_ints"));
      if (at.has("value_floats")) return vector("float32", at.floats("value_floats"));
      return undefined;
    }
    case "Shape": {
      const { at } = node;
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

/**
 * Computes values that depend on constants alone, by ONNX Runtime.
 * @param given constants that are known already
 */
export async function evaluate(
  model: Model,
  values: readonly Value[],
  given: (value: Value) => Tensor | undefined,
  runtime: Runtime,
  weights: Weights | undefined,
): Promise<Map<Value, Tensor>> {
  if (values.length === 0) return new Map();
  const graph = excerpt(values, given);
  const options = { optimize: "none", ...(weights ? { weights } : {}) } as const;
  const results = await runOnce({ ...model, graph }, runtime, {}, options);
  return new Map(
    values.flatMap((value) => {
      const data = tensorFrom(results[value.name]);
      return data ? [[value, data]] : [];
    }),
  );
}

/** Whether a constant is small enough to be computed. Values of unknown shape are taken for shape arithmetic, which is small. */
export const isSmall = (v: Value): boolean =>
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
