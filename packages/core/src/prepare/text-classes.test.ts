import { describe, expect, it } from "vitest";
import { loadClassifier } from "../classifier.js";
import { explainOnce, mapsOf, noise, runtime, sourceOf } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";
import type { TextClasses } from "./text-classes.js";

const SHAPE = [1, 3, 8, 8];
const image = noise(SHAPE);

/** An encoder of images: a vector of five numbers, after a grid of tokens. */
function encoder(): Uint8Array {
  const net = new NetworkWriter("encoder", SHAPE);
  const x = net.relu("relu", net.conv("conv", net.image, [3, 4]));
  return net.bytes(x, net.dense("projection", net.flatten("flatten", net.globalPool("pool", x)), [4, 5]));
}

const bytes = encoder();
const embeddings = [
  [1, 2, 0, -1, 3],
  [-2, 1, 1, 0, 0.5],
  [0.1, 0, 0.3, 0.2, -0.1],
];
const load = (classes: TextClasses) => loadClassifier(sourceOf(bytes), runtime, { classes });

async function embeddingOf(): Promise<number[]> {
  const session = await runtime.createSession(bytes, {});
  const name = session.outputs[1]?.name as string;
  const { [name]: result } = await session.run({ input: image }, [name]);
  await session.release();
  return [...(result?.data ?? [])].map(Number);
}

const never = (): never => {
  throw new Error("one image has one explanation");
};

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
const cosine = (a: readonly number[], b: readonly number[]) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));

describe("classes that are given by embeddings of texts", () => {
  it("have the scaled cosines with the image's embedding as logits, from the output that fits", async () => {
    const classifier = await load({ embeddings, scale: 10, bias: -1 });
    expect(classifier.classes).toBe(3);
    expect(classifier.warnings).toEqual([expect.stringContaining("as many values as an embedding of the classes")]);
    const [{ logits } = never()] = await explainOnce(classifier, [{ method: "saliency" }], image);
    const x = await embeddingOf();
    const wanted = embeddings.map((t) => 10 * cosine(x, t) - 1);
    for (const [c, y] of wanted.entries()) expect(logits[c]).toBeCloseTo(y, 4);
  });

  it("have probabilities by softmax, at CLIP's scale of 100 if none is given", async () => {
    const classifier = await load({ embeddings });
    const [{ logits, probabilities } = never()] = await explainOnce(classifier, [{ method: "saliency" }], image);
    const x = await embeddingOf();
    expect(logits[0]).toBeCloseTo(100 * cosine(x, embeddings[0] as number[]), 2);
    expect(probabilities.reduce((sum, p) => sum + p)).toBeCloseTo(1, 5);
  });

  it("are explained by every kind of method", async () => {
    const classifier = await load({ embeddings });
    for (const method of ["saliency", "grad-cam", "lrp", "relevance-cam"]) {
      const [map] = await mapsOf(classifier, [method], image, 1);
      expect(map?.values.some((value) => value !== 0)).toBe(true);
    }
  });

  it.each<[string, TextClasses, RegExp]>([
    ["none", { embeddings: [] }, /^classes: there are none/],
    ["another length", { embeddings: [[1, 2, 3]] }, /class 0 has 3 numbers, but the output "\w+" has \d+/],
    ["lengths that differ", { embeddings: [[1, 2, 3, 4, 5], [1]] }, /class 1 has 1 numbers/],
    ["NaN", { embeddings: [[1, 2, 3, 4, Number.NaN]] }, /class 0 has numbers that are not finite/],
    ["zeros", { embeddings: [[0, 0, 0, 0, 0]] }, /class 0 is 0/],
    ["no scale", { embeddings, scale: 0 }, /the scale is 0/],
    ["no bias", { embeddings, bias: Number.NaN }, /the bias is NaN/],
  ])("are refused by name: %s", async (_, classes, message) => {
    await expect(load(classes)).rejects.toThrow(message);
  });
});
