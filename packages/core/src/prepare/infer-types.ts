import { LimnError, reasonOf } from "../error.js";
import type { Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { encodeModel } from "../onnx/encode.js";
import type { Runtime } from "../session.js";

/**
 * Asks ONNX Runtime for the type and shape of every value: all of them are offered as outputs, and the
 * session's output metadata is read back. Large constants become inputs, so that no weights are loaded.
 *
 * Ensures: values that ONNX Runtime knows a type or a static shape of have it.
 * @throws LimnError `bad-model` with ONNX Runtime's reason where the graph is not valid
 */
export async function inferTypes(model: Model, runtime: Runtime): Promise<void> {
  const { graph } = model;
  const unknown = graph.nodes.flatMap((node) =>
    node.outputs.filter((v): v is Value => v !== undefined && !(v.dtype && v.shape)),
  );
  if (unknown.length === 0) return;

  const bytes = encodeModel(model, { weights: "inputs", extraOutputs: unknown });
  const session = await runtime.createSession(bytes, { optimize: "none" }).catch((error: unknown) => {
    throw new LimnError("bad-model", `the model is not valid: ${reasonOf(error)}`, { cause: error });
  });
  try {
    const types = new Map(session.outputs.map((output) => [output.name, output]));
    for (const value of unknown) {
      const type = types.get(value.name);
      value.dtype ??= type?.dtype;
      if (type?.shape?.every((d) => typeof d === "number" && d >= 0)) value.shape ??= type.shape as number[];
    }
  } finally {
    await session.release();
  }
}
