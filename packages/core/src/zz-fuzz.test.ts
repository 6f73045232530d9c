import { writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Compiled, compile } from "./compile.js";
import { Explainer } from "./explainer.js";
import { LimnError } from "./error.js";
import { decodeModel } from "./onnx/decode.js";
import { classifierOf, noise, runtime } from "./testing/explaining.js";
import { mobile, squeeze } from "./testing/networks.js";

// Whatever a file holds, it is read, or refused by an error of our own: never another error, an abort or a hang.

const models = [squeeze(), mobile()];

/** Runs an action that may fail, but only as announced. */
async function guarded<T>(action: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof LimnError) {
      expect(error.message).not.toMatch(/undefined|\[object|NaN/);
      return undefined;
    }
    throw error;
  }
}

type Mutation = (bytes: Uint8Array) => Uint8Array;

const position = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const at = (share: number, bytes: Uint8Array) => Math.floor(share * bytes.length);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(position, fc.nat(7)).map(([p, bit]): Mutation => (bytes) => {
    const copy = bytes.slice();
    copy[at(p, copy)] = (copy[at(p, copy)] ?? 0) ^ (1 << bit);
    return copy;
  }),
  fc.tuple(position, fc.nat(255)).map(([p, value]): Mutation => (bytes) => {
    const copy = bytes.slice();
    copy[at(p, copy)] = value;
    return copy;
  }),
  position.map((p): Mutation => (bytes) => bytes.slice(0, at(p, bytes))),
  fc.tuple(position, position, fc.nat(40)).map(([from, to, length]): Mutation => (bytes) => {
    const copy = bytes.slice();
    copy.set(bytes.subarray(at(from, bytes), at(from, bytes) + length).subarray(0, copy.length - at(to, copy)), at(to, copy));
    return copy;
  }),
  fc.tuple(position, fc.nat(40)).map(([p, length]): Mutation => (bytes) => {
    const cut = at(p, bytes);
    return Uint8Array.of(...bytes.subarray(0, cut), ...bytes.subarray(cut + length));
  }),
);

const mutated = fc
  .tuple(fc.constantFrom(...models), fc.array(mutation, { minLength: 1, maxLength: 3 }))
  .map(([model, mutations]) => mutations.reduce((bytes, mutate) => mutate(bytes), model));

/** Reads, compiles and runs, each as far as the one before succeeds. */
async function useAsClassifier(bytes: Uint8Array): Promise<void> {
  writeFileSync("/tmp/exp/last.onnx", bytes); const started = Date.now(); setImmediate(() => {});
  const classifier = await guarded(() => classifierOf(bytes));
  if (!classifier) return;
  const compiled: (Compiled | undefined)[] = [];
  for (const method of ["saliency", "grad-cam", "cam"]) {
    compiled.push(await guarded(() => compile(classifier, [{ method }])));
  }
  for (const c of compiled) {
    const explainer = c && (await guarded(() => Explainer.create(c, runtime)));
    if (!explainer) continue;
    const explanations = await guarded(() => explainer.explain(noise(classifier.image.dims)));
    for (const map of explanations?.[0]?.maps ?? []) {
      expect(map.values.length).toBe(map.shape.reduce((n, d) => n * d, 1));
    }
    await explainer.release();
  }
}

describe("damaged files", () => {
  it("are decoded or refused", async () => {
    await fc.assert(
      fc.asyncProperty(mutated, async (bytes) => {
        await guarded(() => decodeModel(bytes, "model.onnx"));
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it("of nothing but noise are refused", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect(await guarded(() => classifierOf(bytes))).toBeUndefined();
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("are explained or refused", async () => {
    await fc.assert(fc.asyncProperty(mutated, useAsClassifier), { numRuns: Number(process.env.RUNS ?? 200), seed: Number(process.env.SEED ?? 1), endOnFailure: true });
  });
});
