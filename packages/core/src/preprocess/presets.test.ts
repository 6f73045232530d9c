import { describe, expect, it } from "vitest";
import { checkFits, type ImageInput, imageInput } from "./image-input.js";
import { PRESET_NAMES, preset, presetOf, presetsFor } from "./presets.js";

const photo: ImageInput = { layout: "nchw", channels: 3, height: 224, width: 224 };

describe("preset", () => {
  it("is torchvision's classic for 224 pixels", () => {
    expect(preset("imagenet", photo)).toEqual({
      resize: 256,
      resample: "bilinear",
      centerCrop: [224, 224],
      rescale: 1 / 255,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
      channels: "rgb",
      layout: "nchw",
    });
  });

  it("keeps 256/224 for other sizes", () => {
    expect(preset("unit", { ...photo, height: 299, width: 299 })).toMatchObject({
      resize: 342,
      centerCrop: [299, 299],
    });
  });

  it.each([
    [28, 28],
    [32, 32],
    [128, 256],
  ])("shows the whole picture to inputs of %ix%i", (height, width) => {
    expect(preset("tf", { ...photo, height, width })).toMatchObject({ resize: [height, width], centerCrop: "none" });
  });

  const digits: ImageInput = { ...photo, channels: 1, height: 28, width: 28 };

  it("fits the model it was made for, and is known again by its numbers", () => {
    for (const input of [photo, { ...photo, layout: "nhwc" as const }, digits]) {
      for (const name of presetsFor(input)) {
        checkFits(preset(name, input), input, "preset");
        expect(presetOf(preset(name, input))).toBe(name);
      }
    }
    expect(new Set([...presetsFor(photo), ...presetsFor(digits)])).toEqual(new Set(PRESET_NAMES));
  });

  it("is known by what it does, not by how that is written", () => {
    expect(presetOf({ ...preset("tf", photo), mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] })).toBe("tf");
    expect(presetOf({ ...preset("caffe", photo), channels: "rgb" })).toBeUndefined();
    expect(presetOf({ ...preset("imagenet", photo), mean: [0.48, 0.46, 0.41] })).toBeUndefined();
  });

  it("is gray for models of one channel, and in color for those of three", () => {
    expect(preset("unit", digits).channels).toBe("gray");
    expect(() => preset("caffe", digits)).toThrow(
      'the preset "caffe" is for three channels, but the model takes [1,1,28,28]; use "tf", "unit", "raw" or "mnist"',
    );
    expect(() => preset("mnist", photo)).toThrow(
      /the preset "mnist" is for gray pictures, .*; use "imagenet", "clip", "tf"/,
    );
  });
});

describe("imageInput", () => {
  it.each([
    [[1, 3, 224, 200], { layout: "nchw", channels: 3, height: 224, width: 200 }],
    [[1, 224, 200, 3], { layout: "nhwc", channels: 3, height: 224, width: 200 }],
    [[1, 28, 28, 1], { layout: "nhwc", channels: 1, height: 28, width: 28 }],
  ] as const)("reads %j", (shape, expected) => {
    expect(imageInput("x", shape)).toEqual(expected);
  });

  it.each([[[1, 4, 224, 224]], [[2, 3, 224, 224]], [[1, 1000]], [[]]])("refuses %j", (shape) => {
    expect(() => imageInput("x", shape)).toThrow(/input "x" of shape .* give a \.npy tensor/);
  });
});
