import { describe, expect, it } from "vitest";
import { compile } from "../compile/compile.js";
import { stop } from "../ops/operator.js";
import { Sin as known } from "../ops/Sin.js";
import { classifierOf, imageOf, mapsOf, noise } from "../testing/explaining.js";
import { NetworkWriter, residual, vgg } from "../testing/networks.js";
import { randomNumbers } from "../testing/random.js";

/**
 * A network whose layer is the image itself, [K, h, w], or after a function.
 * The first class's score is the mean of all its values, the second one's what is less than that.
 */
function identity([K, h, w]: readonly [number, number, number], activation?: string): Uint8Array {
  const net = new NetworkWriter("identity", [1, K, h, w]);
  const eye = Array.from({ length: K * K }, (_, i) => Number(i % (K + 1) === 0));
  const A = net.node("Conv", "conv", [net.image, net.constant("eye", [K, K, 1, 1], eye)]);
  const layer = activation ? net.node(activation, "activation", [A]) : A;
  const pooled = net.flatten("flatten", net.globalPool("pool", layer));
  const weights = Array.from({ length: 2 * K }, (_, i) => (i < K ? 1 : -1));
  return net.bytes(net.node("Gemm", "fc", [pooled, net.constant("fc.weight", [2, K], weights)], { transB: 1 }));
}

/**
 * A = sum_i s_i u_i v_i^T, [K][P], of orthonormal u and v: its singular values are s.
 */
