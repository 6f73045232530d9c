import { describe, expect, it } from "vitest";
import { LimnError } from "../error.js";
import type { ImageInput } from "./image-input.js";
import { parsePreprocessing, pictureSizeOf } from "./parse.js";

const photo: ImageInput = { layout: "nchw", channels: 3, height: 224, width: 224 };

const parse = (json: unknown, input = photo) => parsePreprocessing(JSON.stringify(json), "p.json", input);

const standard = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225], do_normalize: true };

describe("Hugging Face's preprocessor_config.json", () => {
  it("reads ViT's: exact size, mean and deviation of a half", () => {
    const { preprocessing, warnings } = parse({
      do_normalize: true,
      do_rescale: true,
      do_resize: true,
      image_mean: [0.5, 0.5, 0.5],
      image_processor_type: "ViTImageProcessor",
      image_std: [0.5, 0.5, 0.5],
      resample: 2,
      rescale_factor: 0.00392156862745098,
      size: { height: 224, width: 224 },
    });
    expect(warnings).toEqual([]);
    expect(preprocessing).toEqual({
      resize: [224, 224],
      resample: "bilinear",
      centerCrop: "none",
      rescale: 1 / 255,
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
      channels: "rgb",
      layout: "nchw",
    });
  });

  it.each([
    ["a plain number is exact for ViT", { image_processor_type: "ViTImageProcessor", size: 224 }, [224, 224], "none"],
    ["and in the older form", { feature_extractor_type: "ViTFeatureExtractor", size: 224 }, [224, 224], "none"],
    [
      "a plain number is the shorter edge for CLIP",
      { feature_extractor_type: "CLIPFeatureExtractor", size: 224, do_center_crop: true, crop_size: 224 },
      224,
      [224, 224],
    ],
    [
      "the fast processors are the same",
      { image_processor_type: "BitImageProcessorFast", size: 256, crop_size: { height: 224, width: 224 } },
      256,
      [224, 224],
    ],
    [
      "without a name, a crop tells",
      { size: { shortest_edge: 256 }, do_center_crop: true, crop_size: 224 },
      256,
      [224, 224],
    ],
    [
      "ConvNeXt resizes by crop_pct",
      { image_processor_type: "ConvNextImageProcessor", size: { shortest_edge: 224 }, crop_pct: 0.875 },
      256,
      [224, 224],
    ],
    [
      "LeViT enlarges its size",
      { image_processor_type: "LevitImageProcessor", size: { shortest_edge: 224 }, crop_size: 224 },
      256,
      [224, 224],
    ],
    [
      "do_center_crop false wins over crop_size",
      { size: { height: 224, width: 224 }, crop_size: 200, do_center_crop: false },
      [224, 224],
      "none",
    ],
    ["do_resize false", { do_resize: false, size: 300, do_center_crop: true, crop_size: 224 }, "none", [224, 224]],
  ])("%s", (_, keys, resize, centerCrop) => {
    expect(parse({ ...standard, resample: 3, ...keys }).preprocessing).toMatchObject({ resize, centerCrop });
  });

  it("does not crop for ConvNeXt from 384 pixels on", () => {
    const config = { ...standard, image_processor_type: "ConvNextImageProcessor", size: 384, crop_pct: 1, resample: 3 };
    const { preprocessing } = parse(config, { ...photo, height: 384, width: 384 });
    expect(preprocessing).toMatchObject({ resize: [384, 384], centerCrop: "none" });
  });

  const size = { size: { height: 224, width: 224 }, resample: 0 };

  it("leaves values as they are where told so", () => {
    expect(parse({ ...size, do_rescale: false, do_normalize: false }).preprocessing).toMatchObject({
      rescale: 1,
      mean: [0],
      std: [1],
      resample: "nearest",
    });
  });

  it("knows what EfficientNet's processor does besides", () => {
    const { preprocessing } = parse({
      ...size,
      image_processor_type: "EfficientNetImageProcessor",
      image_mean: [0, 0, 0],
      image_std: [0.5, 0.5, 0.25],
      rescale_factor: 1 / 127.5,
      rescale_offset: true,
      include_top: true,
    });
    expect(preprocessing).toMatchObject({ rescale: 1 / 127.5, mean: [1, 1, 1], std: [0.25, 0.25, 0.0625] });
  });

  it("turns MobileViT's colors around", () => {
    const config = { ...size, do_flip_channel_order: true, do_normalize: false };
    expect(parse(config).preprocessing.channels).toBe("bgr");
  });

  it("follows the model in layout and channels", () => {
    const input: ImageInput = { layout: "nhwc", channels: 1, height: 28, width: 28 };
    const config = { size: 28, resample: "bilinear", image_mean: 0.5, image_std: [0.5] };
    expect(parse(config, input).preprocessing).toMatchObject({ layout: "nhwc", channels: "gray", mean: [0.5] });
  });

  it("ignores what does not change pixels", () => {
    const config = { ...standard, ...size, do_convert_rgb: true, data_format: "channels_first", _commit_hash: "1" };
    expect(parse(config).warnings).toEqual([]);
  });

  it("says what it assumed", () => {
    expect(parse({ ...standard, size: 224 }).warnings).toEqual([
      'p.json: "resample" is missing; bilinear (2) was assumed',
    ]);
  });

  it.each([
    [{ ...standard, ...size, do_pad: true }, 'p.json: "do_pad" is true; Limn does not know this step; set it to false'],
    [{ ...standard, size: 224, resample: 1 }, 'p.json: "resample" is 1; give 0 (nearest), 2 (bilinear) or 3 (bicubic)'],
    [{ ...standard, size: "224" }, 'p.json: "size" is "224"; give a number, {"shortest_edge": n}'],
    [{ ...standard, size: { longest_edge: 224 } }, 'p.json: "size" is {"longest_edge":224}; give a number'],
    [{ ...standard, resample: 2 }, 'p.json: "size" is missing; give it, or set "do_resize" to false'],
    [{ ...size, do_normalize: true }, 'p.json: "image_mean" is missing; give it, or set "do_normalize" to false'],
    [{ ...standard, ...size, image_mean: [1, 2] }, 'p.json: "image_mean" is [1,2]; give 1 or 3 numbers'],
    [{ ...standard, ...size, image_std: [1, 0, 1] }, 'p.json: "image_std" is [1,0,1]; give positive numbers'],
    [{ ...standard, ...size, do_resize: "yes" }, 'p.json: "do_resize" is "yes"; give true or false'],
    [
      { ...standard, size: 256, resample: 2 },
      'p.json: "resize" is [256,256], but the model takes [224,224]; correct it',
    ],
    [
      { ...standard, size: 224, resample: 2, do_center_crop: true },
      'p.json: "crop_size" is missing; give it, or set "do_center_crop" to false',
    ],
  ])("refuses %j", (config, message) => {
    expect(() => parse(config)).toThrow(message);
  });
});

