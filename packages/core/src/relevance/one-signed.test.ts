import { expect, it } from "vitest";
import { relevanceSeed } from "../methods/seed.js";
import { excitation } from "../rules/alpha-beta.js";
import { zPlus } from "../rules/z-plus.js";
import { classifierOf, mapsOf, noise } from "../testing/explaining.js";
import { NetworkWriter, residual, vgg } from "../testing/networks.js";
import { OneSigned } from "./one-signed.js";

// a rule of one's own gets what is lost by its size, whatever its sign
const own = { ...zPlus, name: "own-z-plus", terms: (layer: Parameters<typeof excitation>[0]) => [excitation(layer)] };

it.each([
  ["vgg", vgg()],
  ["residual", residual()],
])("relevance of one sign is scaled up to the same as what spreads by size: %s", async (_, bytes) => {
  const classifier = await classifierOf(bytes);
  const image = noise(classifier.image.dims);
  const requests = [zPlus, own].flatMap((rule) =>
    // the other seeds have both signs
    ["logit", "one-hot", "contrastive"].map((seed) => ({
      method: "lrp",
      options: { seed, reduce: "none", composite: { entries: [{ rule }], sums: "agreeing" } },
    })),
  );
  for (const target of [0, 1]) {
    const maps = await mapsOf(classifier, requests, image, target);
    for (const [i, map] of maps.slice(0, 3).entries()) {
      const largest = map.values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      expect(largest).toBeGreaterThan(0);
      map.values.forEach((R, j) => {
        expect(Math.abs(R - (maps[i + 3]?.values[j] as number)) / largest).toBeLessThan(1e-5);
      });
    }
  }
});

it("is known of what is computed from the score of one class alone", () => {
  const net = new NetworkWriter("signs", [1, 4]);
  const logits = net.image;
  const node = (operator: string, ...inputs: Parameters<NetworkWriter["node"]>[2]) =>
    net.node(operator, operator, inputs);
  const depth = net.ints("depth", [4]);
  const seed = net.node("OneHot", "seed", [net.ints("target", [2]), depth, net.constant("values", [2], [0, 1])]);
  for (const value of [logits, seed]) value.dtype ??= "float32";
  seed.shape ??= logits.shape;
  const logit = relevanceSeed({ logits, seed, target: depth }, "logit");
  const positive = node("Relu", logits);
  const found = new OneSigned(logit);
  expect(found.has(node("Mul", logit, positive))).toBe(true);
  const either = node("Mul", logit, logits);
  expect(found.has(either)).toBe(false);
  found.add(either);
  expect(found.has(either)).toBe(true);
  const contrastive = relevanceSeed({ logits, seed, target: depth }, "contrastive");
  expect(new OneSigned(contrastive).has(contrastive)).toBe(false);
});
