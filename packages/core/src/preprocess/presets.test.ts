import { describe, expect, it } from "vitest";
import { checkFits, type ImageInput, imageInput } from "./image-input.js";
import { PRESET_NAMES, preset } from "./presets.js";

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

  it.each(PRESET_NAMES)("%s fits the model it was made for", (name) => {
    checkFits(preset(name, photo), photo, "preset");
    checkFits(preset(name, { ...photo, layout: "nhwc" }), { ...photo, layout: "nhwc" }, "preset");
  });

  it("is gray for models of one channel", () => {
    expect(preset("unit", { ...photo, channels: 1 }).channels).toBe("gray");
    expect(() => preset("caffe", { ...photo, channels: 1, height: 28, width: 28 })).toThrow(
      'the preset "caffe" is for three channels, but the model takes [1,1,28,28]; use "unit", "tf" or "raw"',
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
