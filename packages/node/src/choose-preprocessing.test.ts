import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assumptions, type Classifier, encodeModel, loadClassifier } from "@limn/core";
import { afterAll, describe, expect, it } from "vitest";
import type { Value } from "../../core/src/graph/graph.js";
import { NetworkWriter, networks } from "../../core/src/testing/networks.js";
import { runtime } from "../../core/src/testing/runtime.js";
import { choosePreprocessing as choose, type PreprocessingChoice } from "./choose-preprocessing.js";

const root = mkdtempSync(join(tmpdir(), "limn-preprocessing-"));
afterAll(() => rmSync(root, { recursive: true }));

const loaded = (bytes: Uint8Array) =>
  loadClassifier({ location: "net.onnx", bytes, weights: { files: new Map([["net.onnx", bytes]]) } }, runtime);

const choosePreprocessing = (choice: PreprocessingChoice, of: Classifier, supplied?: string) =>
  choose(choice, of, runtime, supplied);

interface Variation {
  readonly producer?: string;
  readonly metadata?: Record<string, string>;
  readonly classes?: number;
  /** What is done to the image before it is convolved. */
  readonly before?: (net: NetworkWriter, image: Value) => Value;
  /** Of a convolution with strides. */
  readonly pads?: readonly number[];
}

/** A classifier of images of a shape. */
function classifier(shape: readonly number[], variation: Variation = {}): Promise<Classifier> {
  const { producer = "", metadata = {}, classes = 5, before = (_, image) => image, pads = [1, 1, 1, 1] } = variation;
  const net = new NetworkWriter("preprocessing", shape);
  const isLast = shape[1] !== 1 && shape[1] !== 3 && (shape[3] as number) < 4;
  const prepared = before(net, net.image);
  const x = isLast ? net.node("Transpose", "turn", [prepared], { perm: [0, 3, 1, 2] }) : prepared;
  const channels = shape[isLast ? 3 : 1] as number;
  const kernel = net.weight("kernel", [4, channels, 3, 3], 9 * channels);
  const A = net.relu("relu", net.node("Conv", "conv", [x, kernel], { strides: [2, 2], pads: [...pads] }));
  const model = net.model(net.dense("fc", net.flatten("flatten", net.globalPool("pool", A)), [4, classes]));
  return loaded(encodeModel({ ...model, producer, metadata: new Map(Object.entries(metadata)) }));
}

const COLOR = await loaded(networks.residual());

const file = (name: string, content: string): string => {
  const path = join(root, name);
  writeFileSync(path, content);
  return path;
};

const HUGGING_FACE =
  '{"image_processor_type": "ViTImageProcessor", "do_resize": true, "size": {"height": 32, "width": 32}, "do_normalize": true, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}';

