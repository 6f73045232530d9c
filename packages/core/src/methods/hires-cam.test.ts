import { describe, expect, it } from "vitest";
import { classifierOf, explainOnce, imageOf, mapsOf, noise } from "../testing/explaining.js";
import { NetworkWriter, residual } from "../testing/networks.js";

describe("hires-cam", () => {
  it("multiplies each activation by its own gradient", async () => {
    // A = relu(image), two channels of 1x2; g_0 = [1 -2], g_1 = [3 0.5]
    const net = new NetworkWriter("linear", [1, 2, 1, 2]);
    const identity = net.constant("identity", [2, 2, 1, 1], [1, 0, 0, 1]);
    const A = net.relu("relu", net.node("Conv", "conv", [net.image, identity]));
    const g = net.constant("g", [1, 4], [1, -2, 3, 0.5]);
    const model = net.bytes(net.node("Gemm", "fc", [net.flatten("flatten", A), g], { transB: 1 }));
    const requests = ["hires-cam", { method: "hires-cam", options: { relu: true } }];
    const [all, kept] = await mapsOf(await classifierOf(model), requests, imageOf([1, 2, 1, 2], [2, 3, -1, 4]), 0);
    expect([...(all?.values ?? [])]).toEqual([2, -6 + 2]);
    expect([...(kept?.values ?? [])]).toEqual([2, 0]);
    expect([all?.request.signed, kept?.request.signed]).toEqual([true, false]);
  });

  it("sums to the logit at any layer of a ReLU network without biases", async () => {
    const classifier = await classifierOf(residual({ bias: false }));
    const requests = ["stem", "stage1", "stage2", "last"].map((layer) => ({ method: "hires-cam", layer }));
    const [explanation] = await explainOnce(classifier, requests, noise(classifier.image.dims), [3]);
    const logit = explanation?.logits[3] as number;
    for (const { values } of explanation?.maps ?? []) {
      expect(values.reduce((a, b) => a + b, 0) / logit).toBeCloseTo(1, 4);
    }
  });
});
