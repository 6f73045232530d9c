import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readModelFile } from "../../node/src/model-file.js";
import { type Classifier, loadClassifier } from "./classifier.js";
import { compile } from "./compile/compile.js";
import type { MapRequest } from "./compile/compiled-map.js";
import { Explainer, type Explanation } from "./explainer.js";
import { type Shape, sizeOf } from "./graph/tensor.js";
import { findLayer } from "./layers.js";
import type { TensorValue } from "./session.js";
import { imageOf, runtime } from "./testing/explaining.js";

const assets = process.env.LIMN_ASSETS;
const skipped = assets ? "" : " (LIMN_ASSETS is not set)";

/** What fixtures/models/make.py recorded of a model's gradient, in float64. */
interface Golden {
  readonly sum: number;
  readonly max_abs_gradient: number;
  /** Flat indices and values. */
  readonly samples: readonly (readonly [number, number])[];
  /** Largest difference by which PyTorch's own float32 strays, three times over, as a share of the largest gradient. */
  readonly tolerance: number;
  readonly sum_tolerance: number;
}

const golden = JSON.parse(readFileSync(new URL("../../../fixtures/models/golden.json", import.meta.url), "utf8")) as {
  readonly trained: Readonly<Record<string, Golden & { top1: number; score: number }>>;
  readonly light: Readonly<Record<string, Golden & { target: number; score: number }>>;
};

/** What came with the models: PyTorch's float32 gradient of the top class's logit, and a Grad-CAM map. */
interface Reference {
  readonly input_shape: Shape;
  readonly top1: number;
  readonly gradcam?: { readonly feature_tensor: string; readonly map: readonly (readonly number[])[] };
}

const reference = (name: string) => JSON.parse(readFileSync(`${assets}/refs/${name}.json`, "utf8")) as Reference;
const tensorOf = (name: string, kind: string) =>
  new Float32Array(new Uint8Array(readFileSync(`${assets}/refs/${name}.${kind}.f32`)).buffer);

const load = (path: string, inputShape?: Shape) =>
  loadClassifier(readModelFile(path), runtime, inputShape ? { inputShape } : {});

async function explain(
  classifier: Classifier,
  requests: readonly MapRequest[],
  image: TensorValue,
  target: number,
): Promise<Explanation> {
  const explainer = await Explainer.create(compile(classifier, requests), runtime);
  try {
    const [explanation] = await explainer.explain(image, [target]);
    if (!explanation) throw new Error("no explanation");
    return explanation;
  } finally {
    await explainer.release();
  }
}

const RAW: MapRequest = { method: "saliency", options: { reduce: "none" } };

const largestOf = (values: Iterable<number>) => {
  let largest = 0;
  for (const v of values) largest = Math.max(largest, Math.abs(v));
  return largest;
};

/** Largest difference, as a share of the largest expected value; infinite where there is a NaN. */
function distance(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const d = Math.abs((found[i] as number) - (expected[i] as number));
    worst = Number.isNaN(d) ? Number.POSITIVE_INFINITY : Math.max(worst, d);
  }
  return worst / largestOf(Array.from(expected));
}

function sampleDistance(found: Float32Array, { samples, max_abs_gradient }: Golden): number {
  const differences = samples.map(([i, v]) => Math.abs((found[i] as number) - v));
  return Math.max(...differences) / max_abs_gradient;
}

/** Where pooling windows tie, float32 moves the gradient to other pixels, but keeps its sum. */
const sumDistance = (found: Float32Array, { sum }: Golden): number =>
  Math.abs(sumOf(found) - sum) / sumOf(found.map(Math.abs));

const sumOf = (values: Float32Array) => values.reduce((total, v) => total + v, 0);