describe("choosePreprocessing", () => {
  const TF = { rescale: 1 / 255, mean: [0.5], std: [0.5] };
  const IMAGENET = { mean: [0.485, 0.456, 0.406] };

  it.each<[string, readonly number[], Variation, object, RegExp]>([
    ["color pictures", [1, 3, 96, 96], {}, IMAGENET, /most classifiers of color pictures/],
    ["small color pictures", [1, 3, 32, 32], {}, IMAGENET, /most classifiers of color pictures/],
    ["gray pictures", [1, 1, 96, 96], {}, { mean: [0], rescale: 1 / 255, channels: "gray" }, /gray/],
    ["PyTorch's digits", [1, 1, 28, 28], { producer: "pytorch", classes: 10 }, { mean: [0.1307] }, /MNIST/],
    ["Keras' digits", [1, 28, 28, 1], { classes: 10 }, { mean: [0], rescale: 1 / 255 }, /gray/],
    ["small pictures, channels last", [1, 32, 32, 3], {}, { mean: [0], rescale: 1 / 255 }, /channels last are Keras'/],
    ["large pictures, channels last", [1, 96, 96, 3], {}, TF, /channels come last/],
    ["1001 classes", [1, 3, 96, 96], { classes: 1001 }, TF, /1001 outputs/],
    ["padding at the end", [1, 3, 96, 96], { pads: [0, 0, 1, 1] }, TF, /pad more at the end/],
    [
      "a Pad node at the end",
      [1, 3, 96, 96],
      {
        pads: [0, 0, 0, 0],
        before: (net, x) => net.node("Pad", "pad", [x, net.ints("pads", [0, 0, 0, 0, 0, 0, 1, 1])]),
      },
      TF,
      /pad more at the end/,
    ],
    ["Inception's size", [1, 3, 299, 299], {}, TF, /299 pixels/],
    ["tf2onnx", [1, 3, 96, 96], { producer: "tf2onnx 1.16.1" }, TF, /"tf2onnx 1\.16\.1" wrote the file/],
    ["Caffe", [1, 3, 96, 96], { producer: "onnx-caffe2" }, { channels: "bgr", rescale: 1 }, /"onnx-caffe2"/],
    ["CNTK", [1, 1, 28, 28], { producer: "CNTK 2.7" }, { rescale: 1, mean: [0], std: [1] }, /CNTK/],
  ])("guesses from %s, and says so", async (_, shape, variation, expected, reason) => {
    const chosen = await choosePreprocessing({}, await classifier(shape, variation));
    expect(chosen).toMatchObject({ source: "guess", guessed: true, preprocessing: expected });
    expect(chosen.foundIn).toMatch(reason);
    expect(assumptions([chosen])).toEqual([
      expect.stringMatching(/^preprocessing "\w+" is assumed; see limn inspect$/),
    ]);
  });

  it("does not guess what the file's metadata say", async () => {
    const metadata = { "Image.NominalPixelRange": "Normalized_1_1" };
    expect(await choosePreprocessing({}, await classifier([1, 3, 96, 96], { metadata }))).toMatchObject({
      source: "metadata",
      foundIn: "the file's metadata: Image.NominalPixelRange",
      guessed: false,
      warnings: [],
      preprocessing: TF,
    });
  });

  it("does not guess what follows from a normalization inside the network", async () => {
    const before = (net: NetworkWriter, x: Value) => {
      const scaled = net.node("Div", "div", [x, net.constant("s", [], [127.5])]);
      return net.node("Sub", "sub", [scaled, net.constant("one", [], [1])]);
    };
    expect(await choosePreprocessing({}, await classifier([1, 96, 96, 3], { before }))).toMatchObject({
      source: "graph",
      foundIn: 'the network normalizes pixels itself (Div, Sub, Transpose), which makes "tf" of it',
      guessed: false,
      warnings: [],
      preprocessing: { rescale: 1, mean: [0], std: [1], layout: "nhwc" },
    });
  });

  it("takes timm's config.json", async () => {
    const cfg = { input_size: [3, 32, 32], crop_pct: 1, interpolation: "bicubic", mean: [0.5], std: [0.25] };
    const supplied = file("config.json", JSON.stringify({ architecture: "tiny", pretrained_cfg: cfg }));
    expect(await choosePreprocessing({}, COLOR, supplied)).toMatchObject({
      source: "file",
      foundIn: supplied,
      preprocessing: { resize: 32, centerCrop: [32, 32], std: [0.25] },
    });
  });

  it("has nothing to guess where a model takes pixels as whole numbers, and says what does not fit", async () => {
    const raw = { ...COLOR, rawPixels: true } as Classifier;
    expect(await choosePreprocessing({}, raw)).toMatchObject({
      guessed: false,
      warnings: [],
      preprocessing: { rescale: 1, mean: [0], std: [1], channels: "rgb" },
    });
    expect((await choosePreprocessing({ preprocess: "raw" }, raw)).warnings).toEqual([]);
    expect((await choosePreprocessing({ preprocess: "tf" }, raw)).warnings).toEqual([
      'the model takes pixels as whole numbers (its input "input"), so 0 to 255, and the preprocessing gives -1 to 1; take --preprocess raw, unless that is meant',
    ]);
    expect((await choosePreprocessing({ adjust: { std: [2] } }, raw)).warnings).toEqual([
      expect.stringContaining("gives 0 to 127.5;"),
    ]);
  });

  it("takes the file that came with the model, and the caller's word before it", async () => {
    const supplied = file("preprocessor_config.json", HUGGING_FACE);
    expect(await choosePreprocessing({}, COLOR, supplied)).toMatchObject({
      guessed: false,
      preprocessing: { mean: [0.5, 0.5, 0.5] },
    });
    expect(await choosePreprocessing({ preprocess: "caffe" }, COLOR, supplied)).toMatchObject({
      guessed: false,
      warnings: [],
      preprocessing: { channels: "bgr" },
    });
  });

  it("leaves inputs that take no picture to tensors, unless a preprocessing is asked for", async () => {
    const odd = await classifier([1, 12, 32, 32]);
    expect(await choosePreprocessing({}, odd)).toMatchObject({
      input: undefined,
      preprocessing: undefined,
      warnings: [],
    });
    await expect(choosePreprocessing({ preprocess: "unit" }, odd)).rejects.toThrow(
      expect.objectContaining({ code: "unsupported" }),
    );
  });

  it("changes single keys of a preset, a file or the guess", async () => {
    const changed = await choosePreprocessing(
      { preprocess: "unit", adjust: { resample: "bicubic", mean: [0.5] } },
      COLOR,
    );
    const { preprocessing: unit } = await choosePreprocessing({ preprocess: "unit" }, COLOR);
    expect(changed.preprocessing).toEqual({ ...unit, resample: "bicubic", mean: [0.5] });

    const cropped = await choosePreprocessing({ adjust: { resize: "none" } }, COLOR);
    expect(cropped).toMatchObject({ guessed: true, assumed: 'preprocessing "imagenet"' });
    const settled = await choosePreprocessing({ adjust: { mean: [0, 0, 0], std: [1] } }, COLOR);
    expect(settled).toMatchObject({ guessed: false, warnings: [] });

    const bad = { preprocess: "unit", adjust: { mean: [1, 2] } };
    await expect(choosePreprocessing(bad, COLOR)).rejects.toThrow(/preprocessing options: "mean" is \[1,2\]/);
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
  ])("refuses %s", async (_, choice, code, message) => {
    await expect(choosePreprocessing({ preprocess: choice }, COLOR)).rejects.toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});
