import {
  type Classifier,
  compile,
  composites,
  Explainer,
  imbalanceOf,
  isOfAttention,
  ledgerOf,
  Preprocessor,
  randomized,
  rangeAfter,
  rankCorrelation,
  type TensorValue,
} from "@limn/core";
import { EMBEDDED_MODELS } from "@limn/models";
import { type OpenedClassifier, onnxRuntime, openClassifier } from "@limn/node";
import { type EvaluationScene, evaluationScenes } from "@limn/scenes";
import { describe, expect, it } from "vitest";

const runtime = onnxRuntime({ threads: 1 });

const scenes: EvaluationScene["scene"][] = [];
for await (const { scene } of evaluationScenes()) scenes.push(scene);

async function imagesOf(
  { preprocessing, input }: OpenedClassifier,
  indices: readonly number[],
): Promise<TensorValue[]> {
  if (!preprocessing || !input) throw new Error("a model without preprocessing");
  const preprocessor = await Preprocessor.create(runtime, preprocessing, input);
  const images: TensorValue[] = [];
  for (const index of indices) {
    const { size, pixels } = scenes[index] as EvaluationScene["scene"];
    images.push((await preprocessor.run({ width: size, height: size, rgb: pixels })).tensor);
  }
  await preprocessor.release();
  return images;
}

describe.each(Object.keys(EMBEDDED_MODELS))("%s", (name) => {
  const opened = openClassifier(name, runtime);

  // on networks without attention, those that are for it are others under another name
  const asked = Object.values(composites).filter(({ entries }) => name.includes("vit") || !entries.some(isOfAttention));

  it.each(asked.map((composite) => composite.name))("keeps its books by %s", async (composite) => {
    const { classifier, preprocessing, ...rest } = await opened;
    const [image] = await imagesOf({ classifier, preprocessing, ...rest }, [40]);
    const inputRange = preprocessing && rangeAfter(preprocessing);
    const options = { composite, ...(inputRange ? { inputRange } : {}) };
    const { entries } = await ledgerOf(classifier, runtime, image as TensorValue, options);
    expect(entries.length).toBeGreaterThan(10);
    for (const entry of entries) expect(imbalanceOf(entry), JSON.stringify(entry)).toBeLessThan(1e-3);
  });
});

describe("the default model", () => {
  const opened = openClassifier("scenes-resnet", runtime);

  it("has class activation maps whose means are the logit but for a bias, the same on every picture", async () => {
    const { classifier, ...rest } = await opened;
    const explainer = await Explainer.create(compile(classifier, [{ method: "cam" }]), runtime);
    const biases: number[] = [];
    for (const image of await imagesOf({ classifier, ...rest }, [0, 20, 40])) {
      const [explanation] = await explainer.explain(image, [5]);
      const values = explanation?.maps[0]?.values ?? new Float32Array();
      const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
      biases.push((explanation?.logits[5] ?? 0) - mean);
    }
    for (const bias of biases) expect(bias).toBeCloseTo(biases[0] as number, 4);
    await explainer.release();
  });

  it("forgets class-specific maps with its upper layers, but not those of guided backpropagation", async () => {
    const { classifier, ...rest } = await opened;
    const images = await imagesOf({ classifier, ...rest }, [0, 11, 22, 33]);
    const methods = ["grad-cam", "relevance-cam", "saliency", "guided-backprop"];
    const mapsOf = async (network: Classifier, targets: readonly number[] = []) => {
      const explainer = await Explainer.create(
        compile(
          network,
          methods.map((method) => ({ method })),
        ),
        runtime,
      );
      const explanations = [];
      for (const [i, image] of images.entries())
        explanations.push(...(await explainer.explain(image, [targets[i] ?? -1])));
      await explainer.release();
      return explanations;
    };
    const trained = await mapsOf(classifier);
    const targets = trained.map(({ target }) => target);
    const random = await mapsOf(await randomized(classifier, runtime, { layers: 4 }), targets);
    const similarity = methods.map((_, m) => {
      const each = trained.map(({ maps }, i) => {
        const rank = rankCorrelation(
          maps[m]?.values ?? new Float32Array(),
          random[i]?.maps[m]?.values ?? new Float32Array(),
        );
        return Number.isNaN(rank) ? 0 : rank;
      });
      return each.reduce((sum, v) => sum + v, 0) / each.length;
    });
    const [gradCam, relevanceCam, saliency, guided] = similarity as [number, number, number, number];
    expect(Math.abs(gradCam)).toBeLessThan(0.35);
    expect(Math.abs(relevanceCam)).toBeLessThan(0.4);
    expect(saliency).toBeLessThan(0.55);
    expect(guided).toBeGreaterThan(0.6);
    expect(guided).toBeGreaterThan(saliency + 0.15);
  });

  it("tells how far integrated gradients are from complete, which more samples mend", async () => {
    const { classifier, reload, preprocessing, ...rest } = await opened;
    const [image] = await imagesOf({ classifier, reload, preprocessing, ...rest }, [20]);
    const batched = await reload([32, ...classifier.image.dims.slice(1)]);
    const errorWith = async (samples: number) => {
      const requests = [{ method: "integrated-gradients", options: { samples } }];
      const inputRange = preprocessing && rangeAfter(preprocessing);
      const explainer = await Explainer.create(
        compile(classifier, requests, { batched, ...(inputRange ? { inputRange } : {}) }),
        runtime,
      );
      const [explanation] = await explainer.explain(image as TensorValue);
      await explainer.release();
      return explanation?.maps[0]?.indicators[0]?.value as number;
    };
    const [few, many] = [await errorWith(64), await errorWith(256)];
    expect(many).toBeLessThan(few);
    expect(many).toBeLessThan(0.02);
  });
});
