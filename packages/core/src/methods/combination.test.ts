import { describe, expect, it } from "vitest";
import type { Classifier } from "../classifier.js";
import { compile } from "../compile/compile.js";
import { Explainer } from "../explainer.js";
import { classifierOf, imageOf, noise, runtime } from "../testing/explaining.js";
import { multiLabel, networks, squeeze, vgg } from "../testing/networks.js";
import type { Combination, Options } from "./method.js";

const SHAPE = [1, 3, 16, 16];

const logSoftmax = (y: readonly number[], c: number) =>
  (y[c] as number) - Math.log(y.reduce((sum, v) => sum + Math.exp(v), 0));

/** What is explained, by its definition. */
function explainedBy(y: readonly number[], combination: Combination): number {
  const of = y[combination.of] as number;
  if (combination.kind === "against") return -of;
  if (combination.kind === "difference") return of - (y[combination.other] as number);
  return of + logSoftmax(y, combination.of);
}

const combinations: Combination[] = [
  { kind: "against", of: 2 },
  { kind: "difference", of: 1, other: 3 },
  { kind: "rest", of: 4 },
];

const OPTIONS: Readonly<Record<string, Options>> = {
  saliency: { reduce: "none" },
  // what is spread depends on the whole score
  lrp: { bias: "share" },
};

const explainer = (classifier: Classifier, methods: string[], combination?: Combination) =>
  Explainer.create(
    compile(
      classifier,
      methods.map((method) => ({ method, options: OPTIONS[method] ?? {} })),
      combination ? { combination } : {},
    ),
    runtime,
  );

describe("a combination of classes", () => {
  it.each(combinations)("has the gradient that small steps show: $kind", async (combination) => {
    const classifier = await classifierOf(vgg());
    const image = noise(SHAPE);
    const plain = await explainer(classifier, []);
    const value = async (data: ArrayLike<number>) => {
      const [found] = await plain.explain(imageOf(SHAPE, data));
      return explainedBy([...(found?.logits ?? [])], combination);
    };
    const combined = await explainer(classifier, ["saliency"], combination);
    const [found] = await combined.explain(image);
    const gradient = found?.maps[0]?.values as Float32Array;
    const data = Float32Array.from(image.data as Float32Array);
    // along the gradient itself, so that float32 shows the change: f(x + h g) - f(x - h g) = 2 h |g|^2
    const square = gradient.reduce((sum, g) => sum + g * g, 0);
    const step = 1e-3 / Math.sqrt(square);
    const moved = (by: number) => value(data.map((v, i) => v + by * (gradient[i] as number)));
    const slope = ((await moved(step)) - (await moved(-step))) / (2 * step);
    expect(slope / square).toBeCloseTo(1, 2);
    expect(found?.target).toBe(combination.of);
    await Promise.all([plain.release(), combined.release()]);
  });

  it.each(Object.entries({ squeeze, multiLabel }))("makes cam's map of the same sum: %s", async (_, network) => {
    const classifier = await classifierOf(network());
    const image = noise(SHAPE);
    const single = await explainer(classifier, ["cam", "lrp"]);
    const combined = await explainer(classifier, ["cam", "lrp", "relevance-cam"], combinations[1]);
    const [[a], [b], [difference]] = [
      await single.explain(image, [1]),
      await single.explain(image, [3]),
      await combined.explain(image),
    ];
    for (const k of [0, 1]) {
      const found = difference?.maps[k]?.values as Float32Array;
      const largest = found.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
      found.forEach((v, i) => {
        const wanted = (a?.maps[k]?.values[i] as number) - (b?.maps[k]?.values[i] as number);
        expect(Math.abs(v - wanted) / largest).toBeLessThan(1e-4);
      });
    }
    await Promise.all([single.release(), combined.release()]);
  });

  it("is refused for classes that are not there, and by methods of many runs", async () => {
    const classifier = await classifierOf(networks.residual());
    const compiled = (combination: Combination, method = "saliency") =>
      compile(classifier, [{ method }], { combination });
    expect(() => compiled({ kind: "against", of: 5 })).toThrow("target 5: the model has 5 classes, 0 to 4");
    expect(() => compiled({ kind: "difference", of: 0, other: -1 })).toThrow("target -1");
    expect(() => compiled({ kind: "rest", of: 0 }, "rise")).toThrow("rise: it explains single classes");
  });
});
