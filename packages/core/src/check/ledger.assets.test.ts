import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readModelFile } from "../../../node/src/model-file.js";
import { loadClassifier } from "../classifier.js";
import { isOfAttention } from "../composites/composite.js";
import { composites } from "../composites/registry.js";
import type { Shape } from "../graph/tensor.js";
import { imageOf, runtime } from "../testing/explaining.js";
import { imbalanceOf, ledgerOf } from "./ledger.js";

const assets = process.env.LIMN_ASSETS;
const skipped = assets ? "" : " (LIMN_ASSETS is not set)";

const MODELS = [
  "mnist_cntk",
  "mobilenet_v1_0.25_224_float",
  "mobilenet_v2_torchvision",
  "resnet20_cifar10",
  "squeezenet1.1",
  "vit_mnist",
];

describe.skipIf(!assets)(`the books of trained models on real photos${skipped}`, () => {
  describe.each(MODELS)("%s", (name) => {
    const open = async () => {
      const { input_shape } = JSON.parse(readFileSync(`${assets}/refs/${name}.json`, "utf8")) as { input_shape: Shape };
      const pixels = new Float32Array(new Uint8Array(readFileSync(`${assets}/refs/${name}.input.f32`)).buffer);
      const classifier = await loadClassifier(readModelFile(`${assets}/models/${name}.onnx`), runtime, {
        inputShape: input_shape,
      });
      const inputRange = {
        low: [pixels.reduce((a, b) => Math.min(a, b))],
        high: [pixels.reduce((a, b) => Math.max(a, b))],
      };
      return { classifier, image: imageOf(input_shape, pixels), inputRange };
    };
    const opened = assets ? open() : undefined;

    // on networks without attention, those that are for it are others under another name
    const asked = Object.values(composites).filter(
      ({ entries }) => name.includes("vit") || !entries.some(isOfAttention),
    );

    it.each(asked.map((composite) => composite.name))("balance at every node by %s", async (composite) => {
      const { classifier, image, inputRange } = (await opened) as Awaited<ReturnType<typeof open>>;
      const { entries, end } = await ledgerOf(classifier, runtime, image, { composite, inputRange });
      expect(entries.length).toBeGreaterThan(5);
      // not finite is not balanced
      for (const entry of entries) expect(imbalanceOf(entry), JSON.stringify(entry)).toBeLessThan(1e-4);
      expect(Number.isFinite(end)).toBe(true);
    });
  });
});
