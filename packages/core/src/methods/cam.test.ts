import { describe, expect, it } from "vitest";
import { compile } from "../compile/compile.js";
import type { Value } from "../graph/graph.js";
import { tensor } from "../graph/tensor.js";
import { classifierOf, explainOnce, mapsOf, noise } from "../testing/explaining.js";
import { NetworkWriter, networks, vgg } from "../testing/networks.js";

const W = [0.5, -1, 0.25, 2, 1, 1, -0.5, 0, -2, 0.75, 1, -1];
const BIAS = [0.1, -0.2, 0.3];
const transposed = [0, 1, 2, 3].flatMap((k) => [0, 1, 2].map((c) => W[c * 4 + k] as number));

type Net = NetworkWriter;

/** Four channels of 6x5 positions, then the given head. */
function withHead(head: (net: Net, x: Value) => Value): Uint8Array {
  const net = new NetworkWriter("cam", [1, 3, 6, 5]);
  return net.bytes(head(net, net.relu("relu", net.conv("conv", net.image, [3, 4]))));
}

const gemm = (net: Net, x: Value) =>
  net.node("Gemm", "fc", [x, net.constant("W", [3, 4], W), net.constant("b", [3], BIAS)], { transB: 1 });
const pooled = (net: Net, x: Value) => net.flatten("flatten", net.globalPool("pool", x));
const pads = (net: Net) => net.ints("pads", [0, 0, 0, 0, 0, 0, 0, 0]);
const matmul = (net: Net, x: Value) => net.node("MatMul", "matmul", [x, net.constant("W", [4, 3], transposed)]);
const reduce = (net: Net, x: Value, axes: number[], keepdims: number) =>
  net.node("ReduceMean", "pool", [x, net.ints("axes", axes)], { keepdims });
const average = (net: Net, x: Value, attributes: object) => net.node("AveragePool", "pool", [x], { ...attributes });

/** One network in the spellings of exporters. */
const SPELLINGS: Record<string, (net: Net, x: Value) => Value> = {
  "GlobalAveragePool, Flatten, Gemm with transB": (net, x) => gemm(net, pooled(net, x)),
  "ReduceMean without keepdims": (net, x) => gemm(net, reduce(net, x, [2, 3], 0)),
  "ReduceMean with keepdims, negative axes, Flatten": (net, x) =>
    gemm(net, net.flatten("flatten", reduce(net, x, [-1, -2], 1))),
  "AveragePool of full size": (net, x) => gemm(net, net.flatten("flatten", average(net, x, { kernel_shape: [6, 5] }))),
  "AveragePool of more than the size, counting no pads": (net, x) =>
    gemm(net, net.flatten("flatten", average(net, x, { kernel_shape: [7, 7], pads: [0, 1, 1, 1] }))),
  "AveragePool of more than the size in ceil mode, as transformers' EfficientNet has it": (net, x) =>
    gemm(
      net,
      net.flatten(
        "flatten",
        average(net, x, { kernel_shape: [64, 64], strides: [64, 64], ceil_mode: 1, count_include_pad: 1 }),
      ),
    ),
  "ReduceMean of tokens in a row": (net, x) =>
    gemm(net, reduce(net, net.node("Reshape", "tokens", [x, net.ints("shape", [1, 4, 30])]), [2], 0)),
  // PyTorch's exporter writes as_strided so
  "ReduceMean, and a Gather of everything in its order": (net, x) => {
    const row = net.node("Reshape", "row", [reduce(net, x, [2, 3], 1), net.ints("all", [-1])]);
    const positions = net.graph.addInitializer("positions", tensor("int64", [1, 4, 1, 1], [0, 1, 2, 3]));
    return gemm(net, net.flatten("flatten", net.node("Gather", "strided", [row, positions])));
  },
  // ONNX Runtime's optimizer takes a Transpose over the mean
  "ReduceMean with channels last, Transpose": (net, x) => {
    const last = net.node("Transpose", "last", [x], { perm: [0, 2, 3, 1] });
    const first = net.node("Transpose", "first", [reduce(net, last, [1, 2], 1)], { perm: [0, 3, 1, 2] });
    return gemm(net, net.flatten("flatten", first));
  },
  "GlobalAveragePool of tokens in a row": (net, x) =>
    gemm(net, pooled(net, net.node("Reshape", "tokens", [x, net.ints("shape", [1, 4, 1, 30])]))),
  "after a Pad by nothing": (net, x) => gemm(net, pooled(net, net.node("Pad", "pad", [x, pads(net)]))),
  Squeeze: (net, x) => gemm(net, net.node("Squeeze", "squeeze", [net.globalPool("pool", x), net.ints("axes", [2, 3])])),
  "Reshape, Dropout": (net, x) =>
    gemm(
      net,
      net.node("Dropout", "drop", [
        net.node("Reshape", "reshape", [net.globalPool("pool", x), net.ints("shape", [1, -1])]),
      ]),
    ),
  "Gemm without transB, alpha and beta": (net, x) =>
    net.node(
      "Gemm",
      "fc",
      [
        pooled(net, x),
        net.constant(
          "W",
          [4, 3],
          transposed.map((w) => w / 2),
        ),
        net.constant(
          "b",
          [1, 3],
          BIAS.map((b) => b * 2),
        ),
      ],
      {
        alpha: { kind: "float", value: 2 },
        beta: { kind: "float", value: 0.5 },
      },
    ),
  "MatMul, Add": (net, x) => net.node("Add", "add", [matmul(net, pooled(net, x)), net.constant("b", [3], BIAS)]),
  "Add of MatMul on the right": (net, x) =>
    net.node("Add", "add", [net.constant("b", [1, 3], BIAS), matmul(net, pooled(net, x))]),
  "1x1 convolution of the pooled features": (net, x) => {
    const parameters = [net.constant("W", [3, 4, 1, 1], W), net.constant("b", [3], BIAS)];
    return net.flatten("flatten", net.node("Conv", "fc", [net.globalPool("pool", x), ...parameters]));
  },
  "MatMul of a Transpose": (net, x) => {
    const turned = net.node("Transpose", "turn", [net.constant("W", [3, 4], W)], { perm: [1, 0] });
    return net.node("Add", "add", [
      net.node("MatMul", "matmul", [pooled(net, x), turned]),
      net.constant("b", [3], BIAS),
    ]);
  },
};

