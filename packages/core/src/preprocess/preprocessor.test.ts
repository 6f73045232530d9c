import { describe, expect, it } from "vitest";
import { floats, golden, goldenPicture } from "../testing/preprocess-golden.js";
import { runtime } from "../testing/runtime.js";
import type { ImageInput } from "./image-input.js";
import type { Preprocessing } from "./preprocessing.js";
import { Preprocessor } from "./preprocessor.js";
import { preset } from "./presets.js";

describe("Preprocessor", () => {
  // ONNX Runtime takes the scale of a resize in float32, PIL in float64: now and then a value rounds to its neighbor
  it.each(golden.cases)("is torchvision's on Pillow within one level of 255: $name", async (row) => {
    const preprocessor = await Preprocessor.create(runtime, row.preprocessing, row.input);
    const { tensor } = await preprocessor.run(goldenPicture(row.picture));
    await preprocessor.release();

    const found = tensor.data as Float32Array;
    const expected = floats(row.image);
    expect(found.length).toBe(expected.length);
    const levels = Array.from(expected, (e, i) => Math.abs(e - (found[i] ?? Number.NaN)) / levelAt(row, i));
    expect(Math.max(...levels)).toBeLessThanOrEqual(1.001);
    // measured: 0.028 for the worst case, 0 for most
    expect(levels.filter((d) => d > 0.001).length / levels.length).toBeLessThanOrEqual(0.03);
  });

  it("serves pictures of all sizes in one session", async () => {
    const input: ImageInput = { layout: "nhwc", channels: 3, height: 64, width: 64 };
    const preprocessor = await Preprocessor.create(runtime, preset("tf", input), input);
    for (const [width, height] of [
      [1, 1],
      [64, 64],
      [300, 200],
      [5, 90],
    ] as const) {
      const rgb = new Uint8Array(width * height * 3).fill(255);
      const { tensor } = await preprocessor.run({ width, height, rgb });
      expect(tensor.dims).toEqual([1, 64, 64, 3]);
      expect(new Set(tensor.data as Float32Array)).toEqual(new Set([1]));
    }
    await preprocessor.release();
  });

  it("refuses pictures whose bytes do not fit their size", async () => {
    const input: ImageInput = { layout: "nchw", channels: 3, height: 64, width: 64 };
    const preprocessor = await Preprocessor.create(runtime, preset("unit", input), input);
    await expect(preprocessor.run({ width: 2, height: 2, rgb: new Uint8Array(4) })).rejects.toMatchObject({
      code: "bad-input",
      message: "a picture of 2x2 pixels has 4 bytes of color; give 12, three for each pixel",
    });
    await preprocessor.release();
  });
});

/** How far apart two neighboring 8-bit levels lie in the output, at element i. */
function levelAt(row: { preprocessing: Preprocessing; input: ImageInput }, i: number): number {
  const { std, rescale, layout } = row.preprocessing;
  const { channels, height, width } = row.input;
  const channel = layout === "nhwc" ? i % channels : Math.floor(i / (height * width));
  return rescale / (std[channel % std.length] ?? 1);
}
