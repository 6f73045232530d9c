import { describe, expect, it } from "vitest";
import { checkGradient } from "../check/finite-differences.js";
import { attributesFrom } from "../graph/attributes.js";
import type { Value } from "../graph/graph.js";
import { type DataType, tensor } from "../graph/tensor.js";
import { codeOf } from "../onnx/types.js";
import type { TypedArray } from "../session.js";
import { classifierOf, explainOnce, imageOf, mapsOf, runtime } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";
import { randomNumbers } from "../testing/random.js";

/** What stands between the input and the network: [1, 3, 8, 8] of floats in the end. */
type Entrance = (net: NetworkWriter, x: Value) => Value;

function network(dtype: DataType, shape: readonly number[], entrance: Entrance): Uint8Array {
  const net = new NetworkWriter("whole numbers", shape);
  net.image.dtype = dtype;
  const x = entrance(net, net.image);
  const mean = net.constant("mean", [1, 3, 1, 1], [123, 116, 104]);
  const std = net.constant("std", [1, 3, 1, 1], [58, 57, 57]);
  const A = net.relu(
    "relu",
    net.conv("conv", net.node("Div", "div", [net.node("Sub", "sub", [x, mean]), std]), [3, 4]),
  );
  return net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", A)), [4, 3]));
}

const to =
  (dtype: DataType) =>
  (net: NetworkWriter, x: Value, name = `to ${dtype}`) =>
    net.node("Cast", name, [x], { to: codeOf(dtype) });
const float = to("float32");
const channelsFirst = (net: NetworkWriter, x: Value) => net.node("Transpose", "nchw", [x], { perm: [0, 3, 1, 2] });
const bytes = (net: NetworkWriter, name: string, values: readonly number[]) =>
  net.graph.addInitializer(name, tensor("uint8", values.length === 1 ? [] : [values.length], values));

const FIRST = [1, 3, 8, 8];
const LAST = [1, 8, 8, 3];

const random = randomNumbers("pixels");
const pixels = Array.from({ length: 768 }, () => Math.floor(256 * random()));

const ARRAYS: Partial<Record<DataType, (values: number[]) => TypedArray>> = {
  uint8: (v) => Uint8Array.from(v),
  uint16: (v) => Uint16Array.from(v),
  int32: (v) => Int32Array.from(v),
  int64: (v) => BigInt64Array.from(v, BigInt),
};

const entrances: [string, DataType, readonly number[], Entrance][] = [
  ["a Cast", "uint8", FIRST, float],
  ["a Cast of other whole numbers", "int32", FIRST, float],
  ["a Cast of long ones", "int64", FIRST, float],
  ["a Cast, then a Transpose", "uint8", LAST, (net, x) => channelsFirst(net, float(net, x))],
  ["a Transpose, then a Cast", "uint8", LAST, (net, x) => float(net, channelsFirst(net, x))],
  ["a Cast to longer numbers, then one to floats", "uint8", FIRST, (net, x) => float(net, to("int32")(net, x))],
  ["Casts to double and float", "uint8", FIRST, (net, x) => float(net, to("float64")(net, x))],
  [
    "blue first, by a Gather",
    "uint8",
    FIRST,
    (net, x) => float(net, net.node("Gather", "rgb", [x, net.ints("order", [2, 1, 0])], { axis: 1 })),
  ],
  [
    "blue first, in pieces",
    "uint8",
    FIRST,
    (net, x) => {
      const init = {
        name: "split",
        opType: "Split",
        inputs: [x],
        attributes: attributesFrom({ axis: 1, num_outputs: 3 }),
      };
      const type = { dtype: undefined, shape: undefined };
      const { outputs } = net.graph.append(
        init,
        ["r", "g", "b"].map((name) => ({ name, ...type })),
      );
      return float(net, net.node("Concat", "rgb", outputs.toReversed() as Value[], { axis: 1 }));
    },
  ],
  [
    "a shape of its own making",
    "uint8",
    FIRST,
    (net, x) => float(net, net.node("Reshape", "again", [x, net.node("Shape", "shape", [x])])),
  ],
  [
    "a border",
    "uint8",
    [1, 3, 6, 6],
    (net, x) =>
      float(net, net.node("Pad", "pad", [x, net.ints("pads", [0, 0, 1, 1, 0, 0, 1, 1]), bytes(net, "gray", [114])])),
  ],
  [
    "SpaceToDepth",
    "uint8",
    [1, 3, 16, 16],
    (net, x) => {
      const blocks = net.node("SpaceToDepth", "blocks", [x], { blocksize: 2 });
      return float(
        net,
        net.node("Slice", "first", [blocks, net.ints("from", [0]), net.ints("to", [3]), net.ints("axes", [1])]),
      );
    },
  ],
  [
    "differences and products of longer numbers",
    "uint8",
    FIRST,
    (net, x) => {
      const number = (name: string, value: number) => net.graph.addInitializer(name, tensor("int32", [], [value]));
      const centered = net.node("Sub", "center", [to("int32")(net, x), number("gray", 128)]);
      return float(net, net.node("Mul", "double", [centered, number("two", 2)]));
    },
  ],
  ["a negative", "uint8", FIRST, (net, x) => float(net, net.node("Sub", "negative", [bytes(net, "white", [255]), x]))],
  [
    "bounds",
    "uint8",
    FIRST,
    (net, x) => float(net, net.node("Clip", "clip", [x, bytes(net, "low", [20]), bytes(net, "high", [230])])),
  ],
  [
    "the brightest of four",
    "uint8",
    [1, 3, 16, 16],
    (net, x) => float(net, net.node("MaxPool", "pool", [x], { kernel_shape: [2, 2], strides: [2, 2] })),
  ],
  [
    "a Cast to the type of another",
    "uint8",
    FIRST,
    (net, x) => net.node("CastLike", "like", [x, net.constant("one", [], [1])]),
  ],
  [
    "scales of quantized numbers, one for each channel",
    "uint8",
    FIRST,
    (net, x) => net.node("DequantizeLinear", "float", [x, net.constant("scales", [3], [0.5, 1, 2])], { axis: 1 }),
  ],
  [
    "a scale of quantized numbers",
    "uint8",
    FIRST,
    (net, x) => net.node("DequantizeLinear", "float", [x, net.constant("scale", [], [0.5]), bytes(net, "zero", [3])]),
  ],
];