describe("cam", () => {
  it("is the class's weights on the pooled activations", async () => {
    const net = new NetworkWriter("by hand", [1, 2, 2, 2]);
    const A = net.node("Conv", "conv", [net.image, net.constant("identity", [2, 2, 1, 1], [1, 0, 0, 1])]);
    const w = net.constant("w", [2, 2], [1, -2, 0, 4]);
    const b = net.constant("b", [2], [0.5, 10]);
    const classifier = await classifierOf(net.bytes(net.node("Gemm", "fc", [pooled(net, A), w, b], { transB: 1 })));
    const image = { dtype: "float32", dims: [1, 2, 2, 2], data: Float32Array.of(4, -1, 8, 2, 1, 3, -5, 1) } as const;
    const [map] = await mapsOf(classifier, ["cam"], image, 0);
    expect([...(map?.values ?? [])]).toEqual([4 - 2, -1 - 6, 8 + 10, 2 - 2]);
    expect(map?.request).toMatchObject({
      signed: true,
      layer: { tensor: "conv_out", stage: "stage1" },
      shape: [1, 2, 2],
    });
  });

  it.each(Object.entries(SPELLINGS))("reads %s", async (_, head) => {
    const image = noise([1, 3, 6, 5]);
    const reference = await classifierOf(withHead((net, x) => gemm(net, pooled(net, x))));
    const classifier = await classifierOf(withHead(head));
    for (const target of [0, 2]) {
      const [expected] = await explainOnce(reference, [{ method: "cam" }], image, [target]);
      const [found] = await explainOnce(classifier, [{ method: "cam" }], image, [target]);
      const [map] = found?.maps ?? [];
      expect(map?.shape).toEqual([6, 5]);
      map?.values.forEach((v, i) => {
        expect(v).toBeCloseTo(expected?.maps[0]?.values[i] as number, 5);
      });
      expect(mean(map?.values) + (BIAS[target] as number)).toBeCloseTo(found?.logits[target] as number, 5);
    }
  });

  it.each([
    ["Flatten", (net: Net, x: Value) => net.flatten("out", x)],
    ["Reshape", (net: Net, x: Value) => net.node("Reshape", "out", [x, net.ints("shape", [1, 3])])],
    ["Softmax", (net: Net, x: Value) => net.node("Softmax", "out", [net.flatten("flatten", x)], { axis: 1 })],
  ])("reads a 1x1 convolution before the pool, then %s", async (_, end) => {
    const head = (net: Net, x: Value) => {
      const parameters = [net.constant("W", [3, 4, 1, 1], W), net.constant("b", [3], BIAS)];
      return end(net, net.globalPool("pool", net.node("Conv", "classes", [x, ...parameters])));
    };
    const [explanation] = await explainOnce(
      await classifierOf(withHead(head)),
      [{ method: "cam" }],
      noise([1, 3, 6, 5]),
      [1],
    );
    expect(mean(explanation?.maps[0]?.values)).toBeCloseTo(explanation?.logits[1] as number, 5);
    expect(explanation?.maps[0]?.request.layer?.tensor).toBe("classes_out");
  });

  it.each(Object.entries(networks).filter(([, make]) => make !== vgg))("fits %s", async (_, make) => {
    const classifier = await classifierOf(make());
    // the residual is checked on every run
    const [map] = await mapsOf(classifier, ["cam"], noise(classifier.image.dims));
    expect(map?.values.some((v) => v !== 0)).toBe(true);
  });

  it.each<[string, string, Uint8Array]>([
    ["two dense layers", "fc1.relu (Relu)", vgg()],
    [
      "flattened positions",
      "flatten (Flatten)",
      withHead((net, x) => net.dense("fc", net.flatten("flatten", x), [120, 3])),
    ],
    [
      "max-pooling",
      "pool (GlobalMaxPool)",
      withHead((net, x) => gemm(net, net.flatten("flatten", net.node("GlobalMaxPool", "pool", [x])))),
    ],
    [
      "an activation between pool and layer",
      "tanh (Tanh)",
      withHead((net, x) => gemm(net, net.node("Tanh", "tanh", [pooled(net, x)]))),
    ],
    [
      "a sum of two pools",
      "sum (Add)",
      withHead((net, x) => {
        const strongest = net.flatten("flatten2", net.node("GlobalMaxPool", "max", [x]));
        return gemm(net, net.node("Add", "sum", [pooled(net, x), strongest]));
      }),
    ],
    [
      "a mean over channels",
      "flatten (Flatten)",
      withHead((net, x) => net.dense("fc", net.flatten("flatten", reduce(net, x, [1], 1)), [30, 3])),
    ],
    [
      "a pool that counts its pads",
      "pool (AveragePool)",
      withHead((net, x) =>
        gemm(
          net,
          net.flatten("flatten", average(net, x, { kernel_shape: [8, 7], pads: [1, 1, 1, 1], count_include_pad: 1 })),
        ),
      ),
    ],
    [
      "a step after the dense layer",
      "scaled (Mul)",
      withHead((net, x) => net.node("Mul", "scaled", [gemm(net, pooled(net, x)), net.constant("t", [], [2])])),
    ],
    [
      "a mean that counts a token without a place",
      "pool (ReduceMean)",
      withHead((net, x) => {
        const row = net.node("Reshape", "row", [x, net.ints("s", [1, 4, 30])]);
        const first = net.random("class", [1, 4, 1], -1, 1);
        return gemm(net, reduce(net, net.node("Concat", "tokens", [first, row], { axis: 2 }), [2], 0));
      }),
    ],
    [
      "a mean of a row that counts a token without a place",
      "pool (GlobalAveragePool)",
      withHead((net, x) => {
        const row = net.node("Reshape", "row", [x, net.ints("s", [1, 4, 1, 30])]);
        const first = net.random("class", [1, 4, 1, 1], -1, 1);
        return gemm(net, pooled(net, net.node("Concat", "tokens", [first, row], { axis: 3 })));
      }),
    ],
    [
      "nothing but a dense layer",
      "flatten (Flatten)",
      (() => {
        const net = new NetworkWriter("linear", [1, 3, 4, 4]);
        return net.bytes(net.dense("fc", net.flatten("flatten", net.image), [48, 3]));
      })(),
    ],
  ])("refuses %s, naming %s", async (_, name, model) => {
    const classifier = await classifierOf(model);
    expect(() => compile(classifier, [{ method: "cam" }])).toThrow(
      expect.objectContaining({
        code: "not-applicable",
        message: expect.stringMatching(new RegExp(`^cam: ${name.replace(/[()]/g, "\\$&")} .*; use grad-cam`)),
      }),
    );
  });
});

const mean = (values: Float32Array = Float32Array.of(Number.NaN)): number =>
  values.reduce((sum, v) => sum + v, 0) / values.length;
