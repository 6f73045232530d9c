import { describe, expect, it } from "vitest";
import type { Value } from "../graph/graph.js";
import { type DataType, tensor } from "../graph/tensor.js";
import { layersOf } from "../layers.js";
import { runOnce } from "../onnx/open-session.js";
import type { TensorValue } from "../session.js";
import { classifierOf, mapsOf, noise, runtime } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";
import { checkGradient } from "./finite-differences.js";
import { withoutRounding } from "./without-rounding.js";

const size = [1, 3, 8, 8];

/** A convolution and a dense layer between integers, as quantizers write them: without the ReLU, where the range says as much. */
function quantized(dtype: "int8" | "uint8", pool = false): Uint8Array {
  const net = new NetworkWriter("quantized", size);
  const zeros = { int8: -128, uint8: 0 };
  const stored = (name: string, type: DataType, dims: number[], values: number[]) =>
    net.graph.addInitializer(name, tensor(type, dims, values));
  const round = (name: string, x: Value, scale: number, zero: number) => {
    const parameters = [net.constant(`${name}.scale`, [], [scale]), stored(`${name}.zero`, dtype, [], [zero])];
    const integers = net.node("QuantizeLinear", `${name}.quantize`, [x, ...parameters]);
    const read = pool && name === "conv" ? net.maxPool("pool", integers) : integers;
    return net.node("DequantizeLinear", `${name}.dequantize`, [read, ...parameters]);
  };
  const weights = (name: string, dims: number[]) => {
    const count = dims.reduce((a, b) => a * b, 1);
    const values = Array.from({ length: count }, (_, i) => ((i * 83 + 29) % 128) - 64);
    const scale = net.constant(`${name}.scale`, [], [0.01]);
    return net.node("DequantizeLinear", `${name}.dequantize`, [stored(name, "int8", dims, values), scale]);
  };
  const x = round("image", net.image, 1 / 127, zeros[dtype] + 128);
  const convolved = net.node("Conv", "conv", [x, weights("W", [4, 3, 3, 3])], { pads: [1, 1, 1, 1] });
  const y = round("conv", convolved, 0.02, zeros[dtype]);
  const logits = net.node("Gemm", "fc", [net.flatten("flatten", y), weights("V", [pool ? 64 : 256, 5])]);
  return net.bytes(round("logits", logits, 0.05, zeros[dtype] + 128));
}

/** The same with scales that are found as it runs. */
function dynamic(): Uint8Array {
  const net = new NetworkWriter("dynamic", size);
  const [x, scale, zero] = net.graph
    .append({ name: "quantize", opType: "DynamicQuantizeLinear", inputs: [net.image], attributes: new Map() }, [
      { name: "q", dtype: undefined, shape: undefined },
      { name: "q.scale", dtype: undefined, shape: undefined },
      { name: "q.zero", dtype: undefined, shape: undefined },
    ])
    .outputs.map((v) => v as Value) as [Value, Value, Value];
  const values = Array.from({ length: 108 }, (_, i) => ((i * 83 + 29) % 128) - 64);
  const W = net.graph.addInitializer("W", tensor("int8", [4, 3, 3, 3], values));
  const zeroOfW = net.graph.addInitializer("W.zero", tensor("int8", [], [3]));
  const product = net.node("ConvInteger", "conv", [x, W, zero, zeroOfW], { pads: [1, 1, 1, 1] });
  const unit = net.node("Mul", "unit", [scale, net.constant("W.scale", [], [0.01])]);
  const y = net.node("Mul", "scaled", [net.node("Cast", "cast", [product], { to: 1 }), unit]);
  return net.bytes(net.dense("fc", net.flatten("flatten", net.relu("relu", y)), [256, 5]));
}

/** What ONNX Runtime makes of the file itself. */
async function scoresOf(bytes: Uint8Array, image: TensorValue): Promise<number[]> {
  const session = await runtime.createSession(bytes);
  const [input, output] = [session.inputs[0]?.name ?? "", session.outputs[0]?.name ?? ""];
  const results = await session.run({ [input]: image }, [output]);
  await session.release();
  return Array.from(results[output]?.data as Float32Array);
}

describe.each([
  ["uint8", quantized("uint8")],
  ["int8", quantized("int8")],
  ["a maximum of integers", quantized("uint8", true)],
  ["scales found as it runs", dynamic()],
])("a quantized classifier: %s", (_, bytes) => {
  it("is explained with its own scores, and says that it was quantized", async () => {
    const classifier = await classifierOf(bytes);
    expect(classifier.warnings.join()).toContain("the model is quantized to integers");
    expect(layersOf(classifier).some(({ stage }) => stage !== undefined)).toBe(true);
    const image = noise(size);
    const { graph } = classifier.model;
    graph.outputs.splice(0, graph.outputs.length, classifier.logits);
    const feeds = { [classifier.image.name]: image };
    const { weights } = classifier;
    const found = (await runOnce(classifier.model, runtime, feeds, { weights }))[classifier.logits.name]?.data;
    const scores = Array.from(found as Float32Array);
    expect(scores).toEqual((await scoresOf(bytes, image)).map((score) => expect.closeTo(score, 4)));
    const best = scores.indexOf(Math.max(...scores));
    const requests = ["saliency", "grad-cam", "lrp", "relevance-cam"].map((method) => ({ method }));
    for (const map of await mapsOf(await classifierOf(bytes), requests, image, best)) {
      expect(map.values.some((value) => value !== 0)).toBe(true);
      expect(map.values.every(Number.isFinite)).toBe(true);
    }
  });

  it("has the gradients of the network without its rounding", async () => {
    const classifier = await classifierOf(bytes);
    const checks = await checkGradient(classifier, runtime, noise(size));
    expect(checks.length).toBeGreaterThan(1);
    for (const { deviation } of checks) expect(deviation).toBeLessThan(5e-3);
  });
});

it("a quantized classifier whose probabilities are rounded too is explained from its logits on", async () => {
  const net = new NetworkWriter("probabilities", size);
  const y = net.node("Softmax", "softmax", [net.dense("fc", net.flatten("flatten", net.image), [192, 5])], { axis: 1 });
  const parameters = [net.constant("scale", [], [1 / 256]), net.graph.addInitializer("zero", tensor("uint8", [], [0]))];
  const integers = net.node("QuantizeLinear", "quantize", [y, ...parameters]);
  const bytes = net.bytes(net.node("DequantizeLinear", "dequantize", [integers, ...parameters]));
  const classifier = await classifierOf(bytes);
  expect([classifier.scoreFunction, classifier.scoreFunctionKnown]).toEqual(["softmax", true]);
  expect(classifier.model.graph.nodes.map(({ opType }) => opType)).toEqual(["Flatten", "Gemm"]);
});

it("a classifier that rounds nothing stays as it is", async () => {
  const net = new NetworkWriter("plain", size);
  const classifier = await classifierOf(net.bytes(net.dense("fc", net.flatten("flatten", net.image), [192, 5])));
  expect(withoutRounding(classifier)).toBe(classifier);
  expect(classifier.warnings).toEqual([]);
});

it("gives the scales that are multiplied later to the integers that they belong to", async () => {
  const { model } = await classifierOf(dynamic());
  const conv = model.graph.nodes.find(({ opType }) => opType === "Conv");
  expect(conv?.inputs.map((v) => v?.producer?.inputs[1]?.name)).toEqual(["q.scale", "W.scale"]);
  expect(model.graph.nodes.map(({ opType }) => opType)).not.toContain("Mul");
});
