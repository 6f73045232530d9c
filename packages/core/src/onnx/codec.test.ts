import { readdirSync, readFileSync } from "node:fs";
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { describe, expect, it } from "vitest";
import { numbersOf, tensor } from "../graph/tensor.js";
import { readTarGz } from "../testing/tar.js";
import { decodeModel } from "./decode.js";
import { encodeModel } from "./encode.js";
import {
  AttributeProto_AttributeType as Kind,
  TensorProto_DataLocation as Location,
  type ModelProto,
  ModelProtoSchema,
  TensorProto_DataType as T,
} from "./onnx_pb.js";

type MessageInit = MessageInitShape<typeof ModelProtoSchema>;
type ModelInit = Exclude<MessageInit, ModelProto>;
type GraphInit = NonNullable<ModelInit["graph"]>;
type TensorInit = NonNullable<GraphInit["initializer"]>[number];

const bytesOf = (init: ModelInit) => toBinary(ModelProtoSchema, create(ModelProtoSchema, init as MessageInit));
const roundTrip = (bytes: Uint8Array) =>
  fromBinary(ModelProtoSchema, encodeModel(decodeModel(bytes, "m.onnx"), { weights: rangeOf(bytes) }));
const rangeOf = (bytes: Uint8Array) => (_: string, offset: number, length: number) =>
  bytes.subarray(offset, offset + length);

const info = (name: string, ...dims: (number | string)[]) => ({
  name,
  type: {
    value: {
      case: "tensorType" as const,
      value: {
        elemType: T.FLOAT,
        shape: {
          dim: dims.map((d) => ({
            value:
              typeof d === "number"
                ? { case: "dimValue" as const, value: BigInt(d) }
                : { case: "dimParam" as const, value: d },
          })),
        },
      },
    },
  },
});
const relu = { opType: "Relu", name: "act", input: ["x"], output: ["y"] };
const modelOf = (graph: GraphInit, rest: ModelInit = {}): ModelInit => ({
  irVersion: 10n,
  opsetImport: [{ domain: "", version: 21n }],
  graph: { name: "g", input: [info("x", "N", 3)], output: [info("y", "N", 3)], node: [relu], ...graph },
  ...rest,
});

