import { describe, expect, it } from "vitest";
import { classifierOf, imageOf, mapsOf, noise } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";

describe("layer-cam", () => {
  it("multiplies each activation by its own gradient where that is positive", async () => {
    // A = image, two channels of 1x3; g_0 = [1 -2 1], g_1 = [3 0.5 0]
    const net = new NetworkWriter("linear", [1, 2, 1, 3]);
    const A = net.node("Conv", "conv", [net.image, net.constant("identity", [2, 2, 1, 1], [1, 0, 0, 1])]);
    const g = net.constant("g", [1, 6], [1, -2, 1, 3, 0.5, 0]);
    const model = net.bytes(net.node("Gemm", "fc", [net.flatten("flatten", A), g], { transB: 1 }));
    const requests = ["layer-cam", { method: "layer-cam", options: { relu: false } }];
    const image = imageOf([1, 2, 1, 3], [2, 3, -4, 1, 4, 9]);
    const [kept, all] = await mapsOf(await classifierOf(model), requests, image, 0);
    expect([...(all?.values ?? [])]).toEqual([2 + 3, 2, -4]);
    expect([...(kept?.values ?? [])]).toEqual([5, 2, 0]);
    expect([kept?.request.signed, all?.request.signed]).toEqual([false, true]);
  });

  it("is hires-cam where all gradients are positive", async () => {
    const net = new NetworkWriter("positive", [1, 3, 8, 8]);
    const A = net.relu("relu", net.conv("conv", net.image, [3, 6]));
    const weights = net.random("weights", [4, 6], 0.1, 1);
    const pooled = net.flatten("flatten", net.globalPool("pool", A));
    const classifier = await classifierOf(net.bytes(net.node("Gemm", "fc", [pooled, weights], { transB: 1 })));
    const [layerCam, hiresCam] = await mapsOf(classifier, ["layer-cam", "hires-cam"], noise([1, 3, 8, 8]), 2);
    expect(layerCam?.values).toEqual(hiresCam?.values);
    expect(layerCam?.values.some((v) => v > 0)).toBe(true);
  });
});
