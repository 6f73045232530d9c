import { describe, expect, it } from "vitest";
import { type LoadOptions, loadClassifier } from "./classifier.js";
import { float } from "./graph/attributes.js";
import type { Value } from "./graph/graph.js";
import type { Shape } from "./graph/tensor.js";
import { encodeModel } from "./onnx/encode.js";
import { classifierOf, explainOnce, noise, runtime, sourceOf } from "./testing/explaining.js";
import { channelsLast, mobile, NetworkWriter, networks, residual } from "./testing/networks.js";
import { info, modelBytes, node, weight, weightIn } from "./testing/small-models.js";

type Net = NetworkWriter;

/** A convolution and a dense layer, with changes. */
function network(
  change: (net: Net, x: Value) => readonly Value[] = (_, x) => [x],
  shape: Shape = [1, 3, 8, 8],
): Uint8Array {
  const net = new NetworkWriter("classifier", shape);
  const x = net.relu("relu", net.conv("conv", net.image, [3, 4]));
  return net.bytes(...change(net, net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [4, 3])));
}

const withOpset = (version: number) => {
  const net = new NetworkWriter("opset", [1, 3, 8, 8]);
  const x = net.relu("relu", net.conv("conv", net.image, [3, 4]));
  const model = net.model(net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [4, 3]));
  return encodeModel({ ...model, opsets: new Map([["", version]]) });
};

const ascii = (text: string) => new TextEncoder().encode(text.padEnd(100));