describe("takeFloats", () => {
  it.each(entrances)("starts at the floats behind %s", async (_, dtype, shape, entrance) => {
    const file = network(dtype, shape, entrance);
    const classifier = await classifierOf(file);
    const values = pixels.slice(
      0,
      shape.reduce((a, b) => a * b, 1),
    );
    const image = imageOf(shape, values);
    expect(classifier).toMatchObject({ rawPixels: true, image: { name: "input", dtype: "float32", shape } });

    const [explanation] = await explainOnce(classifier, [{ method: "saliency" }], image, [1]);
    const session = await runtime.createSession(file);
    const scores = async (given: number[]) => {
      const data = (ARRAYS[dtype] as (v: number[]) => TypedArray)(given);
      const outputs = await session.run({ input: { dtype, dims: shape, data } }, ["fc_out"]);
      return Array.from(outputs.fc_out?.data as Float32Array);
    };
    const expected = await scores(values);
    for (const [c, y] of expected.entries()) expect(explanation?.logits[c]).toBeCloseTo(y, 4);

    // a step of one gray level, both ways, on the file itself
    const [map] = await mapsOf(classifier, [{ method: "saliency", options: { reduce: "none" } }], image, 1);
    const at = values.findIndex((v) => v > 0 && v < 255);
    const stepped = (by: number) => scores(values.map((v, i) => (i === at ? v + by : v)));
    const [up, down] = [await stepped(1), await stepped(-1)];
    await session.release();
    expect(map?.values[at]).toBeCloseTo(((up[1] as number) - (down[1] as number)) / 2, 4);
  });

  it.each(["linear", "cubic"])("passes straight through what a Resize rounds, mode %s", async (mode) => {
    const file = network("uint8", [1, 6, 6, 3], (net, x) => {
      const inputs = [x, undefined, net.constant("scales", [4], [1, 4 / 3, 4 / 3, 1])] as unknown as Value[];
      return channelsFirst(net, float(net, net.node("Resize", "resize", inputs, { mode })));
    });
    const classifier = await classifierOf(file);
    expect(classifier.warnings).toEqual([
      expect.stringMatching(/^the model computes with its pixels in whole numbers: /),
    ]);
    const values = pixels.slice(0, 108);
    const image = imageOf([1, 6, 6, 3], values);
    const [explanation] = await explainOnce(classifier, [{ method: "lrp" }], image, [1]);
    const session = await runtime.createSession(file);
    const feeds = { input: { dtype: "uint8" as const, dims: [1, 6, 6, 3], data: Uint8Array.from(values) } };
    const scores = (await session.run(feeds, ["fc_out"])).fc_out?.data as Float32Array;
    await session.release();
    expect(Array.from(explanation?.logits ?? [])).toEqual(Array.from(scores, (y) => expect.closeTo(y, 4)));
    const [check] = await checkGradient(classifier, runtime, image, 1);
    expect(check?.verdict).toBe("right");
  });

  it("takes int8, of which files don't say what it stands for", async () => {
    const { rawPixels, warnings } = await classifierOf(network("int8", FIRST, float));
    expect([rawPixels, warnings]).toEqual([false, [expect.stringContaining("--preprocess raw --mean 128")]]);
  });

  it("knows pixels that come as floats from those that don't", async () => {
    const file = network("float32", FIRST, (_, x) => x);
    expect((await classifierOf(file)).rawPixels).toBe(false);
  });

  it.each<[string, Entrance, string]>([
    [
      "numbers that wrap around",
      (net, x) => float(net, net.node("Sub", "center", [x, bytes(net, "gray", [128])])),
      "center (Sub): Sub may give -128, which uint8 can't hold, so that numbers wrap around",
    ],
    [
      "quotients that are cut off",
      (net, x) => float(net, net.node("Div", "halve", [x, bytes(net, "two", [2])])),
      'halve (Div): Div computes in whole numbers on the input "input" of type uint8, through which no gradient flows; export the model with a Cast to float32 right after its input',
    ],
    [
      "types too short for pixels",
      (net, x) => float(net, to("int8")(net, x)),
      "to int8 (Cast): Cast may give 255, which int8 can't hold",
    ],
    [
      "looking up",
      (net, x) => net.node("Gather", "embed", [net.constant("table", [256], pixels.concat(pixels).slice(0, 256)), x]),
      "embed (Gather): Gather computes",
    ],
  ])("refuses %s, by name", async (_, entrance, message) => {
    await expect(classifierOf(network("uint8", FIRST, entrance))).rejects.toThrow(message);
  });

  it("refuses other types", async () => {
    const file = network("bool", FIRST, float);
    await expect(classifierOf(file)).rejects.toThrow(
      'the input "input" is of type bool, but gradients need a floating point input, or whole numbers that a Cast makes floats',
    );
  });
});
