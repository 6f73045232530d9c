import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compile } from "../compile/compile.js";
import type { MapRequest } from "../compile/compiled-map.js";
import { type CompositeInit, defineComposite, isOfAttention } from "../composites/composite.js";
import { composites } from "../composites/registry.js";
import { Explainer } from "../explainer.js";
import { classifierOf, imageOf, runtime } from "../testing/explaining.js";
import { floats } from "../testing/preprocess-golden.js";

/** What fixtures/relevance/make.py recorded of zennit and captum on one small network. */
interface Golden {
  /** float32 in base64. */
  readonly image: string;
  readonly shape: readonly number[];
  readonly target: number;
  /** Lowest and highest possible input. */
  readonly range: readonly [number, number];
  readonly cases: readonly {
    readonly peer: string;
    readonly composite: string | CompositeInit;
    /** Why the peer's relevance is another one; empty where it is the same. */
    readonly differs: string;
    /** Share of the largest value. */
    readonly tolerance: number;
    /** In float64, stored as float32 in base64. */
    readonly relevance: string;
  }[];
  readonly cams: readonly { readonly layer: string; readonly tolerance: number; readonly relevance: string }[];
}

/** How the other libraries divide. */
const AS_PEERS = { bias: "share", stabilizer: "absolute", sums: "all" };

const folder = new URL("../../../../fixtures/relevance/golden/", import.meta.url);
const networks = readdirSync(folder).flatMap((file) => (file.endsWith(".onnx") ? [file.replace(".onnx", "")] : []));
const goldenOf = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Golden;

/** Largest difference as a share of the largest expected value. */
function distance(found: Float32Array, expected: Float32Array): number {
  expect(found.length).toBe(expected.length);
  const largest = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return expected.reduce((worst, v, i) => Math.max(worst, Math.abs((found[i] as number) - v)), 0) / largest;
}

const titleOf = (composite: string | CompositeInit): string =>
  typeof composite === "string" ? composite : composite.entries.map(({ rule }) => rule).join(", ");

describe.each(networks)("%s", (name) => {
  const golden = goldenOf(name);

  /** All maps from one compiled graph, which shares what they have in common. */
  const maps = (async () => {
    const classifier = await classifierOf(new Uint8Array(readFileSync(new URL(`${name}.onnx`, folder))));
    const requests: MapRequest[] = [
      ...golden.cases.map(({ composite }) => ({ method: "lrp", options: { composite, reduce: "none", ...AS_PEERS } })),
      ...golden.cams.map(({ layer }) => ({ method: "relevance-cam", layer, options: AS_PEERS })),
    ];
    const [low, high] = golden.range;
    const compiled = compile(classifier, requests, { inputRange: { low: [low], high: [high] } });
    const explainer = await Explainer.create(compiled, runtime);
    const [explanation] = await explainer.explain(imageOf(golden.shape, floats(golden.image)), [golden.target]);
    await explainer.release();
    return explanation?.maps.map(({ values }) => values) ?? [];
  })();

  const cases = golden.cases.map((row, i) => ({ ...row, i, title: titleOf(row.composite) }));

  it.each(cases.filter(({ differs }) => !differs))("$title is that of $peer", async ({ i, relevance, tolerance }) => {
    expect(distance((await maps)[i] as Float32Array, floats(relevance))).toBeLessThan(tolerance);
  });

  const others = cases.filter(({ differs }) => differs);

  // Limn follows the definition: the rules' own tests compare it with the sums written out
  it.skipIf(others.length === 0).each(others)("$title is not that of $peer, where $differs", async (row) => {
    expect(distance((await maps)[row.i] as Float32Array, floats(row.relevance))).toBeGreaterThan(10 * row.tolerance);
  });

  const cams = golden.cams.map((row, i) => ({ ...row, i: golden.cases.length + i }));

  it.skipIf(cams.length === 0).each(cams)(
    "Relevance-CAM at $layer is the equation on zennit's relevance",
    async ({ i, relevance, tolerance }) => {
      expect(distance((await maps)[i] as Float32Array, floats(relevance))).toBeLessThan(tolerance);
    },
  );
});

it("covers every composite without a rule of attention on every network", () => {
  const ofLayers = Object.values(composites).filter(({ entries }) => !entries.some(isOfAttention));
  for (const name of networks) {
    const agreed = goldenOf(name).cases.flatMap(({ composite, differs }) => (differs ? [] : [composite]));
    expect(agreed).toEqual(expect.arrayContaining(ofLayers.map((composite) => composite.name)));
  }
});

it("stores composites that Limn accepts", () => {
  for (const { composite } of networks.flatMap((name) => goldenOf(name).cases))
    if (typeof composite !== "string") expect(() => defineComposite(composite)).not.toThrow();
});