describe("loadClassifier", () => {
  it.each(Object.entries(networks))("reads %s", async (name, make) => {
    const { classes, logits, image, scoreFunction, scoreFunctionKnown, warnings } = await classifierOf(make());
    expect({ classes, logits: logits.dims, image: image.dims, warnings }).toEqual({
      classes: 5,
      logits: [1, 5],
      image: name === "residual" ? [1, 3, 32, 32] : name === "channelsLast" ? [1, 16, 16, 3] : [1, 3, 16, 16],
      warnings: [],
    });
    const end = { mobile: "softmax", multiLabel: "sigmoid" }[name];
    expect([scoreFunction, scoreFunctionKnown]).toEqual([end ?? "softmax", end !== undefined]);
  });

  it("takes the bytes of a file that holds its own weights", async () => {
    const { image, weights } = await loadClassifier(residual(), runtime);
    expect(image.dims).toEqual([1, 3, 32, 32]);
    expect([...(weights.files?.keys() ?? [])]).toEqual(["model.onnx"]);
  });

  it("starts at the logits before a final Softmax, and folds batch normalization", async () => {
    const { model } = await classifierOf(mobile());
    const operators = new Set(model.graph.ancestors(model.graph.outputs).map((n) => n.opType));
    expect(operators.has("Softmax") || operators.has("BatchNormalization")).toBe(false);
  });

  it.each<[string, (net: Net, x: Value) => Value]>([
    ["[N, classes, 1, 1]", (net, x) => net.node("Reshape", "out", [x, net.ints("shape", [1, 3, 1, 1])])],
    ["[classes]", (net, x) => net.node("Reshape", "out", [x, net.ints("shape", [3])])],
    ["LogSoftmax", (net, x) => net.node("LogSoftmax", "out", [x], { axis: 1 })],
    [
      "Softmax, Squeeze",
      (net, x) => net.node("Squeeze", "out", [net.node("Softmax", "s", [x]), net.ints("axes", [0])]),
    ],
  ])("takes scores as %s", async (_, end) => {
    const classifier = await classifierOf(network((net, x) => [end(net, x)]));
    expect(classifier.logits.dims).toEqual([1, 3]);
    const [plain] = await explainOnce(await classifierOf(network()), [], noise([1, 3, 8, 8]));
    const [found] = await explainOnce(classifier, [], noise([1, 3, 8, 8]));
    expect(found?.logits).toEqual(plain?.logits);
  });

  it("takes a single score for that of a sigmoid", async () => {
    const net = new NetworkWriter("single", [1, 3, 8, 8]);
    const pooled = net.flatten("flatten", net.globalPool("pool", net.conv("conv", net.image, [3, 4])));
    const classifier = await classifierOf(net.bytes(net.dense("fc", pooled, [4, 1])));
    const [explanation] = await explainOnce(classifier, [{ method: "saliency" }], noise([1, 3, 8, 8]));
    const [logit = 0] = explanation?.logits ?? [];
    expect(explanation?.probabilities[0]).toBeCloseTo(1 / (1 + Math.exp(-logit)), 6);
  });

  it("explains a model of half precision from float32 images", async () => {
    const net = new NetworkWriter("half", [1, 3, 8, 8]);
    net.image.dtype = "float16";
    const half = (x: Value) => net.node("Cast", `${x.name}.half`, [x], { to: 10 });
    const x = net.node("Conv", "conv", [net.image, half(net.weight("w", [4, 3, 3, 3], 27))]);
    const pooled = net.flatten("flatten", net.globalPool("pool", net.relu("relu", x)));
    const scores = net.node("Gemm", "fc", [pooled, half(net.weight("v", [4, 3], 4))]);
    const classifier = await classifierOf(net.bytes(scores));
    expect([classifier.image.dtype, classifier.image.name]).toEqual(["float32", "input"]);
    const [explanation] = await explainOnce(
      classifier,
      [{ method: "saliency" }, { method: "grad-cam" }, { method: "cam" }],
      noise([1, 3, 8, 8]),
    );
    for (const map of explanation?.maps ?? []) expect(map.values.some((v) => v !== 0)).toBe(true);
  });

  describe("several outputs", () => {
    const twoOutputs = () =>
      network((net, x) => {
        const aside = net.node("Reshape", "aside", [x, net.ints("shape", [1, 1, 3])]);
        return [aside, net.node("Neg", "scores", [x]), net.node("Abs", "other", [x])];
      });

    it("explains the first that looks like scores, and says so", async () => {
      const { model, warnings } = await classifierOf(twoOutputs());
      expect(model.graph.outputs.map((o) => o.name)).toEqual(["scores_out"]);
      expect(warnings).toEqual([
        'the model has 3 outputs ("aside_out", "scores_out", "other_out"); explaining "scores_out"',
      ]);
    });

    it("explains the named one", async () => {
      const { model, warnings } = await classifierOf(twoOutputs(), { output: "other_out" });
      expect([model.graph.outputs.map((o) => o.name), warnings]).toEqual([["other_out"], []]);
    });

    it("knows no other", async () => {
      await expect(classifierOf(twoOutputs(), { output: "nothing" })).rejects.toThrow(
        'the model has no output "nothing"; it has "aside_out", "scores_out", "other_out"',
      );
    });
  });

  it.each<[string, string, RegExp, Uint8Array, LoadOptions?]>([
    ["an empty file", "bad-model", /^model.onnx: the file is empty; download or export it again$/, new Uint8Array()],
    ["a truncated file", "bad-model", /^model.onnx: .*(damaged|export it again)/, residual().subarray(0, 5000)],
    ["text", "bad-model", /not an ONNX model/, ascii("hello, this is a readme of some model")],
    ["a web page", "bad-model", /web page/, ascii("<!DOCTYPE html><html><body>404</body></html>")],
    ["a zip archive", "bad-model", /zip archive .* export the model to ONNX/, ascii("PK\x03\x04")],
    [
      "a Git LFS pointer",
      "bad-model",
      /Git LFS pointer/,
      ascii("version https://git-lfs.github.com/spec/v1\noid sha256:1"),
    ],
    ["opset 5", "unsupported", /opset|operator set/i, withOpset(5)],
    ["opset 99", "unsupported", /opset|operator set/i, withOpset(99)],
    ["no output", "bad-model", /no output/, network(() => [])],
    [
      "a damaged graph",
      "bad-model",
      /conv/i,
      network((net, x) => [net.node("Conv", "conv2", [x, net.weight("w2", [4, 3, 3, 3], 27)])]),
    ],
    [
      "two inputs",
      "unsupported",
      /2 inputs \("input", "other"\)/,
      network((net, x) => [net.node("Add", "sum", [x, net.graph.addInput("other", "float32", [1, 3])])]),
    ],
    [
      "an input of truth values",
      "unsupported",
      /"input" is of type bool/,
      (() => {
        const net = new NetworkWriter("bytes", [1, 3, 8, 8]);
        net.image.dtype = "bool";
        const x = net.conv("conv", net.node("Cast", "cast", [net.image], { to: 1 }), [3, 4]);
        return net.bytes(net.dense("fc", net.flatten("f", net.globalPool("p", x)), [4, 3]));
      })(),
    ],
    ["an input of size 0", "bad-model", /\[1, 3, 0, 8\], which holds no numbers/, network(undefined, [1, 3, 0, 8])],
    [
      "a shape of size 0",
      "bad-option",
      /\[0, 3, 8, 8\], which holds no numbers/,
      network(),
      { inputShape: [0, 3, 8, 8] },
    ],
    ["an input beyond all memory", "unsupported", /more than a gigabyte/, network(undefined, [1, 3, 1e6, 1e6])],
    [
      "a shape that does not fit",
      "bad-option",
      /takes \[1, 3, 8, 8\], not \[1, 3, 9, 9\]/,
      network(),
      { inputShape: [1, 3, 9, 9] },
    ],
    [
      "an input that is no image",
      "unsupported",
      /"input" has the shape \[1, 12\]; Limn explains classifiers of images/,
      (() => {
        const net = new NetworkWriter("table", [1, 12]);
        return net.bytes(net.dense("fc", net.image, [12, 3]));
      })(),
    ],
    [
      "an output that is no list of scores",
      "unsupported",
      /"mask_out" has the shape \[1, 4, 8, 8\], which is not a list of class scores/,
      (() => {
        const net = new NetworkWriter("segmentation", [1, 3, 8, 8]);
        return net.bytes(net.node("Identity", "mask", [net.relu("relu2", net.conv("conv", net.image, [3, 4]))]));
      })(),
    ],
    [
      "an output of labels",
      "unsupported",
      /"label_out" is of type int64, and scores are floating point numbers/,
      network((net, x) => [net.node("Cast", "label", [x], { to: 7 })]),
    ],
    [
      "an output that the image does not reach",
      "unsupported",
      /does not depend on the input "input"/,
      network((net) => [net.node("Abs", "fixed", [net.random("numbers", [1, 2000], -1, 1)])]),
    ],
    [
      "what is saved for one kind of processor",
      "unsupported",
      /^conv\w* \(com.microsoft.nchwc.Conv\): ONNX Runtime has optimized this file .*explain the file from before/,
      network((net, x) => [net.node("Conv", "conv", [x], {}, "com.microsoft.nchwc")]),
    ],
    [
      "an operator of another domain",
      "unsupported",
      /^magic \(acme.Magic\): this is an operator of "acme", which ONNX Runtime does not have; export the model with/,
      network((net, x) => [net.node("Magic", "magic", [x], { alpha: float(1) }, "acme")]),
    ],
    ["an operator that there is not", "bad-model", /Magic/, network((net, x) => [net.node("Magic", "magic", [x])])],
  ])("refuses %s", async (_, code, message, bytes, options) => {
    const loaded = classifierOf(bytes, options);
    await expect(loaded).rejects.toThrow(message);
    await expect(loaded).rejects.toThrow(expect.objectContaining({ name: "LimnError", code }));
    await expect(loaded).rejects.toThrow(/^[^\n]*$/);
  });

  describe("weights in another file", () => {
    const external = (location: string, offset = 0) =>
      modelBytes({
        input: [info("image", "float32", [1, 3, 8, 8])],
        output: [info("scores")],
        node: [
          node("Conv", ["image", "w1"], "conv", { kernel_shape: [3, 3] }),
          node("GlobalAveragePool", ["conv"], "pool"),
          node("Flatten", ["pool"], "features"),
          node("Gemm", ["features", "w2"], "scores"),
        ],
        initializer: [
          weightIn(location, "w1", [16, 3, 3, 3], offset),
          weight(
            "w2",
            [16, 2],
            Array.from({ length: 32 }, (_, i) => (i % 5) - 2),
          ),
        ],
      });
    const data = new Uint8Array(Float32Array.from({ length: 432 }, (_, i) => Math.sin(i)).buffer);
    const load = (bytes: Uint8Array, others: [string, Uint8Array][]) => {
      const source = sourceOf(bytes);
      const files = new Map([...(source.weights.files ?? []), ...others]);
      return loadClassifier({ ...source, weights: { files } }, runtime);
    };

    it("are found", async () => {
      const classifier = await load(external("model.data"), [["model.data", data]]);
      const [explanation] = await explainOnce(classifier, [{ method: "saliency" }], noise([1, 3, 8, 8]));
      expect(explanation?.maps[0]?.values.some((v) => v !== 0)).toBe(true);
    });

    it.each<[string, Uint8Array, [string, Uint8Array][], RegExp]>([
      [
        "are missing",
        external("model.data"),
        [],
        /^model.onnx: the weights "w1" are in the file "model.data", which is missing; put it next to the model$/,
      ],
      [
        "are cut off",
        external("model.data"),
        [["model.data", data.subarray(0, 1000)]],
        /^model.onnx: the weights "w1" end at byte 1728 of "model.data", which has only 1000 bytes; the file is damaged: copy it again$/,
      ],
      ["begin behind the end", external("model.data", 9000), [["model.data", data]], /end at byte 10728/],
      ["lie outside the folder", external("../model.data"), [], /"\.\.\/model.data", outside the model's folder/],
      ["have an absolute path", external("/etc/passwd"), [], /"\/etc\/passwd", outside the model's folder/],
    ])("are refused where they %s", async (_, bytes, files, message) => {
      const loaded = load(bytes, files);
      await expect(loaded).rejects.toThrow(message);
      await expect(loaded).rejects.toThrow(expect.objectContaining({ code: "bad-model" }));
    });
  });

  it("takes images as [N, H, W, C]", async () => {
    const classifier = await classifierOf(channelsLast());
    const [explanation] = await explainOnce(classifier, [{ method: "saliency" }], noise([1, 16, 16, 3]));
    expect(explanation?.maps[0]?.shape).toEqual([16, 16]);
  });
});
