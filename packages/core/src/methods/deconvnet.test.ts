import { describe, expect, it } from "vitest";
import { compile } from "../compile/compile.js";
import type { Value } from "../graph/graph.js";
import { classifierOf, imageOf, mapsOf, noise } from "../testing/explaining.js";
import { NetworkWriter, squeeze } from "../testing/networks.js";

/**
 * One pixel of two channels through two layers of 1x1 convolutions:
 *
 *   h = relu(x),   g = relu(U h),   y = w g
 */
function twoLayers(U: readonly number[], w: readonly number[], activation = "Relu"): Uint8Array {
  const net = new NetworkWriter("two layers", [1, 2, 1, 1]);
  const others = {
    Clip: [net.constant("low", [], [0]), net.constant("high", [], [6])],
    // of a range from 0 on
    QuantizeLinear: [net.constant("scale", [], [1 / 16])],
  };
  const bounds = others[activation as keyof typeof others] ?? [];
  const rectified = (name: string, x: Value) => {
    const y = net.node(activation, name, [x, ...bounds]);
    return activation === "QuantizeLinear" ? net.node("DequantizeLinear", `${name}.floats`, [y, ...bounds]) : y;
  };
  const h = rectified("first", net.image);
  const z = net.node("Conv", "conv", [h, net.constant("U", [2, 2, 1, 1], U)]);
  const g = net.flatten("flatten", rectified("second", z));
  return net.bytes(net.node("Gemm", "fc", [g, net.constant("w", [1, 2], w)], { transB: 1 }));
}

const requests = ["saliency", "guided-backprop", "deconvnet"].map((method) => ({
  method,
  options: { reduce: "none" },
}));

describe("deconvnet", () => {
  it.each(["Relu", "Clip", "QuantizeLinear"])(
    "asks every %s what is positive on the way back, not what was active",
    async (activation) => {
      // x = [2, -1]: h = [2, 0], z = [-2, 6], g = [0, 6 or less]; the first unit of g and the second of h are inactive
      // dy/dg = [5, 1]; by the deconvolution both pass to z: U^T [5, 1] = [-5 + 2.5, 10 + 1] = [-2.5, 11] -> [0, 11]
      // guided: [0, 1] passes to z: U^T [0, 1] = [2.5, 1], of which h passes [2.5, 0]
      const model = twoLayers([-1, 2, 2.5, 1], [5, 1], activation);
      const maps = await mapsOf(await classifierOf(model), requests, imageOf([1, 2, 1, 1], [2, -1]), 0);
      expect(maps.map(({ values }) => [...values])).toEqual([
        [2.5, 0],
        [2.5, 0],
        [0, 11],
      ]);
    },
  );

  it("is the gradient where all units are active and all gradients at ReLUs positive", async () => {
    const maps = await mapsOf(
      await classifierOf(twoLayers([1, 1, 2, 1], [1, 3])),
      requests,
      imageOf([1, 2, 1, 1], [1, 2]),
      0,
    );
    for (const { values } of maps) expect([...values]).toEqual([7, 4]);
  });

  it("differs from both relatives on real networks, and shares their forward pass", async () => {
    const classifier = await classifierOf(squeeze());
    const [plain, guided, deconv] = await mapsOf(classifier, requests, noise(classifier.image.dims));
    expect(deconv?.values).not.toEqual(plain?.values);
    expect(deconv?.values).not.toEqual(guided?.values);
    const count = (of: typeof requests) =>
      compile(classifier, of).model.graph.nodes.filter((n) => n.opType === "Conv").length;
    const alone = requests.reduce((total, request) => total + count([request]), 0);
    expect(count(requests)).toBeLessThan(alone);
  });

  it("refuses networks without ReLUs", async () => {
    const net = new NetworkWriter("smooth", [1, 3, 8, 8]);
    const x = net.node("Tanh", "tanh", [net.conv("conv", net.image, [3, 4])]);
    const smooth = await classifierOf(
      net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [4, 3])),
    );
    expect(() => compile(smooth, [{ method: "deconvnet" }])).toThrow(/^deconvnet: .* use saliency$/);
  });
});
