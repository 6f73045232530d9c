import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import type { Value } from "../graph/graph.js";
import { decodeModel } from "../onnx/decode.js";
import { ModelProtoSchema } from "../onnx/onnx_pb.js";
import { classifierOf, mapsOf, noise } from "../testing/explaining.js";
import { NetworkWriter, networks } from "../testing/networks.js";
import { HALF, NOT_FLOAT32, toFloat32 } from "./to-float32.js";

const CODES = { float16: 10, bfloat16: 16 };
type Half = keyof typeof CODES;

/** What a converter makes of a float32 model: constants, ends and declared types of half precision. */
function halved(bytes: Uint8Array, half: Half, ends = true): Uint8Array {
  const proto = fromBinary(ModelProtoSchema, bytes);
  const { graph } = proto;
  if (!graph) throw new Error("no graph");
  for (const constant of graph.initializer) {
    if (constant.dataType !== 1) continue;
    const numbers = new Float32Array(constant.rawData.slice().buffer);
    constant.rawData = new Uint8Array(Uint16Array.from(numbers, half === "float16" ? halfBits : brainBits).buffer);
    constant.dataType = CODES[half];
  }
  const infos = [...graph.input, ...graph.output];
  for (const { type } of infos) if (ends && type?.value.case === "tensorType") type.value.value.elemType = CODES[half];
  return toBinary(ModelProtoSchema, proto);
}

/** Rounded towards zero, for normal numbers and 0. */
function halfBits(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  if (exponent < -14) return 0;
  const fraction = Math.floor((Math.abs(value) / 2 ** exponent - 1) * 1024);
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction;
}

const brainBits = (value: number): number => (new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0) >>> 16;

/** Has what ONNX Runtime's CPU lacks in half precision: windows that overlap, Resize, TopK, Pad by reflection. */
function gaps(): Uint8Array {
  const net = new NetworkWriter("gaps", [1, 3, 12, 12]);
  let x = net.relu("relu", net.conv("conv", net.image, [3, 4]));
  x = net.node("MaxPool", "pool", [x], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  x = net.node("Pad", "pad", [x, net.ints("pads", [0, 0, 1, 1, 0, 0, 1, 1])], { mode: "reflect" });
  x = net.node("LRN", "lrn", [x], { size: 3 });
  x = net.node("HardSwish", "swish", [net.node("Elu", "elu", [x])]);
  x = net.node("ReduceMax", "max", [x, net.ints("axes", [3])], { keepdims: 0 });
  return net.bytes(net.dense("fc", net.flatten("flatten", x), [32, 3]));
}

describe.each(Object.keys(CODES) as Half[])("a model in %s", (half) => {
  it.each(Object.entries({ ...networks, gaps }))("is explained as in float32: %s", async (_, make) => {
    const bytes = make();
    const [full, narrow] = [await classifierOf(bytes), await classifierOf(halved(bytes, half))];
    expect(narrow.image.dtype).toBe("float32");
    const image = noise(full.image.dims);
    const requests = [{ method: "saliency" }, { method: "grad-cam" }, { method: "lrp" }];
    const expected = await mapsOf(full, requests, image, 1);
    const found = await mapsOf(narrow, requests, image, 1);
    for (const [i, { values }] of found.entries()) {
      expect(correlation(values, expected[i]?.values ?? []), requests[i]?.method).toBeGreaterThan(0.98);
    }
  });

  it("keeps its weights where and as they are, and says nothing false of types", async () => {
    const model = toFloat32(decodeModel(halved(networks.residual(), half), "model.onnx"), HALF);
    const weights = model.graph.initializers.filter(({ dtype }) => dtype === half);
    expect(weights.length).toBeGreaterThan(10);
    expect(weights.some(({ initializer }) => initializer?.data.kind === "file")).toBe(true);
    expect(model.graph.nodes.flatMap(({ outputs }) => outputs).map((v) => v?.dtype)).not.toContain(half);
  });
});

describe("toFloat32", () => {
  it("leaves float32 models alone", () => {
    const model = decodeModel(networks.vgg(), "model.onnx");
    expect(toFloat32(model, NOT_FLOAT32)).toBe(model);
  });

  it("gives double precision what ONNX Runtime can't compute in it", async () => {
    const net = new NetworkWriter("double", [1, 3, 8, 8]);
    net.image.dtype = "float64";
    const wide = (x: Value) => net.node("Cast", `${x.name}.wide`, [x], { to: 11 });
    const x = net.node("Mul", "scale", [net.image, wide(net.random("factor", [1, 3, 1, 1], 0.5, 1))]);
    // its gradient is written with Resize, which takes no float64
    const flat = net.flatten("flatten", net.maxPool("pool", x));
    const scores = net.node("Gemm", "fc", [flat, wide(net.weight("w", [48, 2], 48))]);
    const classifier = await classifierOf(net.bytes(scores));
    const [map] = await mapsOf(classifier, ["saliency"], noise([1, 3, 8, 8]), 0);
    expect(map?.values.some((v) => v !== 0)).toBe(true);
  });

  it("follows casts, constants in nodes, and types that a file declares", async () => {
    const net = new NetworkWriter("inside", [1, 3, 8, 8]);
    const half = net.node("Cast", "narrow", [net.image], { to: 10 });
    const two = net.graph.append(
      {
        name: "two",
        opType: "Constant",
        inputs: [],
        attributes: new Map([
          [
            "value",
            {
              kind: "tensor",
              value: { dtype: "float16", dims: [], data: { kind: "bytes", bytes: Uint8Array.of(0, 64) } },
            },
          ],
        ]),
      },
      [{ name: "two_out", dtype: "float16", shape: [] }],
    ).output;
    const doubled = net.node("Mul", "double", [half, two]);
    doubled.dtype = "float16";
    const wide = net.node("Cast", "widen", [doubled], { to: 1 });
    const classifier = await classifierOf(net.bytes(net.dense("fc", net.flatten("flatten", wide), [192, 2])));
    const [map] = await mapsOf(classifier, ["saliency"], noise([1, 3, 8, 8]), 0);
    expect(map?.values.some((v) => v !== 0)).toBe(true);
    expect(classifier.model.graph.nodes.some(({ outputs }) => outputs[0]?.dtype === "float16")).toBe(false);
  });
});

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const dot = (x: ArrayLike<number>, y: ArrayLike<number>) =>
    Array.from(x).reduce((sum, v, i) => sum + v * (y[i] as number), 0);
  const size = Math.sqrt(dot(a, a) * dot(b, b));
  // a class can have nothing that speaks for it
  return size === 0 ? Number(dot(a, a) === dot(b, b)) : dot(a, b) / size;
}
