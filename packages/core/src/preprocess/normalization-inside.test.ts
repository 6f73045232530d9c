import { describe, expect, it } from "vitest";
import { loadClassifier } from "../classifier.js";
import { LimnError } from "../error.js";
import type { Value } from "../graph/graph.js";
import { NetworkWriter } from "../testing/networks.js";
import { runtime } from "../testing/runtime.js";
import { imageInput } from "./image-input.js";
import { impliedPreprocessing, normalizationInside } from "./normalization-inside.js";

const NCHW = [1, 3, 16, 16];
const NHWC = [1, 16, 16, 3];

/** What is found in a network that does something to its pixels before it convolves them, and what follows. */
async function foundIn(shape: readonly number[], normalize: (net: NetworkWriter, image: Value) => Value) {
  const net = new NetworkWriter("normalizing", shape);
  const channels = shape.length === 4 && shape[1] === 1 ? 1 : 3;
  const x = net.relu("relu", net.conv("conv", normalize(net, net.image), [channels, 6]));
  const bytes = net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [6, 5]));
  const classifier = await loadClassifier(
    { location: "net.onnx", bytes, weights: { files: new Map([["net.onnx", bytes]]) } },
    runtime,
  );
  const inside = await normalizationInside(classifier, runtime);
  const implied = inside && impliedPreprocessing(inside, imageInput("input", shape));
  return { inside, implied };
}

const perChannel = (net: NetworkWriter, name: string, numbers: readonly number[]) =>
  net.constant(name, [1, 3, 1, 1], numbers);
const single = (net: NetworkWriter, name: string, number: number) => net.constant(name, [], [number]);
const toNchw = (net: NetworkWriter, x: Value) => net.node("Transpose", "turn", [x], { perm: [0, 3, 1, 2] });
const flipped = (net: NetworkWriter, x: Value) =>
  net.node("Gather", "flip", [x, net.ints("bgr", [2, 1, 0])], { axis: 1 });

const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];
const CAFFE = [103.939, 116.779, 123.68];

