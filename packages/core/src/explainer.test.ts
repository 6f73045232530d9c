import { describe, expect, it } from "vitest";
import { compile } from "./compile/compile.js";
import { Explainer } from "./explainer.js";
import { Graph } from "./graph/graph.js";
import { runOnce } from "./onnx/open-session.js";
import { classifierOf, explainOnce, imageOf, noise, runtime } from "./testing/explaining.js";
import { NetworkWriter, residual } from "./testing/networks.js";

const requests = [{ method: "saliency" }, { method: "cam" }, { method: "grad-cam", layer: "stage2" }];

describe("Explainer", () => {
  it("explains the predicted class unless told otherwise", async () => {
    const classifier = await classifierOf(residual());
    const explainer = await Explainer.create(compile(classifier, requests), runtime);
    const image = noise(classifier.image.dims);
    const [predicted] = await explainer.explain(image);
    const best = predicted?.logits.indexOf(Math.max(...(predicted?.logits ?? []))) as number;
    expect(predicted?.target).toBe(best);
    const values = async (targets: number[]) => (await explainer.explain(image, targets))[0]?.maps.map((m) => m.values);
    expect(await values([-1])).toEqual(predicted?.maps.map((m) => m.values));
    expect(await values([best])).toEqual(predicted?.maps.map((m) => m.values));
    const other = await values([(best + 1) % 5]);
    other?.forEach((map, i) => {
      expect(map).not.toEqual(predicted?.maps[i]?.values);
    });
    await explainer.release();
  });

  it("gives the same maps whether one run is to follow or many", async () => {
    const classifier = await classifierOf(residual());
    const image = noise(classifier.image.dims);
    const explained = async (runs?: number) => {
      const explainer = await Explainer.create(compile(classifier, requests), runtime, runs ? { runs } : {});
      const [explanation] = await explainer.explain(image);
      await explainer.release();
      return explanation;
    };
    const [one, many] = [await explained(1), await explained()];
    expect(one?.maps).toHaveLength(requests.length);
    one?.maps.forEach(({ values }, i) => {
      const others = many?.maps[i]?.values as Float32Array;
      const largest = others.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
      for (const [k, v] of values.entries()) expect(Math.abs(v - (others[k] as number))).toBeLessThan(2e-6 * largest);
    });
  });

  it.each([
    ["of equal scores the first", { image: 1, weights: 0 }],
    ["what ArgMax makes of scores that are not numbers", { image: Number.NaN, weights: 1 }],
  ])("reports the class that the graph explains: %s", async (_, { image: pixel, weights }) => {
    const net = new NetworkWriter("ties", [1, 3, 4, 4]);
    const pooled = net.flatten("flatten", net.globalPool("pool", net.image));
    const W = net.constant(
      "W",
      [3, 4],
      Array.from({ length: 12 }, (_, i) => weights * ((i % 4) - 1)),
    );
    const bytes = net.bytes(net.node("MatMul", "fc", [pooled, W]));
    const image = imageOf([1, 3, 4, 4], new Float32Array(48).fill(pixel));
    const [explanation] = await explainOnce(await classifierOf(bytes), [], image);

    // asked of the logits by a graph that holds nothing else
    const alone = new Graph();
    alone.outputs.push(alone.emit("ArgMax", [alone.addInput("logits", "float32", [1, 4])], { axis: 1, keepdims: 0 }));
    const model = new NetworkWriter("none", [1]).model();
    const feeds = { logits: imageOf([1, 4], explanation?.logits ?? []) };
    const [largest] = Object.values(await runOnce({ ...model, graph: alone }, runtime, feeds));
    expect(explanation?.target).toBe(Number(largest?.data[0]));
    if (weights === 0) expect(explanation?.target).toBe(0);
  });

  it("explains a batch as it explains each image", async () => {
    const shape = [1, 3, 32, 32];
    const images = [noise(shape, "first"), noise(shape, "second")];
    const targets = [3, -1];
    const pair = imageOf(
      [2, 3, 32, 32],
      images.flatMap((i) => [...(i.data as Float32Array)]),
    );
    const together = await explainOnce(await classifierOf(residual({ batch: 2 })), requests, pair, targets);
    const classifier = await classifierOf(residual());
    for (const [i, image] of images.entries()) {
      const [alone] = await explainOnce(classifier, requests, image, [targets[i] as number]);
      expect(together[i]?.target).toBe(alone?.target);
      alone?.maps.forEach((map, m) => {
        const found = together[i]?.maps[m];
        expect(found?.shape).toEqual(map.shape);
        map.values.forEach((v, k) => {
          expect(found?.values[k]).toBeCloseTo(v, 5);
        });
      });
    }
  });

  it.each([
    [[5], "target 5: the model has 5 classes, 0 to 4 (-1 stands for the predicted one)"],
    [[-2], /^target -2: /],
    [[1.5], /^target 1.5: /],
    [[Number.NaN], /^target NaN: /],
    [[0, 1], "2 targets for 1 image(s); give at most one for each"],
  ])("refuses targets %j", async (targets, message) => {
    const classifier = await classifierOf(residual());
    const explained = explainOnce(classifier, requests, noise(classifier.image.dims), targets);
    await expect(explained).rejects.toThrow(expect.objectContaining({ code: "bad-option" }));
    await expect(explained).rejects.toThrow(message);
  });

  it("refuses an image of another shape", async () => {
    const explained = explainOnce(await classifierOf(residual()), requests, noise([1, 3, 16, 16]));
    await expect(explained).rejects.toThrow(
      "the image tensor has the shape [1, 3, 16, 16], but the model takes [1, 3, 32, 32]",
    );
  });
});
