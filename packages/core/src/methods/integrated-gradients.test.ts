import { describe, expect, it } from "vitest";
import { classifierOf, imageOf, noise } from "../testing/explaining.js";
import { deviation, mapOf, weighing } from "../testing/iterated.js";
import { mobile, NetworkWriter, residual, vgg } from "../testing/networks.js";

const METHOD = "integrated-gradients";

/** y = [a b, a + b] of the two pixels a and b. */
function product(): Uint8Array {
  const net = new NetworkWriter("product", [1, 1, 1, 2]);
  const x = net.flatten("flatten", net.image);
  const pixel = (i: number) => net.node("Gather", `pixel${i}`, [x, net.ints(`i${i}`, [i])], { axis: 1 });
  const [a, b] = [pixel(0), pixel(1)];
  const scores = [net.node("Mul", "mul", [a, b]), net.node("Add", "add", [a, b])];
  return net.bytes(net.node("Concat", "scores", scores, { axis: 1 }));
}

describe(METHOD, () => {
  it("is weight times pixel where the score is linear", async () => {
    const image = imageOf([1, 1, 2, 2], [1, 2, 3, 4]);
    const { values } = await mapOf(weighing(2, 2, [5, -6, 7, 0]), { method: METHOD }, image, { target: 0 });
    [5, -12, 21, 0].forEach((expected, i) => {
      expect(values[i]).toBeCloseTo(expected, 4);
    });
  });

  it("shares a product equally, whatever the number of samples, by the midpoint rule", async () => {
    const image = imageOf([1, 1, 1, 2], [2, 3]);
    for (const samples of [1, 3, 64]) {
      const { values, indicators } = await mapOf(product(), { method: METHOD, options: { samples } }, image, {
        target: 0,
      });
      // int_0^1 a t b dt = a b / 2, of which the midpoint rule is exact
      expect([...values].map((v) => Number(v.toFixed(4)))).toEqual([3, 3]);
      expect(indicators[0]).toMatchObject({ name: "completeness error", advice: undefined });
    }
  });

  it.each([
    ["residual", residual],
    ["mobile", mobile],
  ])("is complete within 1 %% at 64 samples: %s", async (_, make) => {
    const { image } = await classifierOf(make());
    const { indicators } = await mapOf(make(), { method: METHOD }, noise(image.dims));
    expect(indicators[0]?.value).toBeLessThan(0.01);
    expect(indicators[0]?.advice).toBeUndefined();
  });

  it("becomes complete with more samples, where the score hardly differs from the baseline's", async () => {
    const { image } = await classifierOf(vgg());
    const errorOf = async (samples: number) => {
      const request = { method: METHOD, options: { samples } };
      return (await mapOf(vgg(), request, noise(image.dims), { target: 0 })).indicators[0]?.value as number;
    };
    expect(await errorOf(64)).toBeGreaterThan(0.1);
    expect(await errorOf(1024)).toBeLessThan(0.01);
  });

  it("says so where it is not complete", async () => {
    const { image } = await classifierOf(residual());
    const { indicators } = await mapOf(residual(), { method: METHOD, options: { samples: 1 } }, noise(image.dims));
    expect(indicators[0]?.value).toBeGreaterThan(0.01);
    expect(indicators[0]?.advice).toBe("take more samples, or another baseline");
  });

  it("starts at black where the preprocessing is known, or wherever it is told to", async () => {
    const image = imageOf([1, 1, 1, 2], [2, 4]);
    const model = weighing(1, 2, [1, 1]);
    const of = async (baseline: string) => {
      const inputRange = { low: [-1], high: [1] };
      const request = { method: METHOD, options: { baseline } };
      return [...(await mapOf(model, request, image, { target: 0, inputRange })).values].map(Math.round);
    };
    expect(await of("black")).toEqual([3, 5]);
    expect(await of("zero")).toEqual([2, 4]);
    expect(await of("mean")).toEqual([-1, 1]);
  });

  it("keeps channels apart if asked, of which the signed map is the sum", async () => {
    const { image } = await classifierOf(residual());
    const x = noise(image.dims);
    const raw = await mapOf(residual(), { method: METHOD, options: { reduce: "none" } }, x);
    const signed = await mapOf(residual(), { method: METHOD }, x);
    const pixels = signed.values.length;
    const sums = Array.from({ length: pixels }, (_, i) =>
      [0, 1, 2].reduce((sum, c) => sum + (raw.values[c * pixels + i] as number), 0),
    );
    expect(deviation(sums, signed.values)).toBeLessThan(1e-5);
  });
});
