import { describe, expect, it } from "vitest";
import { imbalanceOf, ledgerOf } from "../check/ledger.js";
import type { Classifier } from "../classifier.js";
import { composites } from "../composites/registry.js";
import { classifierOf, explainOnce, imageOf, mapsOf, noise, runtime } from "../testing/explaining.js";
import { NetworkWriter, networks, residual } from "../testing/networks.js";
import type { Options } from "./method.js";

/** 3-3-1 without biases: first weights all 2, ReLU, second all 3. */
function handCase(): Uint8Array {
  const net = new NetworkWriter("hand", [1, 3, 1, 1]);
  const first = net.constant("first", [3, 3, 1, 1], new Array(9).fill(2));
  const hidden = net.relu("relu", net.node("Conv", "conv", [net.image, first]));
  const second = net.constant("second", [1, 3], [3, 3, 3]);
  return net.bytes(net.node("Gemm", "fc", [net.flatten("flatten", hidden), second], { transB: 1 }));
}

const inputRange = { low: [-1], high: [1] };
const sumOf = (values: Float32Array): number => values.reduce((a, b) => a + b, 0);
const largest = (values: Float32Array): number => values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

async function lrp(classifier: Classifier, options: Options, target = 1): Promise<Float32Array> {
  const [map] = await mapsOf(classifier, [{ method: "lrp", options }], noise(classifier.image.dims), target);
  return map?.values as Float32Array;
}

describe("lrp", () => {
  it("gives [18, 36, 54] for the hand case of three inputs", async () => {
    const classifier = await classifierOf(handCase());
    const options = { composite: "epsilon", reduce: "none" };
    const [map] = await mapsOf(classifier, [{ method: "lrp", options }], imageOf([1, 3, 1, 1], [1, 2, 3]), 0);
    [18, 36, 54].forEach((R, i) => {
      expect(map?.values[i]).toBeCloseTo(R, 4);
    });
  });

  const nets = Object.entries(networks);
  const pairs = nets.flatMap(([name, make]) => Object.keys(composites).map((composite) => ({ name, make, composite })));

  it.each(pairs)("keeps the books at every node: $name, $composite", async ({ make, composite }) => {
    const classifier = await classifierOf(make());
    const ledger = await ledgerOf(classifier, runtime, noise(classifier.image.dims), {
      composite,
      inputRange,
      target: 1,
    });
    expect(ledger.entries.length).toBeGreaterThan(3);
    for (const entry of ledger.entries) expect(imbalanceOf(entry), JSON.stringify(entry)).toBeLessThan(1e-3);
    expect(Number.isFinite(ledger.end)).toBe(true);
  });

  it("conserves the logit where there are no biases", async () => {
    const classifier = await classifierOf(residual({ bias: false }));
    const image = noise(classifier.image.dims);
    for (const composite of ["epsilon", "z-plus", "epsilon-plus"]) {
      const requests = [{ method: "lrp", options: { composite } }];
      const [explanation] = await explainOnce(classifier, requests, image, [1]);
      const [map] = explanation?.maps ?? [];
      const logit = explanation?.logits[1] as number;
      expect(sumOf(map?.values as Float32Array) / logit, composite).toBeCloseTo(1, 2);
    }
  });

  it("is gradient x input by the epsilon rule on a network of ReLUs without biases", async () => {
    const classifier = await classifierOf(residual({ bias: false }));
    const requests = [
      { method: "lrp", options: { composite: "epsilon", epsilon: 1e-9 } },
      { method: "input-x-gradient" },
    ];
    const [R, product] = await mapsOf(classifier, requests, noise(classifier.image.dims), 1);
    const scale = largest(product?.values as Float32Array);
    product?.values.forEach((v, i) => {
      expect(Math.abs((R?.values[i] as number) - v) / scale).toBeLessThan(1e-4);
    });
  });

  it("has alpha-beta(1, 0) = z-plus and gamma 0 = epsilon", async () => {
    const classifier = await classifierOf(networks.vgg());
    const all = (rule: string, options = {}) => ({ composite: { entries: [{ rule, options }] } });
    expect(await lrp(classifier, all("alpha-beta", { alpha: 1 }))).toEqual(await lrp(classifier, all("z-plus")));
    expect(await lrp(classifier, all("gamma", { gamma: 0 }))).toEqual(await lrp(classifier, all("epsilon")));
  });

  it("goes to any layer, where what arrives is what leaves", async () => {
    const classifier = await classifierOf(residual({ bias: false }));
    const requests = ["stem", "stage1", "stage2", "last"].map((layer) => ({ method: "lrp", layer }));
    const [explanation] = await explainOnce(classifier, requests, noise(classifier.image.dims), [1]);
    for (const map of explanation?.maps ?? []) {
      expect(sumOf(map.values) / (explanation?.logits[1] as number)).toBeCloseTo(1, 2);
    }
    expect(explanation?.maps.map(({ shape }) => shape[0])).toEqual([16, 8, 4, 2]);
  });

  it("as clrp sums to 0 without biases", async () => {
    const classifier = await classifierOf(residual({ bias: false }));
    const options = { composite: "epsilon", seed: "contrastive-logit" };
    const values = await lrp(classifier, options);
    expect(Math.abs(sumOf(values))).toBeLessThan(0.2 * values.reduce((a, b) => a + Math.abs(b), 0));
  });

  it("refuses a composite that leaves a layer without a rule, before running", async () => {
    const classifier = await classifierOf(networks.vgg());
    const composite = { entries: [{ match: { kind: "convolution" as const }, rule: "z-plus" }] };
    await expect(lrp(classifier, { composite })).rejects.toThrow(/fc1.*no entry of the composite "custom" matches/);
  });

  it("offers near matches for unknown composites, rules and options", async () => {
    const classifier = await classifierOf(networks.vgg());
    await expect(lrp(classifier, { composite: "epsilon-pluss" })).rejects.toThrow(/did you mean "epsilon-plus"/);
    await expect(lrp(classifier, { composite: { entries: [{ rule: "gama" }] } })).rejects.toThrow(/"gamma"/);
    await expect(
      lrp(classifier, { composite: { entries: [{ rule: "gamma", options: { gamma: -1 } }] } }),
    ).rejects.toThrow(/entry 0: gamma\.gamma/);
  });

  it("asks for the range of the image where a rule needs it", async () => {
    const classifier = await classifierOf(networks.vgg());
    await expect(lrp(classifier, { composite: "epsilon-gamma-box" })).rejects.toThrow(/rule z-box needs .* inputRange/);
  });
});
