import { LimnError, reasonOf } from "../error.js";
import type { Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { excerpt, type Given } from "../graph/rewrite.js";
import { TensorProto_DataType } from "../onnx/onnx_pb.js";
import { withSession } from "../onnx/open-session.js";
import type { Runtime, ValueMetadata } from "../session.js";

/** How types are inferred. */
export interface Inference {
  /** What is known already. Default: nothing, so that everything upstream is in view. */
  readonly given?: (value: Value) => Given;
  /** Whether a value may be left without a shape, if it could be a scalar. Default: none may. */
  readonly mayStayOpen?: (value: Value) => boolean;
}

/**
 * Asks ONNX Runtime for the types and shapes of values: it makes all of them outputs, and reads the session's metadata.
 * Large constants become inputs, so that no weights are loaded.
 *
 * Ensures: every one of the values has the type and static shape that ONNX Runtime knows of it.
 * @throws LimnError `bad-model` with ONNX Runtime's reason if the graph is not valid, `unsupported` for types that its
 *   JavaScript API can't name
 */
export async function inferTypes(
  model: Model,
  values: readonly Value[],
  runtime: Runtime,
  { given = () => undefined, mayStayOpen = () => false }: Inference = {},
): Promise<void> {
  if (values.length === 0) return;
  const types = await outputTypes({ ...model, graph: excerpt(values, given) }, runtime);
  const scalars: Value[] = [];
  for (const value of values) {
    const type = types.get(value.name);
    // files can declare wrong types
    value.dtype = type?.dtype ?? value.dtype;
    if (type?.shape?.length === 0) scalars.push(value);
    else if (isStatic(type?.shape)) value.shape ??= type.shape;
  }
  const open = scalars.filter((value) => !mayStayOpen(value));
  for (const value of await trueScalars(model, open, runtime, given)) value.shape ??= [];
}

/**
 * ONNX Runtime's JavaScript API gives [] for scalars, and for values whose shape it does not know. The shape of the
 * value's Shape tells the two apart: it is [0] for a scalar.
 */
async function trueScalars(
  model: Model,
  candidates: readonly Value[],
  runtime: Runtime,
  given: (value: Value) => Given,
): Promise<Value[]> {
  if (candidates.length === 0) return [];
  const graph = excerpt(candidates, given);
  const shapes = graph.outputs.map((value) => graph.emit("Shape", [value]));
  graph.outputs.splice(0, graph.outputs.length, ...new Set(shapes));
  const types = await outputTypes({ ...model, graph }, runtime);
  return candidates.filter((_, i) => types.get(shapes[i]?.name ?? "")?.shape?.[0] === 0);
}

/** The types of a graph's outputs, by name; what is known of these types does not count. */
async function outputTypes({ graph, ...model }: Model, runtime: Runtime): Promise<Map<string, ValueMetadata>> {
  const extraOutputs = graph.outputs.splice(0);
  const options = { optimize: "none", encode: { weights: "inputs", extraOutputs } } as const;
  try {
    return await withSession(
      { ...model, graph },
      runtime,
      options,
      ({ outputs }) => new Map(outputs.map((output) => [output.name, output])),
    );
  } catch (error) {
    const [, code] = /Unsupported data type: (\d+)/.exec(reasonOf(error)) ?? [];
    if (code === undefined) {
      throw new LimnError("bad-model", `the model is not valid: ${reasonOf(error)}; export it again`, { cause: error });
    }
    throw new LimnError(
      "unsupported",
      `the model computes with ${(TensorProto_DataType[Number(code)] ?? `type ${code}`).toLowerCase()}, which ONNX Runtime's JavaScript API does not have; load the float32 export`,
      { cause: error },
    );
  }
}

const isStatic = (shape: ValueMetadata["shape"]): shape is number[] =>
  shape?.every((d) => typeof d === "number" && d >= 0) ?? false;