describe("normalizationInside", () => {
  it.each<[string, readonly number[], (net: NetworkWriter, x: Value) => Value, object]>([
    [
      "ImageNet's mean and deviation, of 0 to 1",
      NCHW,
      (net, x) =>
        net.node("Div", "div", [net.node("Sub", "sub", [x, perChannel(net, "m", MEAN)]), perChannel(net, "s", STD)]),
      { preset: "unit", makes: "imagenet", preprocessing: { channels: "rgb" } },
    ],
    [
      "the same of 0 to 255, as a product and a sum",
      NCHW,
      (net, x) => {
        const scaled = net.node("Mul", "mul", [
          x,
          perChannel(
            net,
            "a",
            STD.map((s) => 1 / (255 * s)),
          ),
        ]);
        return net.node("Add", "add", [
          scaled,
          perChannel(
            net,
            "b",
            MEAN.map((m, c) => -m / (STD[c] as number)),
          ),
        ]);
      },
      { preset: "raw", makes: "imagenet" },
    ],
    [
      "-1 to 1 of pixels, channels last",
      NHWC,
      (net, x) => {
        const scaled = net.node("Div", "div", [x, single(net, "s", 127.5)]);
        return toNchw(net, net.node("Sub", "sub", [scaled, single(net, "one", 1)]));
      },
      { preset: "raw", makes: "tf", preprocessing: { layout: "nhwc" } },
    ],
    [
      "pixels divided by 255",
      NCHW,
      (net, x) => net.node("Div", "div", [x, single(net, "s", 255)]),
      { preset: "raw", makes: "unit" },
    ],
    [
      "Caffe's mean, of blue, green and red",
      NCHW,
      (net, x) => net.node("Sub", "sub", [x, perChannel(net, "m", CAFFE)]),
      { preset: "raw", makes: "caffe", preprocessing: { channels: "bgr" } },
    ],
    [
      "Caffe's mean after red and blue are exchanged",
      NCHW,
      (net, x) => net.node("Sub", "sub", [flipped(net, x), perChannel(net, "m", CAFFE)]),
      { preset: "raw", makes: "caffe", preprocessing: { channels: "rgb" } },
    ],
    [
      "each channel alone, from ImageNet's standardization to -1 to 1",
      NCHW,
      (net, x) => {
        const channel = (c: number) => {
          const one = net.node("Slice", `slice${c}`, [
            x,
            ...[[c], [c + 1], [1]].map((v, i) => net.ints(`c${c}.${i}`, v)),
          ]);
          const scaled = net.node("Mul", `mul${c}`, [one, single(net, `a${c}`, (STD[c] as number) / 0.5)]);
          return net.node("Add", `add${c}`, [scaled, single(net, `b${c}`, ((MEAN[c] as number) - 0.5) / 0.5)]);
        };
        return net.node("Concat", "concat", [0, 1, 2].map(channel), { axis: 1 });
      },
      { preset: "imagenet", makes: "tf" },
    ],
    [
      "MNIST's mean and deviation",
      [1, 1, 28, 28],
      (net, x) =>
        net.node("Div", "div", [net.node("Sub", "sub", [x, single(net, "m", 0.1307)]), single(net, "s", 0.3081)]),
      { preset: "unit", makes: "mnist" },
    ],
    [
      "a batch normalization that was learned on pixels",
      NCHW,
      (net, x) => {
        const parameters = { scale: 1, shift: 0.1, mean: 118, variance: 4200 };
        const inputs = Object.entries(parameters).map(([name, v]) => net.constant(name, [3], [v, v + 0.01, v - 0.01]));
        return net.node("BatchNormalization", "bn", [x, ...inputs]);
      },
      { preset: "raw", makes: undefined },
    ],
  ])("finds %s", async (_, shape, normalize, expected) => {
    expect((await foundIn(shape, normalize)).implied).toMatchObject(expected);
  });

  it("gives the numbers for each channel of the input, and the nodes", async () => {
    const { inside } = await foundIn(NCHW, (net, x) =>
      net.node("Sub", "sub", [flipped(net, x), perChannel(net, "m", CAFFE)]),
    );
    expect(inside?.nodes.map(({ opType }) => opType)).toEqual(["Gather", "Sub"]);
    inside?.scale.forEach((a) => {
      expect(a).toBeCloseTo(1, 5);
    });
    inside?.shift.forEach((b, c) => {
      expect(b).toBeCloseTo(-(CAFFE[2 - c] as number), 4);
    });
  });

  it("finds none where pixels go into the first layer as they are, or are padded first", async () => {
    expect((await foundIn(NCHW, (_, x) => x)).inside).toBeUndefined();
    const pads = [0, 0, 0, 0, 0, 0, 1, 1];
    const padded = await foundIn(NCHW, (net, x) => net.node("Pad", "pad", [x, net.ints("pads", pads)]));
    expect(padded.inside).toBeUndefined();
  });

  it("finds none where numbers are bent, or channels mixed", async () => {
    expect((await foundIn(NCHW, (net, x) => net.node("Sqrt", "sqrt", [x]))).inside).toBeUndefined();
    const mixed = await foundIn(NCHW, (net, x) =>
      net.node("Sub", "sub", [x, net.node("ReduceMean", "gray", [x, net.ints("axes", [1])])]),
    );
    expect(mixed.inside).toBeUndefined();
  });

  it("does without it if ONNX Runtime can't run that part alone", async () => {
    const net = new NetworkWriter("refused", NCHW);
    const x = net.conv("conv", net.node("Div", "div", [net.image, single(net, "s", 255)]), [3, 6]);
    const bytes = net.bytes(net.flatten("flatten", net.globalPool("pool", x)));
    const weights = { files: new Map([["net.onnx", bytes]]) };
    const classifier = await loadClassifier({ location: "net.onnx", bytes, weights }, runtime);
    const refusing = { createSession: () => Promise.reject(new LimnError("runtime", "ONNX Runtime: no")) };
    expect(await normalizationInside(classifier, refusing)).toBeUndefined();
    expect(await normalizationInside(classifier, runtime)).toBeDefined();
  });

  it("draws no conclusion from a normalization after which both 0 to 1 and 0 to 255 make sense, or neither", async () => {
    const nearly = await foundIn(NCHW, (net, x) => net.node("Mul", "mul", [x, single(net, "a", 1.01)]));
    expect([nearly.inside !== undefined, nearly.implied]).toEqual([true, undefined]);
    const far = await foundIn(NCHW, (net, x) => net.node("Sub", "sub", [x, single(net, "m", 5000)]));
    expect([far.inside !== undefined, far.implied]).toEqual([true, undefined]);
  });
});
