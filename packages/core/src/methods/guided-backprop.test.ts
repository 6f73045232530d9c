import { describe, expect, it } from "vitest";
import { compile } from "../compile/compile.js";
import { classifierOf, imageOf, mapsOf, noise } from "../testing/explaining.js";
import { channelsLast, NetworkWriter, squeeze } from "../testing/networks.js";

/**
 * One pixel of two channels through two layers of 1x1 convolutions:
 *
 *   h = relu(V x),   g = relu(U h),   y = w g
 */
function twoLayers(V: readonly number[], U: readonly number[], w: readonly number[], activation = "Relu"): Uint8Array {
  const net = new NetworkWriter("two layers", [1, 2, 1, 1]);
  const bounds = activation === "Clip" ? [net.constant("low", [], [0]), net.constant("high", [], [6])] : [];
  const layer = (name: string, x: typeof net.image, weights: readonly number[]) => {
    const z = net.node("Conv", `${name}.conv`, [x, net.constant(`${name}.weight`, [2, 2, 1, 1], weights)]);
    return net.node(activation, `${name}.relu`, [z, ...bounds]);
  };
  const g = net.flatten("flatten", layer("second", layer("first", net.image, V), U));
  return net.bytes(net.node("Gemm", "fc", [g, net.constant("w", [1, 2], w)], { transB: 1 }));
}

const requests = ["saliency", "guided-backprop"].map((method) => ({ method, options: { reduce: "none" } }));
const rawMaps = async (model: Uint8Array, x: readonly number[]) => {
  const maps = await mapsOf(await classifierOf(model), requests, imageOf([1, 2, 1, 1], x), 0);
  return maps.map(({ values }) => [...values]);
};

describe("guided-backprop", () => {
  it.each(["Relu", "Clip"])("stops negative gradients at every %s", async (activation) => {
    // h = [1, 2], g = [3, 1]; dy/dg = [1, -2]; dy/dh = [1 - 4, 1 + 2 = 3]; dy/dx = dy/dh, V being the identity
    // guided: dy/dg = [1, 0]; dy/dh = [1, 1]
    const model = twoLayers([1, 0, 0, 1], [1, 1, 2, -0.5], [1, -2], activation);
    expect(await rawMaps(model, [1, 2])).toEqual([
      [-3, 2],
      [1, 1],
    ]);
  });

  it("is the gradient where all gradients at ReLUs are positive", async () => {
    const [plain, guided] = await rawMaps(twoLayers([1, 2, 3, 1], [1, 1, 2, 1], [1, 3]), [1, 2]);
    expect(guided).toEqual(plain);
  });

  it("shares what it can with saliency, and differs from it on real networks", async () => {
    const classifier = await classifierOf(squeeze());
    const [plain, guided] = await mapsOf(classifier, requests, noise(classifier.image.dims));
    expect(guided?.values).not.toEqual(plain?.values);
    const count = (of: readonly object[]) =>
      compile(classifier, of as typeof requests).model.graph.nodes.filter((n) => n.opType === "Conv").length;
    expect(count(requests)).toBeLessThan(count(requests.slice(0, 1)) + count(requests.slice(1)));
  });

  it("takes no ReLU for what quantizes the numbers of a sigmoid", async () => {
    const net = new NetworkWriter("quantized", [1, 3, 8, 8]);
    const s = net.node("Sigmoid", "sigmoid", [net.conv("conv", net.image, [3, 4])]);
    const scale = net.constant("scale", [], [1 / 255]);
    const x = net.node("DequantizeLinear", "floats", [net.node("QuantizeLinear", "integers", [s, scale]), scale]);
    const quantized = await classifierOf(net.bytes(net.dense("fc", net.flatten("flatten", x), [256, 3])));
    expect(() => compile(quantized, requests)).toThrow(/^guided-backprop: .* use saliency$/);
  });

  it("refuses networks without ReLUs, whatever else is compiled with it", async () => {
    const net = new NetworkWriter("smooth", [1, 3, 8, 8]);
    const x = net.node("Tanh", "tanh", [net.conv("conv", net.image, [3, 4])]);
    const smooth = await classifierOf(
      net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [4, 3])),
    );
    const asked = ["grad-cam", "guided-backprop"].map((method) => ({ method }));
    expect(() => compile(smooth, asked)).toThrow(/^guided-backprop: .* use saliency$/);
    expect(() => compile(smooth, asked.slice(0, 1))).not.toThrow();
  });

  it("does not take other clipping for a ReLU", async () => {
    const net = new NetworkWriter("clipped", [1, 3, 8, 8]);
    const bounds = [net.constant("low", [], [-1]), net.constant("high", [], [1])];
    const x = net.node("Clip", "clip", [net.conv("conv", net.image, [3, 4]), ...bounds]);
    const model = net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [4, 3]));
    const classifier = await classifierOf(model);
    expect(() => compile(classifier, [{ method: "guided-backprop" }])).toThrow("no ReLU");
    const relu = await classifierOf(channelsLast());
    expect(() => compile(relu, [{ method: "guided-backprop" }])).not.toThrow();
  });
});
