import { describe, expect, it } from "vitest";
import { gradientFrom } from "../backward.js";
import type { Classifier } from "../classifier.js";
import type { MapRequest } from "../compile/compiled-map.js";
import { copyOf, IMAGE, TARGET } from "../compile/interface.js";
import { findLayer } from "../layers.js";
import { encodeModel } from "../onnx/encode.js";
import type { TensorValue } from "../session.js";
import { classifierOf, explainOnce, imageOf, mapsOf, noise, runtime } from "../testing/explaining.js";
import { channelsLast, mobile, multiLabel, residual, squeeze, vgg } from "../testing/networks.js";
import { classScore } from "./seed.js";

/** A layer's activation and the gradient of a class's score by it: [channels][positions]. */
interface AtLayer {
  readonly A: number[][];
  readonly g: number[][];
}

async function atLayer(classifier: Classifier, layer: string, image: TensorValue, target: number): Promise<AtLayer> {
  const copy = copyOf(classifier);
  const { graph } = copy.model;
  const { logits, seed } = classScore(copy.logits, graph.addInput(TARGET, "int64", [1]));
  const { value } = findLayer(copy, layer);
  const gradient = gradientFrom(logits, seed).at(value);
  graph.outputs.splice(0, graph.outputs.length, value, gradient);
  graph.rename(copy.image, IMAGE);
  const session = await runtime.createSession(encodeModel(copy.model), { weights: copy.weights, optimize: "basic" });
  try {
    const feeds = { [IMAGE]: image, [TARGET]: { dtype: "int64", dims: [1], data: BigInt64Array.of(BigInt(target)) } };
    const results = await session.run(feeds as Record<string, TensorValue>, [value.name, gradient.name]);
    const channelsOf = ({ dims, data }: TensorValue) => {
      const [, K, ...spatial] = dims as [number, number, ...number[]];
      const positions = spatial.reduce((a, b) => a * b, 1);
      return Array.from({ length: K }, (_, k) =>
        Array.from({ length: positions }, (_, p) => Number(data[k * positions + p])),
      );
    };
    const [A, g] = [value, gradient].map(({ name }) => channelsOf(results[name] as TensorValue));
    return { A: A as number[][], g: g as number[][] };
  } finally {
    await session.release();
  }
}

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

/** What each method's map is, unrectified, written out in loops. */
const twins: Readonly<Record<string, (at: AtLayer) => number[]>> = {
  "grad-cam": ({ A, g }) => weighted(A, (k) => sum(g[k] as number[]) / (g[k] as number[]).length),
  "grad-cam-plus-plus": (at) => weighted(at.A, (k) => plusPlus(at, k).w),
  "grad-cam-plus-plus-normalized": (at) =>
    weighted(at.A, (k) => {
      const { w, total } = plusPlus(at, k);
      return total === 0 ? 0 : w / total;
    }),
  "x-grad-cam": ({ A, g }) =>
    weighted(A, (k, a) => {
      const S = sum(a);
      return S === 0 ? 0 : sum(a.map((v, p) => (v / S) * (g[k]?.[p] as number)));
    }),
  "hires-cam": ({ A, g }) => weighted(A, (k, _, p) => g[k]?.[p] as number),
  "layer-cam": ({ A, g }) => weighted(A, (k, _, p) => Math.max(0, g[k]?.[p] as number)),
};

/** sum_k w(k, ., p) A_k,p at every position p. */
function weighted(A: number[][], weight: (k: number, a: number[], p: number) => number): number[] {
  return (A[0] as number[]).map((_, p) => sum(A.map((a, k) => weight(k, a, p) * (a[p] as number))));
}

/** Eqs. 5 and 19 as they are printed: w_k, and the sum of alpha_k over the positions with g > 0. */
function plusPlus({ A, g }: AtLayer, k: number): { w: number; total: number } {
  const S = sum(A[k] as number[]);
  let [w, total] = [0, 0];
  for (const v of g[k] as number[]) {
    const denominator = 2 * v ** 2 + v ** 3 * S;
    const alpha = denominator === 0 ? 0 : v ** 2 / denominator;
    if (v > 0) {
      w += alpha * v;
      total += alpha;
    }
  }
  return { w, total };
}

