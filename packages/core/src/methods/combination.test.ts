import { describe, expect, it } from "vitest";
import type { Classifier } from "../classifier.js";
import { type CompileOptions, compile } from "../compile/compile.js";
import { Explainer } from "../explainer.js";
import { classifierOf, noise, runtime } from "../testing/explaining.js";
import { batchedOf, deviation } from "../testing/iterated.js";
import { multiLabel, networks, squeeze } from "../testing/networks.js";
import type { Combination } from "./method.js";

const SHAPE = [1, 3, 16, 16];

const explainer = (classifier: Classifier, methods: string[], combination?: Combination) =>
  Explainer.create(
    compile(
      classifier,
      // what is spread depends on the whole score
      methods.map((method) => (method === "lrp" ? { method, options: { bias: "share" } } : { method })),
      combination ? { combination } : {},
    ),
    runtime,
  );

describe("a combination of classes", () => {
  it.each(Object.entries({ squeeze, multiLabel }))("makes cam's map of the same sum: %s", async (_, network) => {
    const classifier = await classifierOf(network());
    const image = noise(SHAPE);
    const single = await explainer(classifier, ["cam", "lrp"]);
    const combined = await explainer(classifier, ["cam", "lrp", "relevance-cam"], {
      kind: "difference",
      of: 1,
      other: 3,
    });
    const [[a], [b], [difference]] = [
      await single.explain(image, [1]),
      await single.explain(image, [3]),
      await combined.explain(image),
    ];
    for (const k of [0, 1]) {
      const [found, one, other] = [difference, a, b].map((of) => of?.maps[k]?.values as Float32Array) as Maps;
      expect(deviation(found, minus(one, other))).toBeLessThan(1e-4);
    }
    await Promise.all([single.release(), combined.release()]);
  });

  const many = [
    { method: "rise", options: { masks: 24 } },
    { method: "occlusion", options: { window: 6 } },
    { method: "occlusion", options: { window: 6, score: "probability" } },
    { method: "smooth-grad", options: { samples: 6, reduce: "none" } },
    { method: "integrated-gradients", options: { samples: 6 } },
  ];

  it("is what methods of many runs measure: in pieces, in batches, and saved", async () => {
    const bytes = squeeze();
    const classifier = await classifierOf(bytes);
    const batched = await batchedOf(bytes, classifier, 4);
    const image = noise(SHAPE);
    const made = async (target: number | Combination, options: Partial<CompileOptions> = {}) => {
      const combination = typeof target === "number" ? {} : { combination: target };
      const explainer = await Explainer.create(compile(classifier, many, { ...options, ...combination }), runtime);
      const [found] = await explainer.explain(image, typeof target === "number" ? [target] : []);
      await explainer.release();
      return found?.maps.map(({ values }) => values) as Float32Array[];
    };
    const [a, b, against] = [await made(1), await made(3), await made({ kind: "against", of: 1 })];
    const ways = [
      await made({ kind: "difference", of: 1, other: 3 }, { batched }),
      await made({ kind: "difference", of: 1, other: 3 }, { iterated: "loop" }),
    ];
    for (const [k, { method }] of many.entries()) {
      const [one, other, down] = [a, b, against].map((maps) => maps[k]) as Maps;
      for (const difference of ways) {
        expect(deviation(difference[k] as Float32Array, minus(one, other))).toBeLessThan(1e-4);
      }
      // RISE weighs by the probability that it is another class
      if (method !== "rise")
        expect(
          deviation(
            down,
            one.map((v) => -v),
          ),
        ).toBeLessThan(1e-4);
    }
  });

  it("is the class's probability itself for methods that measure that", async () => {
    const classifier = await classifierOf(squeeze());
    const image = noise(SHAPE);
    const byProbability = [
      { method: "rise", options: { masks: 24 } },
      { method: "occlusion", options: { window: 6, score: "probability" } },
      { method: "score-cam", options: { weights: "probability" } },
    ];
    const made = async (combination?: Combination) => {
      const compiled = compile(classifier, byProbability, combination ? { combination } : {});
      const explainer = await Explainer.create(compiled, runtime);
      const [found] = await explainer.explain(image, combination ? [] : [2]);
      await explainer.release();
      return found?.maps.map(({ values }) => values) as Float32Array[];
    };
    const [ofClass, ofProbability] = [await made(), await made({ kind: "probability", of: 2 })];
    ofClass.forEach((values, k) => {
      expect(deviation(ofProbability[k] as Float32Array, values)).toBeLessThan(1e-6);
    });
    const [, occluded] = await made({ kind: "rest", of: 2 });
    expect(occluded?.every(Number.isFinite)).toBe(true);
  });

  it("may be of the predicted class", async () => {
    const classifier = await classifierOf(networks.residual());
    const image = noise(classifier.image.dims);
    const ofPredicted = await explainer(classifier, ["saliency"], { kind: "probability", of: -1 });
    const [found] = await ofPredicted.explain(image);
    const ofClass = await explainer(classifier, ["saliency"], { kind: "probability", of: found?.target as number });
    const [expected] = await ofClass.explain(image);
    expect(found?.logits.indexOf(Math.max(...found.logits))).toBe(found?.target);
    expect(found?.maps[0]?.values).toEqual(expected?.maps[0]?.values);
    await Promise.all([ofPredicted.release(), ofClass.release()]);
  });

  it("is refused for classes that are not there, and for a class less itself", async () => {
    const classifier = await classifierOf(networks.residual());
    const compiled = (combination: Combination) => compile(classifier, [{ method: "saliency" }], { combination });
    expect(() => compiled({ kind: "against", of: 5 })).toThrow("target 5: the model has 5 classes, 0 to 4");
    expect(() => compiled({ kind: "difference", of: 0, other: -2 })).toThrow("target -2");
    expect(() => compiled({ kind: "difference", of: 2, other: 2 })).toThrow("target 2 - 2: this is 0");
  });
});

type Maps = [Float32Array, Float32Array, Float32Array];

const minus = (a: Float32Array, b: Float32Array): Float32Array => a.map((v, i) => v - (b[i] as number));
