import { describe, expect, it } from "vitest";
import type { Classifier } from "../classifier.js";
import { encodeModel } from "../onnx/encode.js";
import { classifierOf, noise, runtime } from "../testing/explaining.js";
import { deviation, mapOf } from "../testing/iterated.js";
import { residual, squeeze } from "../testing/networks.js";

type Numbers = readonly number[];

/** The definition, step by step, in plain loops. */
async function twin(
  classifier: Classifier,
  tensorName: string,
  image: Float32Array,
  { weights = "softmax", upsampling = "half-pixel" },
): Promise<{ map: Numbers; target: number }> {
  const { graph } = classifier.model;
  const layer = graph.names.get(tensorName);
  if (!layer) throw new Error(`no ${tensorName}`);
  const [input] = graph.inputs;
  const session = await runtime.createSession(encodeModel(classifier.model, { extraOutputs: [layer] }), {
    weights: classifier.weights,
  });
  const dims = classifier.image.dims;
  const output = graph.outputs[0]?.name as string;
  const run = async (data: Float32Array, fetch: string) => {
    const results = await session.run({ [input?.name as string]: { dtype: "float32", dims, data } }, [fetch]);
    return Array.from(results[fetch]?.data as Float32Array);
  };
  const logits = await run(image, output);
  const target = logits.indexOf(Math.max(...logits));
  const A = await run(image, layer.name);
  const [, K = 0, h = 0, w = 0] = layer.dims;
  const [, C = 0, H = 0, W = 0] = dims;
  const scores: number[] = [];
  for (let k = 0; k < K; k++) {
    const position = (i: number, to: number, from: number) => {
      const u = upsampling === "half-pixel" ? ((i + 0.5) * from) / to - 0.5 : (i * (from - 1)) / (to - 1);
      return Math.min(Math.max(u, 0), from - 1);
    };
    const at = (y: number, x: number) => A[(k * h + Math.min(y, h - 1)) * w + Math.min(x, w - 1)] as number;
    const up: number[] = [];
    for (let i = 0; i < H * W; i++) {
      const y = position(Math.floor(i / W), H, h);
      const x = position(i % W, W, w);
      const [y0, x0] = [Math.floor(y), Math.floor(x)];
      const row = (r: number) => at(r, x0) * (1 - x + x0) + at(r, x0 + 1) * (x - x0);
      up.push(row(y0) * (1 - y + y0) + row(y0 + 1) * (y - y0));
    }
    const [low, high] = [Math.min(...up), Math.max(...up)];
    const mask = up.map((v) => (high > low ? (v - low) / (high - low) : 0));
    const masked = image.map((v, i) => v * (mask[i % (H * W)] as number));
    const ofMask = await run(masked, output);
    const p = Math.exp(ofMask[target] as number) / ofMask.reduce((sum, v) => sum + Math.exp(v), 0);
    scores.push(weights === "softmax" ? (ofMask[target] as number) : p);
  }
  expect(image.length).toBe(C * H * W);
  await session.release();
  const total = scores.reduce((sum, v) => sum + Math.exp(v), 0);
  const alpha = weights === "softmax" ? scores.map((v) => Math.exp(v) / total) : scores;
  const map = Array.from({ length: h * w }, (_, i) =>
    Math.max(
      0,
      alpha.reduce((sum, a, k) => sum + a * (A[k * h * w + i] as number), 0),
    ),
  );
  return { map, target };
}

describe("score-cam", () => {
  it.each([
    ["residual", residual, "layer2.relu2_out", {}],
    ["residual, as the authors' code weighs", residual, "layer2.relu2_out", { weights: "probability" }],
    ["residual, corner on corner", residual, "layer2.relu2_out", { upsampling: "align-corners" }],
    ["a number of channels that no batch divides", squeeze, "fire.squeeze.relu_out", {}],
  ])("is its definition: %s", async (_, make, layer, options) => {
    const classifier = await classifierOf(make());
    const image = noise(classifier.image.dims);
    const expected = await twin(classifier, layer, image.data as Float32Array, options);
    const batched = await classifierOf(make(), { inputShape: [3, ...classifier.image.dims.slice(1)] });
    const found = await mapOf(make(), { method: "score-cam", layer, options }, image, { batched });
    expect(deviation(found.values, expected.map)).toBeLessThan(1e-5);
  });

  it("says where it was made", async () => {
    const { image } = await classifierOf(residual());
    const { request } = await mapOf(residual(), { method: "score-cam" }, noise(image.dims));
    expect(request.layer?.stage).toBe("stage3");
  });
});