const networks = { residual: () => residual(), vgg, mobile, squeeze, multiLabel, channelsLast };
const layersOf: Readonly<Record<string, readonly string[]>> = {
  residual: ["stem", "stage1", "stage2", "last", "layer2.add"],
  vgg: ["stage1", "last", "block2.1.conv"],
  mobile: ["stage1", "last", "pw1.bn"],
};

describe("the CAM family", () => {
  it.each(Object.entries(networks))("is what plain loops give at every layer: %s", async (name, make) => {
    const classifier = await classifierOf(make());
    const image = noise(classifier.image.dims);
    for (const layer of layersOf[name] ?? ["last"]) {
      const at = await atLayer(classifier, layer, image, 1);
      for (const [method, twin] of Object.entries(twins)) {
        const requests = [false, true].map((relu) => ({ method, layer, options: { relu } }));
        const [signed, rectified] = await mapsOf(classifier, requests, image, 1);
        const expected = twin(at);
        const scale = Math.max(...expected.map(Math.abs));
        // sums over a channel with both signs cancel in float32, and x-grad-cam divides by them
        const tolerance = 1e-4 * scale;
        expected.forEach((v, p) => {
          const where = `${method} at ${layer}, position ${p}`;
          expect(Math.abs((signed?.values[p] as number) - v), where).toBeLessThan(tolerance);
          expect(Math.abs((rectified?.values[p] as number) - Math.max(0, v)), where).toBeLessThan(tolerance);
        });
        expect(scale, method).toBeGreaterThan(0);
      }
    }
  });

  it.each([
    ["residual", residual],
    ["mobile", mobile],
    ["squeeze", squeeze],
    ["channels last", channelsLast],
  ])("is CAM over the number of positions where the gradient is not averaged or constant: %s", async (_, make) => {
    const classifier = await classifierOf(make());
    const raw = (method: string) => ({ method, options: { relu: false } });
    const requests = ["cam", "hires-cam", raw("x-grad-cam"), raw("grad-cam")];
    const [cam, ...others] = await mapsOf(classifier, requests, noise(classifier.image.dims), 2);
    const values = cam?.values as Float32Array;
    for (const other of others) {
      values.forEach((v, p) => {
        expect(other.values[p], other.request.name).toBeCloseTo(v / values.length, 5);
      });
    }
  });

  it("explains every picture of a batch by itself", async () => {
    const [together, alone] = [await classifierOf(residual({ batch: 2 })), await classifierOf(residual())];
    const layer = "stage2";
    const requests: MapRequest[] = [
      ...Object.keys(twins).map((method) => ({ method, layer, options: { relu: false } })),
      ...["eigen-cam", "eigen-cam-centered"].map((method) => ({ method, layer })),
    ];
    const pictures = [noise(alone.image.dims, "first"), noise(alone.image.dims, "second")];
    const both = imageOf(
      together.image.dims,
      pictures.flatMap(({ data }) => [...(data as Float32Array)]),
    );
    const explanations = await explainOnce(together, requests, both, [1, 3]);
    for (const [i, target] of [1, 3].entries()) {
      const maps = await mapsOf(alone, requests, pictures[i] as TensorValue, target);
      maps.forEach(({ values, request }, m) => {
        const scale = Math.max(...values.map(Math.abs));
        values.forEach((v, p) => {
          const found = explanations[i]?.maps[m]?.values[p] as number;
          expect(Math.abs(found - v), request.name).toBeLessThan(1e-5 * scale);
        });
      });
    }
  });

  it("sums to the same by x-grad-cam and hires-cam, at every layer", async () => {
    const classifier = await classifierOf(residual());
    const image = noise(classifier.image.dims);
    for (const layer of ["stem", "stage1", "stage2", "last"]) {
      const requests = ["x-grad-cam", "hires-cam"].map((method) => ({ method, layer, options: { relu: false } }));
      const [x, hires] = await mapsOf(classifier, requests, image, 2);
      const scale = sum((hires?.values ?? new Float32Array()).map(Math.abs));
      expect(Math.abs(sum(x?.values ?? []) - sum(hires?.values ?? [])) / scale).toBeLessThan(1e-5);
    }
  });
});
