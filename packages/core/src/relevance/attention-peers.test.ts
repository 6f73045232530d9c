import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { isOfAttention } from "../composites/composite.js";
import { composites } from "../composites/registry.js";
import { classifierOf, imageOf, mapsOf } from "../testing/explaining.js";
import { floats } from "../testing/preprocess-golden.js";

/** What fixtures/attention/make.py recorded of LXT, and of zennit's gamma for its patches, on a small vision transformer. */
interface Golden {
  /** float32 in base64. */
  readonly image: string;
  readonly shape: readonly number[];
  readonly target: number;
  readonly cases: readonly {
    readonly composite: string;
    /** Share of the largest value. */
    readonly tolerance: number;
    /** In float64, stored as float32 in base64. */
    readonly relevance: string;
  }[];
}

const folder = new URL("../../../../fixtures/attention/golden/", import.meta.url);
const golden = JSON.parse(readFileSync(new URL("vit.json", folder), "utf8")) as Golden;

/** LXT gives biases their share, and adds a constant to divisors. */
const AS_LXT = { bias: "share", stabilizer: "absolute", epsilon: 1e-9 };

it.each(golden.cases)("$composite is that of LXT", async ({ composite, relevance, tolerance }) => {
  const classifier = await classifierOf(new Uint8Array(readFileSync(new URL("vit.onnx", folder))));
  const options = { composite, reduce: "none", ...AS_LXT };
  const image = imageOf(golden.shape, floats(golden.image));
  const [map] = await mapsOf(classifier, [{ method: "lrp", options }], image, golden.target);
  const expected = floats(relevance);
  const largest = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const distance = expected.reduce((worst, v, i) => Math.max(worst, Math.abs((map?.values[i] as number) - v)), 0);
  expect(distance / largest).toBeLessThan(tolerance);
});

it("covers every composite for attention whose rules LXT has", () => {
  const theirs = Object.values(composites).filter(({ entries }) =>
    entries.some((entry) => isOfAttention(entry) && !entry.rule.passes),
  );
  expect(golden.cases.map(({ composite }) => composite)).toEqual(theirs.map(({ name }) => name));
});