describe.skipIf(!assets)(`trained models${skipped}`, () => {
  describe.each(Object.keys(golden.trained))("%s", (name) => {
    const expected = golden.trained[name] as (typeof golden.trained)[string];
    const open = async () => {
      const { input_shape, ...rest } = reference(name);
      const classifier = await load(`${assets}/models/${name}.onnx`, input_shape);
      return { classifier, image: imageOf(input_shape, tensorOf(name, "input")), ...rest };
    };

    it("has PyTorch's gradient", async () => {
      const { classifier, image, top1 } = await open();
      const { target, logits, maps } = await explain(classifier, [RAW], image, -1);
      expect([target, top1]).toEqual([expected.top1, expected.top1]);
      expect(Math.abs((logits[top1] as number) / expected.score - 1)).toBeLessThan(1e-5);
      const gradient = maps[0]?.values as Float32Array;
      // the tolerance is 1e-5, and more where a ReLU sits so near its kink that float32 decides its side
      expect(distance(gradient, tensorOf(name, "grad_top1"))).toBeLessThanOrEqual(expected.tolerance);
      expect(sampleDistance(gradient, expected)).toBeLessThanOrEqual(expected.tolerance);
      expect(sumDistance(gradient, expected)).toBeLessThanOrEqual(expected.sum_tolerance);
    });
  });

  const withMaps = assets ? Object.keys(golden.trained).filter((name) => reference(name).gradcam) : [];

  it.each(withMaps)("%s has PyTorch's Grad-CAM at the layer that is the default", async (name) => {
    const { input_shape, top1, gradcam } = reference(name);
    const classifier = await load(`${assets}/models/${name}.onnx`, input_shape);
    expect(findLayer(classifier, "last").tensor).toBe(gradcam?.feature_tensor);
    const image = imageOf(input_shape, tensorOf(name, "input"));
    const { maps } = await explain(classifier, [{ method: "grad-cam" }], image, top1);
    // the references are written with six digits
    expect(distance(maps[0]?.values ?? [], gradcam?.map.flat() ?? [])).toBeLessThan(1e-5);
  });

  it.each(withMaps)("%s has a CAM whose mean is the logit, up to the bias", async (name) => {
    const { input_shape } = reference(name);
    const classifier = await load(`${assets}/models/${name}.onnx`, input_shape);
    const image = imageOf(input_shape, tensorOf(name, "input"));
    // the class's bias: what is left of a logit of one image must be left of another's too
    const black = imageOf(input_shape, new Float32Array(sizeOf(input_shape)));
    for (const target of [243, 281]) {
      const rests: number[] = [];
      for (const x of [image, black]) {
        const { logits, maps } = await explain(classifier, [{ method: "cam" }, { method: "grad-cam" }], x, target);
        const [cam, gradCam] = maps.map((m) => m.values) as [Float32Array, Float32Array];
        rests.push((logits[target] as number) - sumOf(cam) / cam.length);
        const worst = largestOf(gradCam.map((v, i) => v - Math.max(0, (cam[i] as number) / cam.length)));
        expect(worst).toBeLessThan((1e-5 * largestOf(cam)) / cam.length);
      }
      expect(rests[1]).toBeCloseTo(rests[0] as number, 4);
      if (name.startsWith("squeezenet")) expect(rests[0]).toBeCloseTo(0, 4);
    }
  });

  // both.png, resized to 256 and cropped to 224: boxes by eye, [left, top, right, bottom] as shares of the crop
  const DOG = [0.3, 0, 0.82, 0.65] as const;
  const CAT = [0.12, 0.5, 0.97, 1] as const;

  it.each(withMaps)("%s finds the dog and the cat in one picture", async (name) => {
    const { input_shape } = reference(name);
    const classifier = await load(`${assets}/models/${name}.onnx`, input_shape);
    const image = imageOf(input_shape, tensorOf(name, "input"));
    for (const [target, [left, top, right, bottom]] of [
      [243, DOG],
      [281, CAT],
    ] as const) {
      const { maps } = await explain(classifier, [{ method: "grad-cam" }], image, target);
      const { values = new Float32Array(), shape = [] } = maps[0] ?? {};
      const [height = 0, width = 0] = shape;
      const peak = values.indexOf(Math.max(...values));
      const [x, y] = [((peak % width) + 0.5) / width, (Math.floor(peak / width) + 0.5) / height];
      expect(x > left && x < right && y > top && y < bottom, `${target} at ${x}, ${y}`).toBe(true);
    }
  });

  it("vit_mnist has Grad-CAM at its tokens, and methods of attention, without anything being said about them", async () => {
    const { input_shape } = reference("vit_mnist");
    const classifier = await load(`${assets}/models/vit_mnist.onnx`, input_shape);
    const { maps } = compile(classifier, [
      { method: "grad-cam" },
      { method: "generic-attention" },
      { method: "legrad" },
    ]);
    expect(maps.map(({ shape }) => shape)).toEqual([
      [1, 4, 4],
      [1, 4, 4],
      [1, 4, 4],
    ]);
  });
});

describe.skipIf(!assets)(`ONNX's light models${skipped}`, () => {
  it("are all there", () => {
    const files = readdirSync(`${assets}/onnx-light`).filter((file) => file.endsWith(".onnx"));
    expect(files.map((file) => file.replace(".onnx", "")).sort()).toEqual(Object.keys(golden.light).sort());
  });

  it.each(Object.entries(golden.light))("%s has PyTorch's gradient", async (name, expected) => {
    const classifier = await load(`${assets}/onnx-light/${name}.onnx`);
    const { dims } = classifier.image;
    const ramp = imageOf(
      dims,
      Float32Array.from({ length: sizeOf(dims) }, (_, i) => i / sizeOf(dims)),
    );
    const { logits, maps } = await explain(classifier, [RAW], ramp, expected.target);
    const gradient = maps[0]?.values as Float32Array;
    expect(Math.abs((logits[expected.target] as number) / expected.score - 1)).toBeLessThan(1e-4);
    expect(sampleDistance(gradient, expected)).toBeLessThanOrEqual(expected.tolerance);
    expect(sumDistance(gradient, expected)).toBeLessThanOrEqual(expected.sum_tolerance);
  });
});
