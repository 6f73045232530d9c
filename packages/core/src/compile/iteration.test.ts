import { describe, expect, it } from "vitest";
import { Explainer, type ExplanationMap, type StepProgress } from "../explainer.js";
import { classifierOf, explainOnce, noise, runtime } from "../testing/explaining.js";
import { batchedOf, deviation, mapOf } from "../testing/iterated.js";
import { channelsLast, multiLabel, NetworkWriter, residual } from "../testing/networks.js";
import { compile } from "./compile.js";
import type { MapRequest } from "./compiled-map.js";
import { encodeForSaving } from "./encode.js";
import { batchFor } from "./iteration.js";

const REQUESTS: readonly MapRequest[] = [
  { method: "smooth-grad", options: { samples: 6 } },
  { method: "integrated-gradients", options: { samples: 6 } },
  { method: "score-cam" },
  { method: "rise", options: { masks: 10 } },
  { method: "occlusion" },
];

describe.each(REQUESTS)("$method, in pieces", (request) => {
  it.each([
    ["channels first", residual],
    ["channels last", channelsLast],
    ["independent classes", multiLabel],
  ])("gives the same map as in one Loop, and one by one: %s", async (_, make) => {
    const { image } = await classifierOf(make());
    const x = noise(image.dims);
    const pieces = await mapOf(make(), request, x);
    const loop = await mapOf(make(), request, x, { iterated: "loop" });
    expect(deviation(loop.values, pieces.values)).toBeLessThan(1e-5);
    const single = await mapOf(make(), request, x, { batched: await classifierOf(make()) });
    expect(deviation(single.values, pieces.values)).toBeLessThan(1e-5);
  });
});

describe("Explainer", () => {
  it("makes maps of one run and of many side by side, in the order of the requests", async () => {
    const classifier = await classifierOf(residual());
    const batched = await batchedOf(residual(), classifier, 4);
    const asked: MapRequest[] = [
      { method: "rise", options: { masks: 8 } },
      { method: "grad-cam" },
      REQUESTS[0] as MapRequest,
      { method: "rise" },
    ];
    const compiled = compile(classifier, asked, { batched });
    expect(compiled.maps.map(({ output }) => output)).toEqual(["rise", "grad-cam", "smooth-grad", "rise_2"]);
    const image = noise(classifier.image.dims);
    const explainer = await Explainer.create(compile(classifier, asked.slice(0, 3), { batched }), runtime);
    const [explanation] = await explainer.explain(image);
    await explainer.release();
    const [alone] = await explainOnce(classifier, [{ method: "grad-cam" }], image);
    expect(explanation?.maps[1]?.values).toEqual(alone?.maps[0]?.values);
  });

  it("reports every step, and the map on its way", async () => {
    const { image } = await classifierOf(residual());
    const seen: StepProgress[] = [];
    const maps: ExplanationMap[] = [];
    const request = { method: "rise", options: { masks: 20 } };
    const watch = {
      onProgress: (p: StepProgress) => seen.push(p),
      mapEvery: 2,
      onMap: (m: ExplanationMap) => maps.push(m),
    };
    const final = await mapOf(residual(), request, noise(image.dims), {}, watch);
    expect(seen.map(({ done, total }) => [done, total])).toEqual([1, 2, 3, 4, 5].map((done) => [done, 5]));
    expect(maps).toHaveLength(2);
    // a share of the masks gives a share of the mean
    const ratio = (maps[0]?.values[0] as number) / (final.values[0] as number);
    expect(ratio).toBeGreaterThan(0.2);
    expect(ratio).toBeLessThan(0.7);
  });

  it("stops where it is told to, and can go on with another picture", async () => {
    const classifier = await classifierOf(residual());
    const explainer = await Explainer.create(
      compile(classifier, [{ method: "rise", options: { masks: 10 } }]),
      runtime,
    );
    const stop = new AbortController();
    let done = 0;
    const onProgress = () => {
      if (++done === 3) stop.abort();
    };
    const image = noise(classifier.image.dims);
    await expect(explainer.explain(image, [], { signal: stop.signal, onProgress })).rejects.toThrow("aborted");
    expect(done).toBe(3);
    await expect(explainer.explain(image)).resolves.toHaveLength(1);
    await explainer.release();
  });

  it("explains the class that it is asked for", async () => {
    const { image } = await classifierOf(residual());
    const of = async (target: number) =>
      (await mapOf(residual(), REQUESTS[1] as MapRequest, noise(image.dims), { target })).values;
    expect(deviation(await of(1), await of(2))).toBeGreaterThan(0.01);
  });
});

describe("iterated methods", () => {
  it("are saved as a Loop only, whose weights are stored once", async () => {
    const bytes = residual();
    const classifier = await classifierOf(bytes);
    const batched = await batchedOf(bytes, classifier, 4);
    const read = (_: string, offset: number, length: number) => bytes.subarray(offset, offset + length);
    const request = { method: "rise", options: { masks: 10 } };
    expect(() => encodeForSaving(compile(classifier, [request], { batched }), read)).toThrow('iterated: "loop"');
    const saved = encodeForSaving(compile(classifier, [request], { batched, iterated: "loop", scores: false }), read);
    expect(saved.byteLength).toBeLessThan(1.7 * bytes.byteLength);
    const session = await runtime.createSession(saved);
    const feeds = {
      image: noise(classifier.image.dims),
      target: { dtype: "int64", dims: [1], data: BigInt64Array.of(-1n) },
    } as const;
    const { rise } = await session.run(feeds, ["rise"]);
    const expected = await mapOf(bytes, request, feeds.image);
    expect(deviation(rise?.data as Float32Array, expected.values)).toBeLessThan(1e-5);
    await session.release();
  });

  it("refuse classifiers that are loaded for batches", async () => {
    const classifier = await classifierOf(residual({ batch: 2 }));
    expect(() => compile(classifier, [{ method: "rise" }])).toThrow("load it for a batch of 1");
  });
});

describe("batchFor", () => {
  it("goes by the size of the pictures, and takes what the file says", async () => {
    const model = (shape: number[], declared?: (number | string)[]) => {
      const net = new NetworkWriter("sizes", shape);
      if (declared) net.image.declared = declared;
      const { graph } = net.model(net.image);
      return { model: { graph }, image: net.image } as unknown as Parameters<typeof batchFor>[0];
    };
    expect(batchFor(model([1, 3, 224, 224]))).toBe(8);
    expect(batchFor(model([1, 299, 299, 3]))).toBe(4);
    expect(batchFor(model([1, 3, 32, 32]))).toBe(64);
    expect(batchFor(model([1, 3, 2048, 2048]))).toBe(1);
    expect(batchFor(model([1, 3, 224, 224], ["N", 3, 224, 224]))).toBe(8);
    expect(batchFor(model([1, 3, 224, 224], [1, 3, 224, 224]))).toBe(1);
  });
});
