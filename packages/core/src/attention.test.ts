import { describe, expect, it } from "vitest";
import { attentionsOf } from "./attention.js";
import { classifierOf, mapsOf, noise } from "./testing/explaining.js";
import { residual } from "./testing/networks.js";
import { transformer } from "./testing/transformer.js";

describe("the attentions of a network", () => {
  it("are found in order, with their weights and values", async () => {
    const found = attentionsOf(await classifierOf(transformer({ blocks: 2 })));
    expect(found.map(({ A }) => A.dims)).toEqual([
      [1, 2, 5, 5],
      [1, 2, 5, 5],
    ]);
    expect(found.map(({ V }) => V.dims)).toEqual([
      [1, 2, 5, 4],
      [1, 2, 5, 4],
    ]);
    expect(found.map(({ product }) => product.name)).toEqual(["block0.attention.mix", "block1.attention.mix"]);
  });

  it.each(["rollout", "lrp"])(
    "are found where their weights are rounded to integers, so that %s is nearly the same",
    async (method) => {
      const [rounded, plain] = await Promise.all(
        [true, false].map(async (quantized) => {
          const classifier = await classifierOf(transformer({ blocks: 2, quantized }));
          const [map] = await mapsOf(classifier, [method], noise(classifier.image.dims), 1);
          return [...(map?.values ?? [])];
        }),
      );
      const largest = Math.max(...(plain ?? []).map(Math.abs));
      rounded?.forEach((v, i) => void expect(Math.abs(v - (plain?.[i] as number))).toBeLessThan(0.02 * largest));
    },
  );

  it("are none in a network of convolutions", async () => {
    expect(attentionsOf(await classifierOf(residual()))).toEqual([]);
  });
});