describe("what survives a round trip", () => {
  it("words around the graph", () => {
    const entry = [{ key: "stride", value: "32" }];
    const model = modelOf(
      {
        docString: "a graph",
        metadataProps: entry,
        node: [{ ...relu, docString: "an activation", metadataProps: entry, domain: "ai.onnx" }],
        input: [{ ...info("x", "N", 3), docString: "an image", metadataProps: entry }],
        valueInfo: [],
        quantizationAnnotation: [{ tensorName: "x", quantParameterTensorNames: entry }],
      },
      {
        docString: "a model",
        metadataProps: [{ key: "labels", value: "cat,dog" }],
        producerName: "torch",
        producerVersion: "2",
        domain: "org.example",
        modelVersion: 7n,
      },
    );
    expectSameMeaning(bytesOf(model));
  });

  it("fields that the schema does not know", () => {
    const unknown = (text: string) => {
      const data = new BinaryWriter().string(text).finish();
      return [{ no: 9000, wireType: WireType.LengthDelimited, data }];
    };
    const initializer = [{ name: "w", dataType: T.FLOAT, dims: [1n], floatData: [1] }];
    const proto = fromBinary(ModelProtoSchema, bytesOf(modelOf({ initializer })));
    const places = [proto, proto.graph, proto.graph?.node[0], proto.graph?.input[0], proto.graph?.initializer[0]];
    for (const [i, place] of places.entries()) if (place) place.$unknown = unknown(`place ${i}`);
    const { graph, ...model } = roundTrip(toBinary(ModelProtoSchema, proto));
    const found = [model, graph, graph?.node[0], graph?.input[0], graph?.initializer[0]];
    expect(found.map((place) => place?.$unknown?.map(({ no, data }) => [no, [...data]]))).toEqual(
      places.map((_, i) => unknown(`place ${i}`).map(({ no, data }) => [no, [...data]])),
    );
  });

  it("attributes of every kind", () => {
    const attribute = [
      { name: "int", type: Kind.INT, i: -(2n ** 60n) },
      { name: "ints", type: Kind.INTS, ints: [1n, -1n] },
      { name: "float", type: Kind.FLOAT, f: 0.5 },
      { name: "floats", type: Kind.FLOATS, floats: [0.25, -0] },
      { name: "string", type: Kind.STRING, s: Uint8Array.of(0xff, 0, 65) },
      { name: "strings", type: Kind.STRINGS, strings: [Uint8Array.of(66)] },
      { name: "tensor", type: Kind.TENSOR, t: { dataType: T.FLOAT, dims: [1n], floatData: [3] } },
      { name: "tensors", type: Kind.TENSORS, tensors: [{ dataType: T.INT64, dims: [], int64Data: [3n] }] },
      { name: "type", type: Kind.TYPE_PROTO, tp: info("x", 2).type },
    ];
    const model = modelOf({ node: [{ ...relu, domain: "org.example", attribute }] });
    expectSameMeaning(bytesOf(model));
  });

  it("optional inputs and outputs that are left out", () => {
    const model = modelOf({ node: [{ opType: "Clip", input: ["x", "", "x"], output: ["", "y"] }] });
    const [node] = roundTrip(bytesOf(model)).graph?.node ?? [];
    expect([node?.input, node?.output]).toEqual([
      ["x", "", "x"],
      ["", "y"],
    ]);
  });

  it("constants that files before IR version 4 list as inputs", () => {
    const initializer = [{ name: "w", dataType: T.FLOAT, dims: [1n], floatData: [2] }];
    const node = [{ opType: "Mul", input: ["x", "w"], output: ["y"] }];
    const input = [info("x", "N", 3), info("w", 1)];
    const model = modelOf({ node, input, initializer }, { irVersion: 3n });
    const decoded = decodeModel(bytesOf(model), "m.onnx");
    expect(decoded.graph.inputs.map((v) => v.name)).toEqual(["x"]);
    expect(roundTrip(bytesOf(model)).graph?.input.map((v) => v.name)).toEqual(["x", "w"]);
    const newer = fromBinary(ModelProtoSchema, encodeModel({ ...decoded, irVersion: 10 }));
    expect(newer.graph?.input.map((v) => v.name)).toEqual(["x"]);
  });

  it("references to weights in other files, with all that the file says of them", () => {
    const externalData = [
      { key: "location", value: "weights/a.bin" },
      { key: "offset", value: "4096" },
      { key: "length", value: "8" },
      { key: "checksum", value: "c0ffee" },
    ];
    const w = { name: "w", dataType: T.FLOAT, dims: [2n], dataLocation: Location.EXTERNAL, externalData };
    const node = [{ opType: "Mul", input: ["x", "w"], output: ["y"] }];
    const decoded = decodeModel(bytesOf(modelOf({ node, initializer: [w] })), "m.onnx");
    expect(decoded.graph.initializers[0]?.initializer?.data).toEqual({
      kind: "file",
      location: "weights/a.bin",
      offset: 4096,
      length: 8,
    });
    const [after] = fromBinary(ModelProtoSchema, encodeModel(decoded)).graph?.initializer ?? [];
    expect(after?.externalData.map(({ key, value }) => ({ key, value }))).toEqual(externalData);
  });

  it("large constants, as references into the model's own file", () => {
    const values = Float32Array.from({ length: 512 }, (_, i) => i);
    const w = { name: "w", dataType: T.FLOAT, dims: [512n], rawData: new Uint8Array(values.buffer) };
    const bytes = bytesOf(modelOf({ initializer: [w] }));
    const decoded = decodeModel(bytes, "m.onnx");
    const data = decoded.graph.initializers[0]?.initializer?.data;
    if (data?.kind !== "file") throw new Error("not a reference");
    expect(new Float32Array(bytes.slice(data.offset, data.offset + data.length).buffer)).toEqual(values);
    expectSameMeaning(bytes);
  });

  it("subgraphs, and what they read of the graph around them", () => {
    const branch = (opType: string) => ({
      name: opType,
      node: [
        { opType, input: ["x"], output: [`${opType}/t`] },
        { opType: "Mul", input: [`${opType}/t`, "w"], output: [`${opType}/y`] },
      ],
      output: [info(`${opType}/y`)],
    });
    const attribute = [
      { name: "then_branch", type: Kind.GRAPH, g: branch("Relu") },
      { name: "else_branch", type: Kind.GRAPH, g: branch("Neg") },
    ];
    const model = modelOf({
      input: [info("x", "N", 3), info("condition")],
      initializer: [{ name: "w", dataType: T.FLOAT, dims: [1n], floatData: [2] }],
      node: [{ opType: "If", name: "choose", input: ["condition"], output: ["y"], attribute }],
    });
    const [node] = decodeModel(bytesOf(model), "m.onnx").graph.nodes;
    expect(node?.captures.map((v) => v.name).sort()).toEqual(["w", "x"]);
    expectSameMeaning(bytesOf(model));
  });

  it("sparse constants and constants of types that Limn has no name for", () => {
    const packed = { name: "packed", dataType: T.INT4, dims: [2n], rawData: Uint8Array.of(0x21) };
    const text = { name: "text", dataType: T.STRING, dims: [1n], stringData: [Uint8Array.of(0xff)] };
    const sparseInitializer = [
      {
        values: { name: "sparse", dataType: T.FLOAT, dims: [1n], floatData: [5] },
        indices: { dataType: T.INT64, dims: [1n], int64Data: [2n] },
        dims: [4n],
      },
    ];
    const model = modelOf({ initializer: [packed, text], sparseInitializer });
    expectSameMeaning(bytesOf(model));
  });
});