describe("our own form", () => {
  it("takes a Preprocessing back as it is", () => {
    const preprocessing = {
      resize: 256,
      resample: "bicubic",
      centerCrop: [224, 224],
      rescale: 1,
      mean: [103.939, 116.779, 123.68],
      std: [1],
      channels: "bgr",
      layout: "nchw",
    };
    expect(parse(preprocessing)).toEqual({ preprocessing, warnings: [] });
  });

  it("fills in what does nothing, channels and layout by the model", () => {
    expect(parse({ resize: [224, 224] }, { ...photo, layout: "nhwc" }).preprocessing).toEqual({
      resize: [224, 224],
      resample: "bilinear",
      centerCrop: "none",
      rescale: 1 / 255,
      mean: [0],
      std: [1],
      channels: "rgb",
      layout: "nhwc",
    });
  });

  it.each([
    ["{", "p.json: not JSON ("],
    ["[]", "p.json: [] is not an object; give one, in braces"],
    ['{"resize": -3}', 'p.json: "resize" is -3; give the shorter edge in pixels, [height, width] or "none"'],
    ['{"resample": "lanczos"}', 'p.json: "resample" is "lanczos"; give "nearest", "bilinear" or "bicubic"'],
    ['{"std": [0]}', 'p.json: "std" is [0]; give a list of 1 or 3 positive numbers'],
    ['{"crop": 3}', 'p.json: key "crop" is unknown; known are resize, resample, centerCrop, rescale'],
    ['{"channels": "gray"}', 'p.json: "channels" is "gray", but the model takes 3 channel(s); give "rgb" or "bgr"'],
    ['{"layout": "nhwc"}', 'p.json: "layout" is "nhwc", but the model takes "nchw"'],
    ['{"centerCrop": [200, 200]}', 'p.json: "centerCrop" is [200,200], but the model takes [224,224]'],
    ['{"channels": "rgb", "mean": [1]}', undefined],
  ])("%s", (text, message) => {
    const read = () => parsePreprocessing(text, "p.json", photo);
    if (!message) return expect(read).not.toThrow();
    expect(read).toThrow(message);
    expect(read).toThrow(LimnError);
  });
});

