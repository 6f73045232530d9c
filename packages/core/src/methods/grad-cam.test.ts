import { describe, expect, it } from "vitest";
import { classifierOf, imageOf, mapsOf, noise } from "../testing/explaining.js";
import { channelsLast, mobile, multiLabel, NetworkWriter, residual, squeeze } from "../testing/networks.js";

/**
 * A = relu(image), two channels of 2x2; y_0 = 1 mean(A_0) - 2 mean(A_1), y_1 = 4 mean(A_1) + 10.
 */
function twoChannels(): Uint8Array {
  const net = new NetworkWriter("two channels", [1, 2, 2, 2]);
  const identity = net.constant("weight", [2, 2, 1, 1], [1, 0, 0, 1]);
  const A = net.relu("relu", net.node("Conv", "conv", [net.image, identity]));
  const w = net.constant("w", [2, 2], [1, -2, 0, 4]);
  const b = net.constant("b", [2], [0, 10]);
  return net.bytes(net.node("Gemm", "fc", [net.flatten("flatten", net.globalPool("pool", A)), w, b], { transB: 1 }));
}

describe("grad-cam", () => {
  // A_0 = [4 0 / 8 2], A_1 = [1 3 / 0 1]; dy_0/dA_0 = 1/4, dy_0/dA_1 = -1/2; dy_1/dA_1 = 1
  const image = imageOf([1, 2, 2, 2], [4, -1, 8, 2, 1, 3, -5, 1]);

  it("weights channels by their mean gradient and keeps what is positive", async () => {
    const classifier = await classifierOf(twoChannels());
    const [map] = await mapsOf(classifier, ["grad-cam"], image, 0);
    expect(map?.shape).toEqual([2, 2]);
    expect([...(map?.values ?? [])]).toEqual([1 - 0.5, 0, 2, 0]);
    const [other] = await mapsOf(classifier, ["grad-cam"], image, 1);
    expect([...(other?.values ?? [])]).toEqual([1, 3, 0, 1]);
  });

  it("keeps the sign where it is asked to", async () => {
    const signed = { method: "grad-cam", options: { relu: false } };
    const [map] = await mapsOf(await classifierOf(twoChannels()), [signed], image, 0);
    expect([...(map?.values ?? [])]).toEqual([0.5, -1.5, 2, 0]);
    expect(map?.request.signed).toBe(true);
  });

  it.each([
    ["residual", residual],
    ["mobile", mobile],
    ["squeeze", squeeze],
    ["multi-label", multiLabel],
    ["channels last", channelsLast],
  ])("is CAM over the number of positions, up to the ReLU, after global pooling: %s", async (_, make) => {
    const classifier = await classifierOf(make());
    const maps = await mapsOf(classifier, ["cam", "grad-cam"], noise(classifier.image.dims), 2);
    const [cam, gradCam] = maps as [(typeof maps)[0], (typeof maps)[0]];
    expect(gradCam.request.layer).toEqual(cam.request.layer);
    expect(gradCam.values.some((v) => v > 0)).toBe(true);
    cam.values.forEach((v, i) => {
      expect(gradCam.values[i]).toBeCloseTo(Math.max(0, v / cam.values.length), 5);
    });
  });

  it("explains any layer", async () => {
    const classifier = await classifierOf(residual());
    const layers = ["stem", "stage1", "stage2", "last", "0", "layer1.add"];
    const maps = await mapsOf(
      classifier,
      layers.map((layer) => ({ method: "grad-cam", layer })),
      noise(classifier.image.dims),
    );
    expect(maps.map(({ shape }) => shape[0])).toEqual([16, 8, 4, 2, 16, 8]);
  });
});