describe("elements in typed fields become bytes", () => {
  const cases: [string, TensorInit, number[] | undefined][] = [
    ["float", { dataType: T.FLOAT, floatData: [1.5, -2] }, [1.5, -2]],
    ["double", { dataType: T.DOUBLE, doubleData: [0.1, 1e300] }, [0.1, 1e300]],
    ["int8", { dataType: T.INT8, int32Data: [-128, 127] }, [-128, 127]],
    ["int16", { dataType: T.INT16, int32Data: [-32768, 5] }, [-32768, 5]],
    ["int32", { dataType: T.INT32, int32Data: [-1, 2] }, [-1, 2]],
    ["int64", { dataType: T.INT64, int64Data: [-1n, 2n] }, [-1, 2]],
    ["uint8", { dataType: T.UINT8, int32Data: [255, 0] }, [255, 0]],
    ["uint16", { dataType: T.UINT16, int32Data: [65535, 1] }, [65535, 1]],
    ["uint32", { dataType: T.UINT32, uint64Data: [4294967295n, 1n] }, [4294967295, 1]],
    ["uint64", { dataType: T.UINT64, uint64Data: [2n ** 40n, 1n] }, [2 ** 40, 1]],
    ["bool", { dataType: T.BOOL, int32Data: [1, 0] }, [1, 0]],
    ["float16 (bits)", { dataType: T.FLOAT16, int32Data: [0x3c00, 0xc000] }, undefined],
    ["bfloat16 (bits)", { dataType: T.BFLOAT16, int32Data: [0x3f80, 0xc000] }, undefined],
  ];

  it.each(cases)("%s", (_, init, numbers) => {
    const bytes = bytesOf(modelOf({ initializer: [{ name: "c", dims: [2n], ...init }] }));
    const decode = (b: Uint8Array) => decodeModel(b, "m.onnx").graph.initializers[0]?.initializer;
    const decoded = decode(bytes);
    if (decoded?.data.kind !== "bytes") throw new Error("no bytes");
    if (numbers) expect(numbersOf(decoded)).toEqual(numbers);
    else expect([...new Uint16Array(decoded.data.bytes.slice().buffer)]).toEqual(init?.int32Data);
    const again = decode(toBinary(ModelProtoSchema, roundTrip(bytes)));
    expect({ ...again, origin: 0 }).toEqual({ ...decoded, origin: 0 });
  });

  it("an empty one", () => {
    const bytes = bytesOf(modelOf({ initializer: [{ name: "c", dims: [0n], dataType: T.FLOAT }] }));
    expect(decodeModel(bytes, "m.onnx").graph.initializers[0]?.initializer).toMatchObject(tensor("float32", [0], []));
  });
});

