import { describe, expect, it } from "vitest";
import { expectClose, TARGET } from "../testing/attention-twins.js";
import { classifierOf, explainOnce, mapsOf, noise } from "../testing/explaining.js";
import { networks } from "../testing/networks.js";
import { transformer } from "../testing/transformer.js";
import type { Options } from "./method.js";

const METHODS = ["rollout", "generic-attention", "transformer-attribution", "attention-grad-cam", "legrad"];

describe("methods of attention", () => {
  it("say which row and which block there is not", async () => {
    const classifier = await classifierOf(transformer({ blocks: 2 }));
    const image = noise(classifier.image.dims);
    const explain = (method: string, options: Options) => mapsOf(classifier, [{ method, options }], image);
    await expect(explain("rollout", { row: 5 })).rejects.toThrow("row 5: the network has 5 tokens; give 0 to 4");
    await expect(explain("generic-attention", { start: 2 })).rejects.toThrow(
      "start 2: the network has 2 blocks; give 0 to 1",
    );
  });

  it.each(METHODS)("%s is refused on a network without attention, with what fits instead", async (method) => {
    const classifier = await classifierOf(networks.residual());
    await expect(mapsOf(classifier, [method], noise(classifier.image.dims))).rejects.toThrow(
      /the network has no attention to show; use grad-cam/,
    );
  });

  it.each(METHODS)("%s explains each of several images", async (method) => {
    const bytes = transformer({ blocks: 2, images: 2 });
    const single = await classifierOf(transformer({ blocks: 2 }));
    const both = await classifierOf(bytes);
    const image = noise(both.image.dims);
    const half = image.data.length / 2;
    const explanations = await explainOnce(both, [{ method }], image, [TARGET, TARGET]);
    for (const [i, explanation] of explanations.entries()) {
      const one = { ...image, dims: single.image.dims, data: image.data.slice(i * half, (i + 1) * half) };
      const [map] = await mapsOf(single, [method], one as typeof image, TARGET);
      expectClose(explanation.maps[0]?.values, [...(map?.values ?? [])]);
    }
    expect(explanations).toHaveLength(2);
  });
});
