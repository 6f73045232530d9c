import { info, modelBytes, node, weight, weightIn } from "../../../core/src/testing/small-models.js";

/** A classifier of 3 x 16 x 16 pixels and four classes, whose kernel is in a file next to it. */
export function externalModel(location: string): { model: Uint8Array; weights: Uint8Array } {
  const model = modelBytes({
    input: [info("image", "float32", [1, 3, 16, 16])],
    output: [info("scores", "float32", [1, 4])],
    node: [
      node("Conv", ["image", "kernel"], "conv", { kernel_shape: [3, 3] }),
      node("Relu", ["conv"], "relu"),
      node("GlobalAveragePool", ["relu"], "mean"),
      node("Flatten", ["mean"], "features"),
      node("Gemm", ["features", "dense"], "scores"),
    ],
    initializer: [
      weightIn(location, "kernel", [16, 3, 3, 3], 64),
      weight(
        "dense",
        [16, 4],
        Array.from({ length: 64 }, (_, i) => Math.sin(i)),
      ),
    ],
  });
  const values = Float32Array.from({ length: 16 + 16 * 27 }, (_, i) => Math.cos(i));
  return { model, weights: new Uint8Array(values.buffer) };
}
