import { describe, expect, it } from "vitest";
import { classifierOf, imageOf, mapsOf } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";

/** A = image, [2, 1, 2], and y = sum(g A). */
function linearIn(g: readonly number[]): Uint8Array {
  const net = new NetworkWriter("linear", [1, 2, 1, 2]);
  const A = net.node("Conv", "conv", [net.image, net.constant("identity", [2, 2, 1, 1], [1, 0, 0, 1])]);
  return net.bytes(net.node("Gemm", "fc", [net.flatten("flatten", A), net.constant("g", [1, 4], g)], { transB: 1 }));
}

describe("x-grad-cam", () => {
  const both = ["x-grad-cam", { method: "x-grad-cam", options: { relu: false } }];

  it("counts the gradient of each position by its share of the channel's activation", async () => {
    // A_0 = [1 3], g_0 = [4 8]: w_0 = 1/4 4 + 3/4 8 = 7;  A_1 = [2 2], g_1 = [-6 -4]: w_1 = -5
    const classifier = await classifierOf(linearIn([4, 8, -6, -4]));
    const [kept, all] = await mapsOf(classifier, both, imageOf([1, 2, 1, 2], [1, 3, 2, 2]), 0);
    expect([...(all?.values ?? [])]).toEqual([7 - 10, 21 - 10]);
    expect([...(kept?.values ?? [])]).toEqual([0, 11]);
    expect([kept?.request.signed, all?.request.signed]).toEqual([false, true]);
  });

  it("leaves out channels whose activations sum to 0", async () => {
    const classifier = await classifierOf(linearIn([4, 8, 1, 1]));
    const [, all] = await mapsOf(classifier, both, imageOf([1, 2, 1, 2], [1, -1, 3, 5]), 0);
    expect([...(all?.values ?? [])]).toEqual([3, 5]);
  });
});
