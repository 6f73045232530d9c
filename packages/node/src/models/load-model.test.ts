import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { info, modelBytes, node, weight } from "../../../core/src/testing/small-models.js";
import { onnxRuntime } from "../runtime.js";
import { findModel } from "./find-model.js";
import { loadModel } from "./load-model.js";

const root = mkdtempSync(join(tmpdir(), "limn-load-"));
afterAll(() => rmSync(root, { recursive: true }));

const runtime = onnxRuntime({ threads: 1 });

/** A classifier of four classes whose input has these dimensions, and the preprocessing beside it. */
async function load(dims: readonly (number | string)[], preprocessing: string, inputShape?: readonly number[]) {
  const folder = mkdtempSync(join(root, "model-"));
  const first = dims[3] === 3 ? [node("Transpose", ["image"], "x", { perm: [0, 3, 1, 2] })] : [];
  const bytes = modelBytes({
    input: [info("image", "float32", dims)],
    output: [info("scores", "float32", ["batch", 4])],
    node: [
      ...first,
      node("Conv", [first.length > 0 ? "x" : "image", "kernel"], "conv", { kernel_shape: [1, 1] }),
      node("GlobalAveragePool", ["conv"], "mean"),
      node("Flatten", ["mean"], "scores"),
    ],
    initializer: [
      weight(
        "kernel",
        [4, 3, 1, 1],
        Array.from({ length: 12 }, (_, i) => i),
      ),
    ],
  });
  writeFileSync(join(folder, "model.onnx"), bytes);
  writeFileSync(join(folder, "preprocessor_config.json"), preprocessing);
  const found = await findModel(folder);
  return (await loadModel(found, runtime, inputShape ? { inputShape } : {})).image.dims;
}

const OPEN = ["batch", "channels", "height", "width"];
const CROPPED =
  '{"do_resize": true, "size": {"shortest_edge": 40}, "do_center_crop": true, "crop_size": {"height": 32, "width": 24}, "do_normalize": false}';

describe("loadModel", () => {
  it("takes sizes that the model leaves open from its preprocessing", async () => {
    expect(await load(OPEN, CROPPED)).toEqual([1, 3, 32, 24]);
    expect(await load(["batch", "height", "width", 3], CROPPED)).toEqual([1, 32, 24, 3]);
    expect(await load(OPEN, '{"resize": [20, 28], "mean": [0], "std": [1]}')).toEqual([1, 3, 20, 28]);
  });

  it("takes the model's own sizes and the caller's before them", async () => {
    expect(await load(["batch", 3, 16, 16], CROPPED)).toEqual([1, 3, 16, 16]);
    expect(await load(OPEN, CROPPED, [1, 3, 8, 8])).toEqual([1, 3, 8, 8]);
  });

  it.each([
    ["keeps the picture's proportions", '{"do_resize": true, "size": {"shortest_edge": 40}, "do_normalize": false}'],
    ["is broken", "{"],
  ])("asks for sizes where the preprocessing %s", async (_, preprocessing) => {
    await expect(load(OPEN, preprocessing)).rejects.toThrow(/leaves sizes of its input "image" open: .*--input-shape/);
  });

  it("takes two names in the file's metadata for the sides of its one logit, and no name for a regression", async () => {
    const one = async (metadata: Readonly<Record<string, string>>) => {
      const folder = mkdtempSync(join(root, "one-"));
      const bytes = modelBytes(
        {
          input: [info("image", "float32", [1, 1, 4, 4])],
          output: [info("score", "float32", [1, 1])],
          node: [node("GlobalAveragePool", ["image"], "mean"), node("Flatten", ["mean"], "score")],
        },
        21,
        metadata,
      );
      writeFileSync(join(folder, "model.onnx"), bytes);
      return loadModel(await findModel(folder), runtime);
    };
    const { classes, scoreFunction } = await one({ names: "{0: 'benign', 1: 'malignant'}" });
    expect([classes, scoreFunction]).toEqual([2, "sigmoid"]);
    expect((await one({})).scoreFunction).toBe("none");
  });
});
