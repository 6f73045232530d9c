import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { classifierOf, imageOf, mapsOf } from "../testing/explaining.js";
import { floats } from "../testing/preprocess-golden.js";
import type { Options } from "./method.js";

/** What fixtures/attention/cams.py recorded of pytorch-grad-cam, with a reshape_transform, at tokens of a small transformer. */
interface Golden {
  /** float32 in base64. */
  readonly image: string;
  readonly shape: readonly number[];
  readonly target: number;
  readonly cases: readonly {
    readonly method: string;
    readonly options: Options;
    readonly layer: string;
    readonly shape: readonly number[];
    /** Share of the largest value. */
    readonly tolerance: number;
    /** In float64, stored as float32 in base64. */
    readonly values: string;
  }[];
}

const folder = new URL("../../../../fixtures/attention/golden/", import.meta.url);

// tokens in a sequence after a class token, and Swin's grids with channels last
describe.each(["vit", "swin"])("at tokens of %s", (name) => {
  const golden = JSON.parse(readFileSync(new URL(`${name}-cams.json`, folder), "utf8")) as Golden;
  const classifier = classifierOf(new Uint8Array(readFileSync(new URL(`${name}.onnx`, folder))));

  it.each(golden.cases)("$method at $layer is that of pytorch-grad-cam", async (row) => {
    const { method, options, layer, tolerance } = row;
    const image = imageOf(golden.shape, floats(golden.image));
    const [map] = await mapsOf(await classifier, [{ method, options, layer }], image, golden.target);
    expect(map?.shape).toEqual(row.shape);
    const expected = floats(row.values);
    const sign =
      method === "eigen-cam" ? Math.sign(expected.reduce((sum, v, i) => sum + v * (map?.values[i] ?? 0), 0)) : 1;
    const largest = expected.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    const distance = expected.reduce((worst, v, i) => Math.max(worst, Math.abs(sign * (map?.values[i] ?? 0) - v)), 0);
    expect(largest).toBeGreaterThan(1e-3);
    expect(distance / largest).toBeLessThan(tolerance);
  });
});
