import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "./compile/compile.js";
import { LimnError } from "./error.js";
import { Explainer } from "./explainer.js";
import { sizeOf } from "./graph/tensor.js";
import { decodeModel } from "./onnx/decode.js";
import { arbitraryModels } from "./testing/arbitrary-graphs.js";
import { classifierOf, noise, runtime } from "./testing/explaining.js";
import { mobile, NetworkWriter, squeeze } from "./testing/networks.js";

// Whatever a file holds, it is explained, or refused by an error of our own: never another error, an abort or a hang.
// LIMN_FUZZ_RUNS and LIMN_FUZZ_SEED try more.

const seed = Number(process.env.LIMN_FUZZ_SEED ?? 1);
const runs = (numRuns: number) => ({ numRuns: Number(process.env.LIMN_FUZZ_RUNS ?? numRuns), seed });

/** What an action gives, or undefined where it fails as announced: by one line that says something. */
async function guarded<T>(action: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof LimnError)) throw error;
    expect(error.message).not.toMatch(/\bundefined\b|\[object|\n/);
    return undefined;
  }
}

/** Reads, compiles and runs, each as far as the one before succeeds. */
async function useAsClassifier(bytes: Uint8Array): Promise<void> {
  const classifier = await guarded(() => classifierOf(bytes));
  if (!classifier) return;
  for (const method of ["saliency", "guided-backprop", "cam", "grad-cam"]) {
    const compiled = await guarded(() => compile(classifier, [{ method }]));
    const explainer = compiled && (await guarded(() => Explainer.create(compiled, runtime)));
    if (!explainer) continue;
    const explanations = await guarded(() => explainer.explain(noise(classifier.image.dims)));
    for (const { values, shape } of explanations?.[0]?.maps ?? []) expect(values.length).toBe(sizeOf(shape));
    await explainer.release();
  }
}

type Mutation = (bytes: Uint8Array) => Uint8Array;

/** A place in a file, as a share of its length. */
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const at = (share: number, bytes: Uint8Array) => Math.floor(share * bytes.length);
const splice = (bytes: Uint8Array, start: number, removed: number, inserted: Uint8Array) =>
  Uint8Array.from([...bytes.subarray(0, start), ...inserted, ...bytes.subarray(start + removed)]);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.nat(7)).map(
    ([p, bit]): Mutation =>
      (bytes) => {
        const flipped = (bytes[at(p, bytes)] ?? 0) ^ (1 << bit);
        return splice(bytes, at(p, bytes), 1, Uint8Array.of(flipped));
      },
  ),
  fc.tuple(place, fc.nat(255)).map(
    ([p, value]): Mutation =>
      (bytes) =>
        splice(bytes, at(p, bytes), 1, Uint8Array.of(value)),
  ),
  place.map(
    (p): Mutation =>
      (bytes) =>
        bytes.slice(0, at(p, bytes)),
  ),
  fc.tuple(place, fc.nat(40)).map(
    ([p, length]): Mutation =>
      (bytes) =>
        splice(bytes, at(p, bytes), length, new Uint8Array()),
  ),
  fc.tuple(place, place, fc.nat(40), fc.boolean()).map(
    ([from, to, length, over]): Mutation =>
      (bytes) => {
        const piece = bytes.slice(at(from, bytes), at(from, bytes) + length);
        return splice(bytes, at(to, bytes), over ? piece.length : 0, piece);
      },
  ),
);

const damaged = fc
  .tuple(fc.constantFrom(squeeze(), mobile()), fc.array(mutation, { minLength: 1, maxLength: 3 }))
  .map(([model, mutations]) => mutations.reduce((bytes, mutate) => mutate(bytes), model));

describe("files of any content", () => {
  it("that are damaged are decoded or refused", async () => {
    const property = fc.asyncProperty(damaged, async (bytes) => {
      await guarded(() => decodeModel(bytes, "model.onnx"));
    });
    await fc.assert(property, runs(500));
  });

  it("that are damaged are explained or refused", async () => {
    await fc.assert(fc.asyncProperty(damaged, useAsClassifier), runs(200));
  });

  it("that are noise are refused", async () => {
    const property = fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      expect(await guarded(() => classifierOf(bytes))).toBeUndefined();
    });
    await fc.assert(property, runs(300));
  });

  it("that hold arbitrary graphs are explained or refused", async () => {
    await fc.assert(fc.asyncProperty(arbitraryModels, useAsClassifier), runs(500));
  });

  it.each([
    ["OneHot of no depth", /^node0 \(OneHot\): the input "depth" has the shape \[0\], but must be a single number/],
    ["convolution in no groups", /^node0 \(ConvTranspose\): the attribute "group" is 0, but must be at least 1/],
  ])("that would abort ONNX Runtime are refused before: %s", async (what, message) => {
    const net = new NetworkWriter("fatal", [1, 2, 3, 3]);
    const out = what.startsWith("OneHot")
      ? net.node("OneHot", "node0", [net.image, net.ints("depth", []), net.constant("values", [2], [0, 1])])
      : net.node("ConvTranspose", "node0", [net.image, net.weight("w", [2, 2, 3, 3], 18)], { group: 0 });
    await expect(classifierOf(net.bytes(net.flatten("flatten", out)))).rejects.toThrow(message);
  });
});
