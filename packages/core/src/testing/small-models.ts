import { fromJson, type JsonObject, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "../onnx/onnx_pb.js";
import { randomNumbers } from "./random.js";

// Small models as ONNX bytes, written in ONNX's own words: what a file can say goes beyond Limn's graph
// (named dimensions, outputs without a type).

/** ONNX's codes for element types. */
const TYPE_CODES = { float32: 1, int64: 7, bool: 9, float16: 10, bfloat16: 16 };

type Dimension = number | string;

/** An input or output; without a type it is left to shape inference. */
export function info(name: string, dtype?: keyof typeof TYPE_CODES, shape: readonly Dimension[] = []): JsonObject {
  if (!dtype) return { name };
  const dim = shape.map((d) => (typeof d === "string" ? { dimParam: d } : { dimValue: d }));
  return { name, type: { tensorType: { elemType: TYPE_CODES[dtype], shape: { dim } } } };
}

/** A node with one output. */
export function node(
  opType: string,
  inputs: readonly string[],
  output: string,
  ints: Readonly<Record<string, readonly number[]>> = {},
): JsonObject {
  const attribute = Object.entries(ints).map(([name, values]) => ({ name, type: "INTS", ints: [...values] }));
  return { name: output, opType, input: [...inputs], output: [output], attribute };
}

/** A float32 constant, its bytes in the file. */
export function weight(name: string, dims: readonly number[], values: readonly number[]): JsonObject {
  const rawData = Buffer.from(Float32Array.from(values).buffer).toString("base64");
  return { name, dataType: TYPE_CODES.float32, dims: [...dims], rawData };
}

/** A float32 constant in a file next to the model. */
export function weightIn(location: string, name: string, dims: readonly number[], offset: number): JsonObject {
  const length = 4 * dims.reduce((product, d) => product * d, 1);
  const place = { location, offset, length };
  const externalData = Object.entries(place).map(([key, value]) => ({ key, value: `${value}` }));
  return { name, dataType: TYPE_CODES.float32, dims: [...dims], dataLocation: "EXTERNAL", externalData };
}

interface Parts {
  readonly input: JsonObject[];
  readonly output: JsonObject[];
  readonly node: JsonObject[];
  readonly initializer?: JsonObject[];
}

/** @param opset of ONNX's own operators */
export function modelBytes(parts: Parts, opset = 21, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const graph = { name: "small", ...parts };
  const metadataProps = Object.entries(metadata).map(([key, value]) => ({ key, value }));
  return toBinary(
    ModelProtoSchema,
    fromJson(ModelProtoSchema, { irVersion: 10, opsetImport: [{ version: opset }], graph, metadataProps }),
  );
}

/** The shape that `convolutionalClassifier` takes. */
export const IMAGE_SHAPE = [1, 3, 16, 16];

/**
 * Two convolutions with a max-pooling between them, then global pooling and a dense layer: 10 classes, seeded
 * random weights. The kernels take more than a kilobyte each, so that they are referred to, not copied.
 */
export function convolutionalClassifier(): Uint8Array {
  const next = randomNumbers("small classifier");
  /** Uniform of He's variance, so that activations keep their scale. */
  const random = (name: string, dims: number[], fanIn: number) => {
    const limit = Math.sqrt(6 / fanIn);
    const size = dims.reduce((product, d) => product * d, 1);
    return weight(
      name,
      dims,
      Array.from({ length: size }, () => (2 * next() - 1) * limit),
    );
  };
  return modelBytes({
    input: [info("image", "float32", ["batch", ...IMAGE_SHAPE.slice(1)])],
    output: [info("scores", "float32", ["batch", 10])],
    node: [
      node("Conv", ["image", "w1", "b1"], "conv1", { pads: [1, 1, 1, 1], kernel_shape: [3, 3] }),
      node("Relu", ["conv1"], "relu1"),
      node("MaxPool", ["relu1"], "pool", { kernel_shape: [2, 2], strides: [2, 2] }),
      node("Conv", ["pool", "w2", "b2"], "conv2", { pads: [1, 1, 1, 1], kernel_shape: [3, 3] }),
      node("Relu", ["conv2"], "relu2"),
      node("GlobalAveragePool", ["relu2"], "mean"),
      node("Flatten", ["mean"], "features"),
      node("Gemm", ["features", "w3", "b3"], "scores"),
    ],
    initializer: [
      random("w1", [16, 3, 3, 3], 27),
      random("b1", [16], 27),
      random("w2", [32, 16, 3, 3], 144),
      random("b2", [32], 144),
      random("w3", [32, 10], 32),
      random("b3", [10], 32),
    ],
  });
}
