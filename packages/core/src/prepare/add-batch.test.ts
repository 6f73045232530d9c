import { describe, expect, it } from "vitest";
import { checkGradient } from "../check/finite-differences.js";
import { layersOf } from "../layers.js";
import { classifierOf, mapsOf, noise, runtime } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";

/** A network of [1, 3, 8, 8] on a picture without a batch. */
function network(shape: readonly number[], order?: readonly number[]): Uint8Array {
  const net = new NetworkWriter("one picture", shape);
  const chw = order ? net.node("Transpose", "chw", [net.image], { perm: order }) : net.image;
  const x = net.node("Unsqueeze", "batch", [chw, net.ints("axes", [0])]);
  const A = net.relu("relu", net.conv("conv", x, [shape[order?.[0] ?? 0] as number, 4]));
  return net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", A)), [4, 3]));
}

describe("addBatch", () => {
  it.each([
    ["channels first", network([3, 8, 8]), [1, 3, 8, 8]],
    ["channels last", network([8, 8, 3], [2, 0, 1]), [1, 8, 8, 3]],
    ["gray, without channels", network([1, 8, 8]), [1, 1, 8, 8]],
  ])("lets a picture without a batch be explained: %s", async (_, bytes, dims) => {
    const classifier = await classifierOf(bytes);
    expect(classifier.image.dims).toEqual(dims);
    expect(layersOf(classifier).map(({ node }) => node)).toContain("relu");
    const [check] = await checkGradient(classifier, runtime, noise(dims), 1);
    expect(check?.verdict).toBe("right");
    const [map] = await mapsOf(classifier, ["grad-cam"], noise(dims), 1);
    expect(map?.shape).toEqual([8, 8]);
  });

  it("takes the shape with or without the batch", async () => {
    for (const inputShape of [
      [3, 8, 8],
      [1, 3, 8, 8],
    ]) {
      expect((await classifierOf(network([3, 8, 8]), { inputShape })).image.dims).toEqual([1, 3, 8, 8]);
    }
  });

  it("leaves what is no picture, which is refused by its shape", async () => {
    const net = new NetworkWriter("words", [5, 8, 8]);
    const bytes = net.bytes(net.dense("fc", net.flatten("flatten", net.image), [64, 3]));
    await expect(classifierOf(bytes)).rejects.toThrow('the input "input" has the shape [5, 8, 8]; Limn explains');
  });
});
