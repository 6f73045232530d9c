import { LimnError, reasonOf } from "../error.js";
import type { Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { TensorProto_DataType } from "../onnx/onnx_pb.js";
import { withSession } from "../onnx/open-session.js";
import type { Runtime, ValueMetadata } from "../session.js";

/**
 * Asks ONNX Runtime for the type and shape of every value: it makes all of them outputs, and reads the session's metadata.
 * Large constants become inputs, so that no weights are loaded.
 *
 * Ensures: every value has the type and static shape that ONNX Runtime knows of it.
 * @throws LimnError `bad-model` with ONNX Runtime's reason if the graph is not valid, `unsupported` for types that its
 *   JavaScript API can't name
 */
export async function inferTypes(model: Model, runtime: Runtime): Promise<void> {
  const unknown = model.graph.nodes.flatMap((node) =>
    node.outputs.filter((v): v is Value => v !== undefined && !(v.dtype && v.shape)),
  );
  if (unknown.length === 0) return;

  const types = await outputTypes(model, unknown, runtime);
  const scalars: Value[] = [];
  for (const value of unknown) {
    const type = types.get(value.name);
    value.dtype ??= type?.dtype;
    if (type?.shape?.length === 0) scalars.push(value);
    else if (isStatic(type?.shape)) value.shape ??= type.shape;
  }
  for (const value of await trueScalars(model, scalars, runtime)) value.shape ??= [];
}

async function outputTypes(
  model: Model,
  extraOutputs: readonly Value[],
  runtime: Runtime,
): Promise<Map<string, ValueMetadata>> {
  const options = { optimize: "none", encode: { weights: "inputs", extraOutputs } } as const;
  try {
    return await withSession(
      model,
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

/**
 * ONNX Runtime's JavaScript API gives [] for scalars, and for values whose shape it does not know. The shape of the
 * value's Shape tells the two apart: it is [0] for a scalar.
 */
async function trueScalars(model: Model, candidates: readonly Value[], runtime: Runtime): Promise<Value[]> {
  if (candidates.length === 0) return [];
  const { graph, successors } = rewrite(model.graph, () => undefined, { outputs: candidates });
  const shapes = candidates.map((value) => graph.emit("Shape", [successors.get(value)]));
  graph.outputs.splice(0, graph.outputs.length, ...new Set(shapes));
  const types = await outputTypes({ ...model, graph }, [], runtime);
  return candidates.filter((_, i) => types.get(shapes[i]?.name ?? "")?.shape?.[0] === 0);
}