describe("pictureSizeOf", () => {
  it.each([
    [{ resize: [20, 28] }, [20, 28]],
    [{ resize: 40, centerCrop: [32, 24] }, [32, 24]],
    [{ ...standard, image_processor_type: "ViTImageProcessor", do_resize: true, size: 224 }, [224, 224]],
    [{ ...standard, feature_extractor_type: "ConvNextFeatureExtractor", crop_pct: 0.875, size: 224 }, [224, 224]],
    [{ resize: 40 }, undefined],
    [{}, undefined],
  ])("%j", (json, size) => {
    expect(pictureSizeOf(JSON.stringify(json), "p.json")).toEqual(size);
  });
});

describe("timm's config.json", () => {
  const cfg = {
    input_size: [3, 224, 224],
    interpolation: "bicubic",
    crop_pct: 0.95,
    crop_mode: "center",
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    num_classes: 1000,
  };

  it("is read in its old and its new form", () => {
    const expected = {
      resize: 235,
      resample: "bicubic",
      centerCrop: [224, 224],
      rescale: 1 / 255,
      mean: cfg.mean,
      std: cfg.std,
      channels: "rgb",
      layout: "nchw",
    };
    expect(parse({ architecture: "resnet18", ...cfg })).toEqual({ preprocessing: expected, warnings: [] });
    expect(parse({ architecture: "resnet18", pretrained_cfg: cfg }).preprocessing).toEqual(expected);
  });

  it("resizes both edges with squash, and takes the size of the model's own input", () => {
    const squashed = parse({ pretrained_cfg: { ...cfg, crop_mode: "squash", crop_pct: 1 } }).preprocessing;
    expect(squashed).toMatchObject({ resize: [224, 224], centerCrop: [224, 224] });
    const larger = { ...photo, height: 288, width: 288 };
    expect(parse({ pretrained_cfg: cfg }, larger).preprocessing).toMatchObject({ resize: 303, centerCrop: [288, 288] });
    expect(parse({ pretrained_cfg: { mean: [0.5], std: [0.5] } }).preprocessing).toMatchObject({ resize: 256 });
  });

  it("gives the size of pictures where the model leaves it open", () => {
    expect(pictureSizeOf(JSON.stringify({ pretrained_cfg: cfg }), "config.json")).toEqual([224, 224]);
  });

  it.each([
    [{ ...cfg, crop_mode: "border" }, /p\.json: "crop_mode" is "border"; give "center" or "squash"/],
    [{ ...cfg, crop_pct: 2 }, /"crop_pct" is 2; give a share/],
    [{ ...cfg, std: [0, 1, 1] }, /"std" is \[0,1,1\]; give a list of 1 or 3 numbers/],
  ])("refuses %j", (pretrained_cfg, message) => {
    expect(() => parse({ pretrained_cfg })).toThrow(message);
  });
});