function withSingularValues(s: readonly number[], K: number, P: number): { A: number[]; map: number[] } {
  const random = randomNumbers("singular values");
  const orthonormal = (n: number) => {
    const basis: number[][] = [];
    while (basis.length < s.length) {
      let x = Array.from({ length: n }, () => 2 * random() - 1);
      for (const b of basis) {
        const along = dot(x, b);
        x = x.map((v, i) => v - along * (b[i] as number));
      }
      const length = Math.sqrt(dot(x, x));
      basis.push(x.map((v) => v / length));
    }
    return basis;
  };
  const [left, right] = [orthonormal(K), orthonormal(P)];
  const A = Array.from({ length: K * P }, (_, i) => {
    const [k, p] = [Math.floor(i / P), i % P];
    return s.reduce((total, value, j) => total + value * (left[j]?.[k] as number) * (right[j]?.[p] as number), 0);
  });
  const upright = (left[0] as number[]).reduce((a, b) => a + b, 0) < 0 ? -1 : 1;
  return { A, map: (right[0] as number[]).map((v) => upright * (s[0] as number) * v) };
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((total, v, i) => total + v * (b[i] as number), 0);

/** The largest difference, as a share of the largest expected value. */
const errorOf = (found: ArrayLike<number>, expected: readonly number[]): number =>
  Math.max(...expected.map((v, i) => Math.abs((found[i] as number) - v))) / Math.max(...expected.map(Math.abs));

async function eigenCam(
  shape: readonly [number, number, number],
  A: readonly number[],
  options = {},
  { target = 0, activation }: { target?: number; activation?: string } = {},
) {
  const [map] = await mapsOf(
    await classifierOf(identity(shape, activation)),
    [{ method: "eigen-cam", options }],
    imageOf([1, ...shape], A),
    target,
  );
  if (!map) throw new Error("no map");
  return map;
}

describe("eigen-cam", () => {
  it("projects the positions on the direction in which they extend most", async () => {
    // positions (channel 0, channel 1): (3, 4), (6, 8), (0, 0) lie on the line of (3, 4) / 5
    const { values, shape, request } = await eigenCam([2, 1, 3], [3, 6, 0, 4, 8, 0]);
    expect(shape).toEqual([1, 3]);
    [5, 10, 0].forEach((L, p) => {
      expect(values[p]).toBeCloseTo(L, 5);
    });
    expect(request.signed).toBe(false);
  });

  it("takes off each channel's mean where it is asked to", async () => {
    // less the means (2, 10) there remain (1, 0), (-1, 0); as they are, the positions lie nearly along (0.2, 1)
    const A = [3, 1, 10, 10];
    const centered = await eigenCam([2, 1, 2], A, { centered: true });
    expect(centered.request.signed).toBe(true);
    [1, -1].forEach((L, p) => {
      expect(centered.values[p]).toBeCloseTo(L, 5);
    });
    const plain = await eigenCam([2, 1, 2], A);
    expect(Math.min(...plain.values)).toBeGreaterThan(9);
  });

  it("rises with the total activation, whatever sign the direction comes with", async () => {
    const positive = await eigenCam([2, 1, 3], [1, 2, 3, 0, 0, 0]);
    expect([...positive.values].map(Math.round)).toEqual([1, 2, 3]);
    const negative = await eigenCam([2, 1, 3], [-1, -2, -3, 0, 0, 0]);
    expect([...negative.values].map(Math.round)).toEqual([-1, -2, -3]);
  });

  it("rises with the score where the layer's values have both signs", async () => {
    const A = [3, 1, -2, -1, 2, -3];
    const up = await eigenCam([2, 1, 3], A);
    const down = await eigenCam([2, 1, 3], A, {}, { target: 1 });
    expect([...down.values]).toEqual([...up.values].map((v) => -v));
    // the first class likes what is positive
    expect(up.values[0]).toBeGreaterThan(0);
    expect(up.values[2]).toBeLessThan(0);
  });

  it.each(["Relu", "Gelu", "HardSwish", "Elu"])(
    "rises with the activation downstream of %s, whatever the class",
    async (activation) => {
      const A = [3, 1, -2, -1, 2, -3];
      const { values } = await eigenCam([2, 1, 3], A, {}, { target: 0, activation });
      expect((await eigenCam([2, 1, 3], A, {}, { target: 1, activation })).values).toEqual(values);
      expect(values[0]).toBeGreaterThan(values[2] as number);
    },
  );

  it("does without a gradient where there is none", async () => {
    const net = new NetworkWriter("no gradient", [1, 3, 8, 8]);
    const x = net.node("Sin", "sin", [net.conv("conv", net.image, [3, 4])]);
    const file = net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [4, 3]));
    const Sin = { ...known, gradient: { x: stop("it is not known here") } };
    const classifier = await classifierOf(file, { operators: { Sin } });
    await expect(mapsOf(classifier, [{ method: "grad-cam", layer: "conv" }], noise([1, 3, 8, 8]))).rejects.toThrow(
      "sin",
    );
    const [map] = await mapsOf(classifier, [{ method: "eigen-cam", layer: "conv" }], noise([1, 3, 8, 8]));
    expect(Math.max(...(map?.values ?? []).map(Math.abs))).toBeGreaterThan(0);
  });

  it.each([
    ["of channels", [8, 6, 6]],
    ["of positions", [40, 3, 4]],
  ] as const)("converges by the Gram matrix %s: (s_2 / s_1)^2048 of the second direction is left", async (_, shape) => {
    const [K, h, w] = shape;
    // what power iteration leaves of v_2, beside what float32 does: 1e-7 over the gap
    for (const [ratio, bound] of [
      [0.5, 1e-5],
      [0.9, 1e-5],
      [0.99, 1e-4],
      [0.995, 1e-3],
    ] as const) {
      const { A, map } = withSingularValues([3, 3 * ratio, 1, 0.5], K, h * w);
      expect(errorOf((await eigenCam(shape, A)).values, map), `s_2 / s_1 = ${ratio}`).toBeLessThan(bound);
    }
  });

  it.each([1e-15, 1e15])("keeps its precision for activations times %d", async (scale) => {
    const { A, map } = withSingularValues([3, 2, 1], 5, 12);
    const { values } = await eigenCam(
      [5, 3, 4],
      A.map((v) => scale * v),
    );
    expect(
      errorOf(
        values,
        map.map((v) => scale * v),
      ),
    ).toBeLessThan(1e-5);
  });

  it("is 0 for activations that are, and centered for constant ones", async () => {
    expect([...(await eigenCam([2, 2, 2], new Array(8).fill(0))).values]).toEqual([0, 0, 0, 0]);
    const constant = await eigenCam([2, 2, 2], [1, 1, 1, 1, 3, 3, 3, 3], { centered: true });
    expect([...constant.values]).toEqual([0, 0, 0, 0]);
  });

  it.each([
    ["residual", () => residual(), ["stem", "stage1", "stage2", "last"]],
    ["vgg", vgg, ["stage1", "last"]],
  ] as const)("knows nothing of the class, and is not negative after ReLUs: %s", async (_, make, layers) => {
    const classifier = await classifierOf(make());
    const requests = layers.map((layer) => ({ method: "eigen-cam", layer }));
    const image = noise(classifier.image.dims);
    const [one, other] = [await mapsOf(classifier, requests, image, 1), await mapsOf(classifier, requests, image, 3)];
    for (const [i, { values }] of one.entries()) {
      expect(values).toEqual(other[i]?.values);
      const largest = Math.max(...values);
      expect(largest).toBeGreaterThan(0);
      expect(Math.min(...values)).toBeGreaterThan(-1e-5 * largest);
    }
  });

  it("centered, sums to 0", async () => {
    const classifier = await classifierOf(residual());
    const requests = ["stem", "last"].map((layer) => ({ method: "eigen-cam-centered", layer }));
    for (const { values } of await mapsOf(classifier, requests, noise(classifier.image.dims))) {
      const total = values.reduce((a, b) => a + b, 0);
      expect(Math.abs(total)).toBeLessThan(1e-5 * values.reduce((a, b) => a + Math.abs(b), 0));
    }
  });

  it("goes no way back", async () => {
    const compiled = compile(await classifierOf(residual()), [{ method: "eigen-cam", layer: "stage1" }]);
    expect(compiled.model.graph.nodes.some((n) => n.opType === "ConvTranspose")).toBe(false);
  });
});
