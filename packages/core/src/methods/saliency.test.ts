import { describe, expect, it } from "vitest";
import type { Classifier } from "../classifier.js";
import { compile } from "../compile/compile.js";
import { Explainer } from "../explainer.js";
import type { TensorValue } from "../session.js";
import { classifierOf, imageOf, mapsOf, noise, runtime } from "../testing/explaining.js";
import { networks, residual } from "../testing/networks.js";

const RAW = { method: "saliency", options: { reduce: "none" } };

describe("saliency", () => {
  it.each(Object.entries(networks))("is the gradient of the whole network: %s", async (name, make) => {
    const classifier = await classifierOf(make());
    const image = noise(classifier.image.dims);
    const target = 1;
    const [gradient] = await mapsOf(classifier, [RAW], image, target);
    const pixels = Array.from({ length: 24 }, (_, i) => (i * 397) % image.data.length);
    const expected = await finiteDifferences(classifier, image, target, pixels);
    const found = pixels.map((p) => gradient?.values[p] as number);
    const largest = Math.max(...expected.map(Math.abs));
    const errors = pixels.map((_, i) => Math.abs((found[i] as number) - (expected[i] as number)) / largest);
    // steps across the kinks of ReLUs show here and there
    expect(errors.sort((a, b) => a - b)[pixels.length / 2], name).toBeLessThan(5e-3);
    expect(Math.max(...errors), name).toBeLessThan(0.1);
  });

  it.each([
    ["channels first", networks.residual],
    ["channels last", networks.channelsLast],
  ])("reduces the channels of the gradient as it says: %s", async (_, make) => {
    const classifier = await classifierOf(make());
    const image = noise(classifier.image.dims);
    const maps = await mapsOf(classifier, [RAW, "saliency", "signed", "input-x-gradient"], image);
    const [raw, max, signed, product] = maps.map(({ values }) => values) as [Float32Array, ...Float32Array[]];
    const last = classifier.image.dims[3] === 3;
    const pixels = raw.length / 3;
    const at = (pixel: number, c: number) => (last ? pixel * 3 + c : c * pixels + pixel);
    const channels = [0, 1, 2];
    for (let p = 0; p < pixels; p++) {
      const g = channels.map((c) => raw[at(p, c)] as number);
      const x = channels.map((c) => image.data[at(p, c)] as number);
      expect(max?.[p]).toBe(Math.max(...g.map(Math.abs)));
      expect(signed?.[p]).toBeCloseTo(sum(g), 5);
      expect(product?.[p]).toBeCloseTo(sum(g.map((v, c) => v * (x[c] as number))), 5);
    }
    expect(maps.map(({ shape }) => shape)).toEqual([
      classifier.image.dims.slice(1),
      ...[1, 2, 3].map(() => (last ? [16, 16] : [32, 32])),
    ]);
    expect(maps.map(({ request }) => request.signed)).toEqual([true, false, true, true]);
  });

  it("times the input sums to the logit where the network is linear along rays", async () => {
    // a ReLU network without biases is: f(a x) = a f(x)
    const classifier = await classifierOf(residual({ bias: false }));
    const image = noise(classifier.image.dims);
    const explainer = await Explainer.create(compile(classifier, [{ method: "input-x-gradient" }]), runtime);
    for (const target of [0, 3]) {
      const [explanation] = await explainer.explain(image, [target]);
      expect(sum([...(explanation?.maps[0]?.values ?? [])])).toBeCloseTo(explanation?.logits[target] as number, 4);
    }
    await explainer.release();
  });
});

const sum = (values: readonly number[]) => values.reduce((total, v) => total + v, 0);

/** Central differences of one logit by some of the image's values. */
async function finiteDifferences(
  classifier: Classifier,
  image: TensorValue,
  target: number,
  pixels: readonly number[],
): Promise<number[]> {
  const explainer = await Explainer.create(compile(classifier, []), runtime);
  const h = 2 ** -9;
  const logit = async (pixel: number, step: number) => {
    const moved = imageOf(image.dims, image.data as Float32Array);
    (moved.data as Float32Array)[pixel] = (image.data[pixel] as number) + step;
    const [explanation] = await explainer.explain(moved);
    return explanation?.logits[target] as number;
  };
  const slopes: number[] = [];
  for (const p of pixels) slopes.push(((await logit(p, h)) - (await logit(p, -h))) / (2 * h));
  await explainer.release();
  return slopes;
}
