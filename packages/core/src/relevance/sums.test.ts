import { describe, expect, it } from "vitest";
import { ledgerOf } from "../check/ledger.js";
import { imbalanceOf } from "../index.js";
import { classifierOf, mapsOf } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";
import { runtime } from "../testing/runtime.js";

/** The two channels of the image are the branches of a sum: they nearly cancel, agree, are opposed, and sum to less than 0. */
const A = [100, 3, 2, -1];
const B = [-99.99, 1, -0.5, -3];
const SIZE = A.length;

/** What a sum of the two passes to a score, of which one number is 1 and all weights are: R = y, after a ReLU if there is one. */
async function residual(hasRelu: boolean) {
  const net = new NetworkWriter("sums", [1, 2, 1, SIZE]);
  const [a, b] = [0, 1].map((channel) =>
    net.node("Slice", `branch${channel}`, [
      net.image,
      net.ints(`starts${channel}`, [channel]),
      net.ints(`ends${channel}`, [channel + 1]),
      net.ints(`axes${channel}`, [1]),
    ]),
  );
  const sum = net.node("Add", "sum", [a, b] as never);
  const y = hasRelu ? net.node("Relu", "relu", [sum]) : sum;
  const flat = net.node("Flatten", "flatten", [y]);
  const weights = net.constant("weights", [SIZE, 2], [1, 0, 1, 0, 1, 0, 1, 0]);
  return classifierOf(net.bytes(net.node("MatMul", "scores", [flat, weights])));
}

const image = { dtype: "float32", dims: [1, 2, 1, SIZE], data: Float32Array.from([...A, ...B]) } as const;
const epsilon = (sums: string) => ({ composite: { entries: [{ rule: "epsilon" }] }, reduce: "none", sums });

describe("a sum of two signals", () => {
  // R = y for the rule epsilon and weights of 1
  const y = A.map((a, i) => a + (B[i] as number));

  it.each([true, false])("is shared by summands of its sign, with a ReLU: %s", async (hasRelu) => {
    const [map] = await mapsOf(await residual(hasRelu), [{ method: "lrp", options: epsilon("agreeing") }], image, 0);
    const part = (x: number, sum: number) => (sum >= 0 ? Math.max(x, 0) : Math.min(x, 0));
    const share = (x: number, i: number) => {
      const sum = y[i] as number;
      const agreeing = part(A[i] as number, sum) + part(B[i] as number, sum);
      return (part(x, sum) / agreeing) * (hasRelu ? Math.max(sum, 0) : sum);
    };
    [...A.map(share), ...B.map(share)].forEach((R, i) => {
      expect(map?.values[i]).toBeCloseTo(R, 4);
    });
  });

  it("is shared by all contributions if that is asked for", async () => {
    const [map] = await mapsOf(await residual(true), [{ method: "lrp", options: epsilon("all") }], image, 0);
    // branches that nearly cancel get far more than there is
    expect(map?.values[0]).toBeCloseTo(100, 2);
    expect(map?.values[SIZE]).toBeCloseTo(-99.99, 2);
  });

  it("keeps balanced books", async () => {
    const options = { composite: { entries: [{ rule: "epsilon" }], sums: "agreeing" as const }, target: 0 };
    const { entries, start, end } = await ledgerOf(await residual(false), runtime, image, options);
    expect(Math.max(...entries.map(imbalanceOf))).toBeLessThan(1e-5);
    expect(end).toBeCloseTo(start, 4);
  });
});
