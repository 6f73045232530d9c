import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { runtime } from "../testing/runtime.js";
import { decodeModel } from "./decode.js";
import { encodeModel } from "./encode.js";
import { AttributeProto_AttributeType as Kind, ModelProtoSchema, TensorProto_DataType as T } from "./onnx_pb.js";

const floats = (name: string, n: number) => ({
  name,
  type: {
    value: {
      case: "tensorType" as const,
      value: { elemType: T.FLOAT, shape: { dim: [{ value: { case: "dimValue" as const, value: BigInt(n) } }] } },
    },
  },
});
const reference = (name: string, refAttrName: string, type: Kind) => ({ name, refAttrName, type });
const float = (name: string, f: number) => ({ name, f, type: Kind.FLOAT });

/** leaky(x, slope = 1/2) is a LeakyRelu; twice(x, k) = leaky(leaky(x), k), and x itself. */
const MODEL: MessageInitShape<typeof ModelProtoSchema> = {
  irVersion: 10n,
  opsetImport: [
    { domain: "", version: 17n },
    { domain: "net", version: 1n },
  ],
  functions: [
    {
      domain: "net",
      name: "leaky",
      input: ["a"],
      output: ["b"],
      attributeProto: [float("slope", 0.5)],
      opsetImport: [{ domain: "", version: 17n }],
      node: [
        { opType: "Identity", name: "first", input: ["a"], output: ["t"] },
        {
          opType: "LeakyRelu",
          name: "second",
          input: ["t"],
          output: ["b"],
          attribute: [reference("alpha", "slope", Kind.FLOAT)],
        },
      ],
    },
    {
      domain: "net",
      name: "twice",
      input: ["a"],
      output: ["b", "a"],
      attribute: ["k"],
      opsetImport: [
        { domain: "", version: 17n },
        { domain: "net", version: 1n },
      ],
      node: [
        { domain: "net", opType: "leaky", name: "one", input: ["a"], output: ["t"] },
        {
          domain: "net",
          opType: "leaky",
          name: "two",
          input: ["t"],
          output: ["b"],
          attribute: [reference("slope", "k", Kind.FLOAT)],
        },
      ],
    },
  ],
  graph: {
    name: "g",
    input: [floats("x", 2)],
    output: [floats("y", 2), floats("same", 2), floats("z", 2)],
    node: [
      {
        domain: "net",
        opType: "twice",
        name: "block",
        input: ["x"],
        output: ["y", "same"],
        attribute: [float("k", 0.25)],
      },
      { domain: "net", opType: "twice", name: "block/one", input: ["x"], output: ["z"] },
    ],
  },
};

const bytesOf = (init: MessageInitShape<typeof ModelProtoSchema>) =>
  toBinary(ModelProtoSchema, create(ModelProtoSchema, init));

describe("functions of a model", () => {
  it("are written in the place of their calls", async () => {
    const model = decodeModel(bytesOf(MODEL), "m.onnx");
    expect(model.graph.nodes.map((n) => n.opType)).toEqual([
      ...["Identity", "LeakyRelu", "Identity", "LeakyRelu", "Identity"],
      ...["Identity", "LeakyRelu", "Identity", "LeakyRelu"],
    ]);
    expect(model.graph.nodes.slice(0, 4).map((n) => n.name)).toEqual([
      "block/one/first",
      "block/one/second",
      "block/two/first",
      "block/two/second",
    ]);
    const encoded = encodeModel(model);
    expect(fromBinary(ModelProtoSchema, encoded).functions).toEqual([]);
    const x = { dtype: "float32", dims: [2], data: Float32Array.of(-1, 2) } as const;
    const session = await runtime.createSession(encoded);
    const { y, same, z } = await session.run({ x }, ["y", "same", "z"]);
    await session.release();
    expect(y?.data).toEqual(Float32Array.of(-1 * 0.5 * 0.25, 2));
    expect(same?.data).toEqual(x.data);
    expect(z?.data).toEqual(Float32Array.of(-1 * 0.5 * 0.5, 2));
  });

  it("may not call themselves", () => {
    const [leaky, twice] = MODEL.functions ?? [];
    const endless = { ...leaky, node: [{ domain: "net", opType: "leaky", input: ["a"], output: ["b"] }] };
    expect(() => decodeModel(bytesOf({ ...MODEL, functions: [endless, twice ?? {}] }), "m.onnx")).toThrow(
      "m.onnx: the function leaky calls itself",
    );
  });

  it("must be in the model's operator set", () => {
    const [leaky, twice] = MODEL.functions ?? [];
    const newer = { ...leaky, opsetImport: [{ domain: "", version: 18n }] };
    expect(() => decodeModel(bytesOf({ ...MODEL, functions: [newer, twice ?? {}] }), "m.onnx")).toThrow(
      "function leaky is written in opset 18, but the model in 17",
    );
  });
});
