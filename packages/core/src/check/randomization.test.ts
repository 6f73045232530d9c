import { describe, expect, it } from "vitest";
import type { Classifier } from "../classifier.js";
import { classifierOf, explainOnce, noise, runtime } from "../testing/explaining.js";
import { mobile, residual } from "../testing/networks.js";
import { randomized, weightedLayers } from "./randomization.js";

const logitsOf = async (classifier: Classifier) => {
  const [explanation] = await explainOnce(classifier, [], noise(classifier.image.dims));
  return [...(explanation?.logits ?? [])];
};

describe("randomized", () => {
  it("counts layers from the logits down", async () => {
    const layers = weightedLayers(await classifierOf(residual()));
    expect([layers[0], layers.at(-1)]).toEqual(["fc", "stem.conv"]);
  });

  it("leaves the network as it is for no layers, and gives others for every layer more", async () => {
    const classifier = await classifierOf(mobile());
    const original = await logitsOf(classifier);
    expect(await logitsOf(await randomized(classifier, runtime, { layers: 0 }))).toEqual(original);
    const seen = new Set([original.join()]);
    const { length } = weightedLayers(classifier);
    for (let layers = 1; layers <= length; layers++) {
      const changed = await randomized(classifier, runtime, { layers });
      expect(weightedLayers(changed)).toEqual(weightedLayers(classifier));
      const logits = await logitsOf(changed);
      expect(logits.every(Number.isFinite)).toBe(true);
      seen.add(logits.join());
    }
    expect(seen.size).toBe(length + 1);
  });

  it("gives the same for the same seed", async () => {
    const classifier = await classifierOf(residual());
    const of = async (seed: number) => logitsOf(await randomized(classifier, runtime, { seed }));
    expect(await of(1)).toEqual(await of(1));
    expect(await of(1)).not.toEqual(await of(2));
  });

  it("keeps each tensor's mean and deviation", async () => {
    const classifier = await classifierOf(residual());
    const { model } = await randomized(classifier, runtime, { layers: 1 });
    const moments = (values: readonly number[]) => {
      const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
      return [mean, Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length)];
    };
    const weights = (graph: Classifier["model"]["graph"]) => {
      const data = graph.nodes.findLast(({ name }) => name === "fc")?.inputs[1]?.initializer?.data;
      const bytes = data?.kind === "bytes" ? data.bytes.slice() : new Uint8Array();
      return [...new Float32Array(bytes.buffer)];
    };
    const [before, after] = [weights(classifier.model.graph), weights(model.graph)];
    expect(after).toHaveLength(before.length);
    const [[m0, s0], [m1, s1]] = [moments(before), moments(after)] as [[number, number], [number, number]];
    // of n numbers, the mean is within some s / sqrt(n) and the deviation within some s / sqrt(2n)
    const spread = (4 * s0) / Math.sqrt(before.length);
    expect(Math.abs(m1 - m0)).toBeLessThan(spread);
    expect(Math.abs(s1 - s0)).toBeLessThan(spread);
  });

  it("refuses more layers than there are", async () => {
    const classifier = await classifierOf(residual());
    await expect(randomized(classifier, runtime, { layers: 99 })).rejects.toThrow(
      /layers 99: the model has \d+ layers/,
    );
  });
});