describe("damaged files are refused with a reason", () => {
  const w = (fields: TensorInit): ModelInit => modelOf({ initializer: [{ name: "w", ...fields }] });
  const cases: [string, Uint8Array, string][] = [
    ["nothing", new Uint8Array(), "the file is empty"],
    ["a web page", new TextEncoder().encode("<!DOCTYPE html><html>"), "this is a web page"],
    ["a Git LFS pointer", new TextEncoder().encode("version https://git-lfs.github.com/spec/v1"), "git lfs pull"],
    ["a zip archive", new TextEncoder().encode("PK\x03\x04"), "zip archive"],
    ["noise", Uint8Array.from({ length: 100 }, (_, i) => (i * 37 + 11) % 256), "m.onnx: "],
    ["half a model", bytesOf(modelOf({})).subarray(0, 20), "m.onnx: "],
    ["too few elements", bytesOf(w({ dataType: T.FLOAT, dims: [3n], floatData: [1] })), "needs 12 bytes but has 4"],
    ["a negative size", bytesOf(w({ dataType: T.FLOAT, dims: [-3n], floatData: [1] })), "has the shape [-3]"],
    [
      "two makers of one tensor",
      bytesOf(modelOf({ node: [relu, { ...relu, name: "b" }] })),
      'two tensors are called "y"',
    ],
    ["an output from nowhere", bytesOf(modelOf({ output: [info("z")] })), 'no node gives the output "z"'],
    ["an input from nowhere", bytesOf(modelOf({ node: [{ ...relu, input: ["q"] }] })), 'reads "q"'],
    ["a cycle", bytesOf(modelOf({ node: [{ opType: "Add", input: ["x", "y"], output: ["y"] }] })), "cycle"],
    [
      "weights outside the folder",
      bytesOf(
        w({
          dataType: T.FLOAT,
          dims: [1n],
          dataLocation: Location.EXTERNAL,
          externalData: [{ key: "location", value: "../../etc/passwd" }],
        }),
      ),
      "outside the model's folder",
    ],
  ];

  it.each(cases)("%s", (_, bytes, message) => {
    expect(() => decodeModel(bytes, "m.onnx")).toThrow(expect.objectContaining({ code: "bad-model" }));
    expect(() => decodeModel(bytes, "m.onnx")).toThrow(message);
  });
});

const assets = process.env.LIMN_ASSETS;

describe.skipIf(!assets)(`real files${assets ? "" : " (LIMN_ASSETS is not set)"}`, () => {
  const onnxIn = (folder: string) =>
    readdirSync(`${assets}/${folder}`)
      .filter((name) => name.endsWith(".onnx"))
      .map((name) => [name, readFileSync(`${assets}/${folder}/${name}`)] as const);
  const archive = () =>
    [...readTarGz(readFileSync(`${assets}/onnx-node-602.tar.gz`))].filter(([name]) => name.endsWith("model.onnx"));

  it("mean the same after a round trip", () => {
    for (const [name, bytes] of [...onnxIn("models"), ...onnxIn("onnx-light"), ...archive()]) {
      expectSameMeaning(new Uint8Array(bytes), name);
    }
  });
});

function expectSameMeaning(bytes: Uint8Array, name?: string): void {
  const after = encodeModel(decodeModel(bytes, "m.onnx"), { weights: rangeOf(bytes) });
  expect(meaning(after), name).toEqual(meaning(bytes));
}

/** All that a file says, whichever way it writes constants, empty texts and "ai.onnx", and in whatever order inputs are. */
function meaning(bytes: Uint8Array): unknown {
  const { graph, ...model } = fromBinary(ModelProtoSchema, bytes);
  const constants = decodeModel(bytes, "m.onnx").graph.initializers.map(({ name, initializer: c }) => {
    if (!c) throw new Error(`"${name}" is no constant`);
    const data = c.data.kind === "file" ? rangeOf(bytes)("", c.data.offset, c.data.length) : c.data;
    return { name, dtype: c.dtype, dims: c.dims, data: c.data.kind === "bytes" ? c.data.bytes : data };
  });
  const { initializer: _, input = [], ...rest } = graph ?? {};
  const byName = [...input].sort((a, b) => (a.name < b.name ? -1 : 1));
  return plain({ ...model, ...rest, model: model.docString, graph: graph?.docString, byName, constants });
}

const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, v: unknown) => {
      if (v === "" || (key === "domain" && v === "ai.onnx")) return undefined;
      if (typeof v === "bigint") return String(v);
      return v instanceof Uint8Array ? Buffer.from(v).toString("base64") : v;
    }),
  );
