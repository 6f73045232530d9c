import { describe, expect, it } from "vitest";
import type { ImageInput } from "./image-input.js";
import { preprocessingInMetadata } from "./in-metadata.js";

const photo: ImageInput = { layout: "nchw", channels: 3, height: 224, width: 224 };
const read = (metadata: Record<string, string>, input = photo) =>
  preprocessingInMetadata(new Map(Object.entries(metadata)), input);

describe("preprocessingInMetadata", () => {
  it.each([
    ["NominalRange_0_255", "Bgr8", { rescale: 1, channels: "bgr" }],
    ["Normalized_0_1", "Rgb8", { rescale: 1 / 255, mean: [0], channels: "rgb" }],
    ["Normalized_1_1", undefined, { rescale: 1 / 255, mean: [0.5], std: [0.5], channels: "rgb" }],
  ])("reads ONNX's own words, %s and %s", (range, order, expected) => {
    const found = read({
      "Image.NominalPixelRange": range,
      ...(order ? { "Image.BitmapPixelFormat": order } : {}),
    });
    expect(found?.preprocessing).toMatchObject(expected);
    expect(found?.keys).toEqual(["Image.NominalPixelRange", ...(order ? ["Image.BitmapPixelFormat"] : [])]);
  });

  it("reads gray as ONNX says it, and refuses it for colors", () => {
    const gray = { "Image.NominalPixelRange": "NominalRange_0_255", "Image.BitmapPixelFormat": "Gray8" };
    const digits: ImageInput = { layout: "nchw", channels: 1, height: 28, width: 28 };
    expect(read(gray, digits)?.preprocessing).toMatchObject({ rescale: 1, channels: "gray", resize: [28, 28] });
    expect(() => read(gray)).toThrow(
      /metadata Image\.NominalPixelRange, Image\.BitmapPixelFormat: "channels" is "gray"/,
    );
  });

  it("reads a whole preprocessing", () => {
    const text = '{"do_normalize": true, "image_mean": [0.5], "image_std": [0.25], "size": 224, "resample": 3}';
    expect(read({ preprocessor_config: text })).toMatchObject({
      keys: ["preprocessor_config"],
      preprocessing: { mean: [0.5], std: [0.25], resample: "bicubic" },
    });
    expect(() => read({ preprocessing: '{"mean": 5}' })).toThrow(/the file's metadata "preprocessing": "mean" is 5/);
  });

  it("reads a mean and a deviation, on 0 to 1 or on 0 to 255", () => {
    const unit = read({ mean: "[0.485, 0.456, 0.406]", std: "[0.229, 0.224, 0.225]" });
    expect(unit?.preprocessing).toMatchObject({ rescale: 1 / 255, mean: [0.485, 0.456, 0.406] });
    const raw = read({ image_mean: "127.5", image_std: "127.5" });
    expect(raw).toMatchObject({ keys: ["image_mean", "image_std"], preprocessing: { rescale: 1, std: [127.5] } });
  });

  it("knows how Ultralytics' classifiers take pictures", () => {
    const found = read({ task: "classify", imgsz: "[224, 224]", names: "{0: 'cat', 1: 'dog'}" });
    expect(found?.preprocessing).toMatchObject({ resize: 224, centerCrop: [224, 224], mean: [0], std: [1] });
  });

  it.each([
    {},
    { mean: "0.5" },
    { mean: "[0.5, 0.5]", std: "[1, 1]" },
    { mean: "none", std: "none" },
    { mean: "0", std: "0" },
    { task: "detect", imgsz: "[640, 640]", names: "{0: 'cat'}" },
    { preprocessing: "as usual" },
    { "Image.BitmapPixelFormat": "Bgr8" },
  ])("finds nothing in %j", (metadata) => {
    expect(read(metadata as Record<string, string>)).toBeUndefined();
  });
});
