import { describe, expect, it } from "vitest";
import { classifierOf, imageOf, mapsOf, noise } from "../testing/explaining.js";
import { NetworkWriter, residual, vgg } from "../testing/networks.js";

/** A = relu(image), two channels of 1x2; y_0 = sum(A_0) + sum(A_1), y_1 = 3 sum(A_1). */
function twoChannels(): Uint8Array {
  const net = new NetworkWriter("two channels", [1, 2, 1, 2]);
  const identity = net.constant("weight", [2, 2, 1, 1], [1, 0, 0, 1]);
  const A = net.relu("relu", net.node("Conv", "conv", [net.image, identity]));
  const w = net.constant("w", [2, 4], [1, 1, 1, 1, 0, 0, 3, 3]);
  return net.bytes(net.node("Gemm", "fc", [net.flatten("flatten", A), w], { transB: 1 }));
}

describe("relevance-cam", () => {
  // A_0 = [1 2], A_1 = [3 4]; of y_0 = 10 the channels have 3 and 7 parts, of y_1 = 21 none and all
  const image = imageOf([1, 2, 1, 2], [1, 2, 3, 4]);

  it("weights channels by their relevance, the other classes against the target", async () => {
    const classifier = await classifierOf(twoChannels());
    const [map] = await mapsOf(classifier, ["relevance-cam"], image, 0);
    // w_0 = 0.3, w_1 = 0.7 - 1
    const expected = [0.3 * 1 - 0.3 * 3, 0.3 * 2 - 0.3 * 4];
    expected.forEach((L, i) => {
      expect(map?.values[i]).toBeCloseTo(L, 5);
    });
    const [alone] = await mapsOf(classifier, [{ method: "relevance-cam", options: { seed: "one-hot" } }], image, 0);
    [0.3 + 2.1, 0.6 + 2.8].forEach((L, i) => {
      expect(alone?.values[i]).toBeCloseTo(L, 5);
    });
  });

  it("is made at any layer, the shallow ones too", async () => {
    const classifier = await classifierOf(residual());
    const requests = ["stem", "stage1", "stage2", "last"].map((layer) => ({ method: "relevance-cam", layer }));
    const maps = await mapsOf(classifier, requests, noise(classifier.image.dims), 2);
    expect(maps.map(({ shape }) => shape[0])).toEqual([16, 8, 4, 2]);
    for (const { values } of maps) expect(values.some((v) => v !== 0 && Number.isFinite(v))).toBe(true);
  });

  it("can be made of any composite", async () => {
    const classifier = await classifierOf(vgg());
    const requests = ["z-plus", "epsilon"].map((composite) => ({ method: "relevance-cam", options: { composite } }));
    const [plus, epsilon] = await mapsOf(classifier, requests, noise(classifier.image.dims), 2);
    expect(plus?.values).not.toEqual(epsilon?.values);
  });
});
