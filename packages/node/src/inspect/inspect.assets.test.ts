import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { onnxRuntime } from "../runtime.js";
import { inspect } from "./inspect.js";

const assets = process.env.LIMN_ASSETS;
const runtime = onnxRuntime({ threads: 1 });

interface ModelEntry {
  readonly name: string;
  readonly file: string;
  readonly ref_photo: string;
  /** `mean` and `std` are on 0 to 255. */
  readonly preprocess: { readonly mean: number[]; readonly std: number[]; readonly labels: string };
}

const entries = assets ? (JSON.parse(readFileSync(join(assets, "models.json"), "utf8")) as ModelEntry[]) : [];

describe.skipIf(!assets)(`trained models${assets ? "" : " (LIMN_ASSETS is not set)"}`, () => {
  it.each(entries)("finds or guesses the preprocessing that $name was trained with", async (entry) => {
    const path = (name: string) => join(assets as string, name);
    const photo = path(entry.ref_photo);
    const labels = path(`labels/${entry.preprocess.labels}.json`);
    const found = await inspect(path(entry.file), runtime, {
      photos: [photo],
      ...(existsSync(labels) ? { labels } : {}),
    });
    expect(found.refusals).toEqual([]);
    const values = found.preprocessing?.values;
    const pixels = (numbers: readonly number[] | undefined, scale: number) => numbers?.map((v) => v * scale);
    const spread = (numbers: readonly number[] | undefined) =>
      entry.preprocess.mean.map((_, c) => numbers?.[numbers.length === 1 ? 0 : c] as number);
    // (x rescale - mean) / std, on 0 to 255
    const scale = 1 / (values?.rescale ?? 1);
    for (const [have, want] of [
      [spread(pixels(values?.mean, scale)), entry.preprocess.mean],
      [spread(pixels(values?.std, scale)), entry.preprocess.std],
    ] as const) {
      have.forEach((v, c) => {
        expect(v).toBeCloseTo(want[c] as number, 2);
      });
    }
    const [view] = found.photos ?? [];
    expect(view).toMatchObject({ path: photo });
    expect(found.methods?.find(({ method }) => method === "saliency")?.refused).toBeNull();
  });
});
