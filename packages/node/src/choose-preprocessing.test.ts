import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Classifier } from "@limn/core";
import { afterAll, describe, expect, it } from "vitest";
import { choosePreprocessing } from "./choose-preprocessing.js";

const root = mkdtempSync(join(tmpdir(), "limn-preprocessing-"));
afterAll(() => rmSync(root, { recursive: true }));

const classifier = (dims: number[]) => ({ image: { name: "input", dims } }) as unknown as Classifier;
const COLOR = classifier([1, 3, 32, 32]);

const file = (name: string, content: string): string => {
  const path = join(root, name);
  writeFileSync(path, content);
  return path;
};

const HUGGING_FACE =
  '{"image_processor_type": "ViTImageProcessor", "do_resize": true, "size": {"height": 32, "width": 32}, "do_normalize": true, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}';

describe("choosePreprocessing", () => {
  it("guesses by the channels, and says so", () => {
    const color = choosePreprocessing({}, COLOR);
    expect(color).toMatchObject({ guessed: true, preprocessing: { mean: [0.485, 0.456, 0.406] } });
    expect(color.warnings).toEqual([expect.stringMatching(/"imagenet".*--preprocess/)]);
    expect(choosePreprocessing({}, classifier([1, 28, 28, 1])).warnings[0]).toContain('"unit"');
  });

  it("has nothing to guess where a model takes pixels as whole numbers, and says what does not fit", () => {
    const raw = { ...COLOR, rawPixels: true } as Classifier;
    expect(choosePreprocessing({}, raw)).toMatchObject({
      guessed: false,
      warnings: [],
      preprocessing: { rescale: 1, mean: [0], std: [1], channels: "rgb" },
    });
    expect(choosePreprocessing({ preprocess: "raw" }, raw).warnings).toEqual([]);
    expect(choosePreprocessing({ preprocess: "tf" }, raw).warnings).toEqual([
      'the model takes pixels as whole numbers (its input "input"), so 0 to 255, and the preprocessing gives -1 to 1; take --preprocess raw, unless that is meant',
    ]);
    expect(choosePreprocessing({ adjust: { std: [2] } }, raw).warnings).toEqual([
      expect.stringContaining("gives 0 to 127.5;"),
    ]);
  });

  it("takes the file that came with the model, and the caller's word before it", () => {
    const supplied = file("preprocessor_config.json", HUGGING_FACE);
    expect(choosePreprocessing({}, COLOR, supplied)).toMatchObject({
      guessed: false,
      preprocessing: { mean: [0.5, 0.5, 0.5] },
    });
    expect(choosePreprocessing({ preprocess: "caffe" }, COLOR, supplied)).toMatchObject({
      guessed: false,
      warnings: [],
      preprocessing: { channels: "bgr" },
    });
  });

  it("leaves inputs that take no picture to tensors, unless a preprocessing is asked for", () => {
    const odd = classifier([1, 12, 32, 32]);
    expect(choosePreprocessing({}, odd)).toMatchObject({
      input: undefined,
      preprocessing: undefined,
      warnings: [],
    });
    expect(() => choosePreprocessing({ preprocess: "unit" }, odd)).toThrow(
      expect.objectContaining({ code: "unsupported" }),
    );
  });

  it("changes single keys of a preset, a file or the guess", () => {
    const changed = choosePreprocessing({ preprocess: "unit", adjust: { resample: "bicubic", mean: [0.5] } }, COLOR);
    const unit = choosePreprocessing({ preprocess: "unit" }, COLOR).preprocessing;
    expect(changed.preprocessing).toEqual({ ...unit, resample: "bicubic", mean: [0.5] });

    const cropped = choosePreprocessing({ adjust: { resize: "none" } }, COLOR);
    expect(cropped).toMatchObject({ guessed: true, warnings: [expect.stringContaining("imagenet")] });
    const settled = choosePreprocessing({ adjust: { mean: [0, 0, 0], std: [1] } }, COLOR);
    expect(settled).toMatchObject({ guessed: false, warnings: [] });

    const bad = { preprocess: "unit", adjust: { mean: [1, 2] } };
    expect(() => choosePreprocessing(bad, COLOR)).toThrow(/preprocessing options: "mean" is \[1,2\]/);
  });

  it.each([
    ["an unknown preset", "imagnet", "bad-option", /no preprocessing "imagnet"; did you mean "imagenet"/],
    ["a missing file", join(root, "none.json"), "bad-input", /none\.json: there is no such file/],
    ["a folder", root, "bad-input", /this is a folder/],
    ["an empty file", file("empty.json", ""), "bad-input", /empty\.json: the file is empty/],
    ["broken JSON", file("broken.json", '{"resize": '), "bad-input", /broken\.json: not JSON/],
    [
      "another size",
      file(
        "size.json",
        '{"resize": [8, 8], "mean": [0], "std": [1], "rescale": 1, "resample": "bilinear", "centerCrop": "none"}',
      ),
      "bad-input",
      /size\.json: "resize" is \[8,8\]/,
    ],
  ])("refuses %s", (_, choice, code, message) => {
    expect(() => choosePreprocessing({ preprocess: choice }, COLOR)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});
