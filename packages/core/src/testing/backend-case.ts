import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import type { DataType } from "../graph/tensor.js";
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as ElementType,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "../onnx/onnx_pb.js";
import { decodeTensor } from "../onnx/tensors.js";
import type { TensorValue, TypedArray } from "../session.js";

/** One of ONNX's backend tests: a model, and for its inputs and outputs in order the protobuf of a value. */
export interface BackendCase {
  readonly name: string;
  readonly model: Uint8Array;
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

/** The cases in a tree of `<case>/model.onnx` and `<case>/test_data_set_0/{input,output}_<i>.pb`. */
export function backendCases(files: ReadonlyMap<string, Uint8Array>): BackendCase[] {
  return [...files]
    .filter(([path]) => path.endsWith("/model.onnx"))
    .map(([path, model]) => {
      const folder = path.slice(0, -"/model.onnx".length);
      const values = (kind: string) => {
        const found: Uint8Array[] = [];
        for (let i = 0; ; i++) {
          const bytes = files.get(`${folder}/test_data_set_0/${kind}_${i}.pb`);
          if (!bytes) return found;
          found.push(bytes);
        }
      };
      return { name: folder.replace(/^.*\//, ""), model, inputs: values("input"), outputs: values("output") };
    });
}

/** A model that takes and gives tensors only, of types that JavaScript has arrays for. */
export interface Runnable {
  readonly model: Uint8Array;
  readonly feeds: Record<string, TensorValue>;
  readonly expected: ReadonlyMap<string, TensorValue>;
}

/**
 * Fits a model with the values of a case. ONNX Runtime's JavaScript API passes neither sequences nor optionals nor
 * bfloat16: these are put together and taken apart inside the graph. Half precision comes back as float32.
 */
export function runnable(model: Uint8Array, { inputs, outputs }: BackendCase): Runnable {
  const proto = fromBinary(ModelProtoSchema, model);
  if (!proto.graph) throw new Error("no graph");
  const before: NodeProto[] = [];
  const after: NodeProto[] = [];
  const feeds: Record<string, TensorValue> = {};
  const expected = new Map<string, TensorValue>();
  const taken: ValueInfoProto[] = [];
  const given: ValueInfoProto[] = [];

  const feed = (name: string, tensor: TensorProto): string => {
    const widened = tensor.dataType === ElementType.BFLOAT16;
    const from = widened ? `${name}/float32` : name;
    const value = tensorValue(tensor, widened);
    feeds[from] = value;
    taken.push(info(from, widened ? ElementType.FLOAT : tensor.dataType, value.dims));
    if (widened) before.push(node("Cast", [from], name, { to: ElementType.BFLOAT16 }));
    return name;
  };
  const fetch = (name: string, tensor: TensorProto): void => {
    const half = tensor.dataType === ElementType.BFLOAT16 || tensor.dataType === ElementType.FLOAT16;
    const to = half ? `${name}/float32` : name;
    if (half) after.push(node("Cast", [name], to, { to: ElementType.FLOAT }));
    given.push(create(ValueInfoProtoSchema, { name: to }));
    expected.set(to, tensorValue(tensor, half));
  };

  proto.graph.input.forEach((input, i) => {
    const bytes = inputs[i];
    if (!bytes) return;
    const kind = input.type?.value.case;
    if (kind === "tensorType") {
      feed(input.name, fromBinary(TensorProtoSchema, bytes));
      return;
    }
    const optional = kind === "optionalType";
    const sequence = optional ? `${input.name}/sequence` : input.name;
    const elements = sequenceOf(optional ? message(bytes, OPTIONAL_SEQUENCE) : bytes);
    const names = elements.map((tensor, k) => feed(`${input.name}/${k}`, tensor));
    before.push(node("SequenceConstruct", names, sequence));
    if (optional) before.push(node("Optional", [sequence], input.name));
  });
  proto.graph.output.forEach((output, i) => {
    const bytes = outputs[i];
    if (!bytes) return;
    const kind = output.type?.value.case;
    if (kind !== "sequenceType" && kind !== "optionalType") {
      fetch(output.name, fromBinary(TensorProtoSchema, bytes));
      return;
    }
    const optional = kind === "optionalType";
    const sequence = optional ? `${output.name}/sequence` : output.name;
    if (optional) after.push(node("OptionalGetElement", [output.name], sequence));
    sequenceOf(optional ? message(bytes, OPTIONAL_SEQUENCE) : bytes).forEach((tensor, k) => {
      after.push(node("Constant", [], `${output.name}/at/${k}`, { value_int: k }));
      after.push(node("SequenceAt", [sequence, `${output.name}/at/${k}`], `${output.name}/${k}`));
      fetch(`${output.name}/${k}`, tensor);
    });
  });
  proto.graph.node = [...before, ...proto.graph.node, ...after];
  proto.graph.input = taken;
  proto.graph.output = given;
  return { model: toBinary(ModelProtoSchema, proto), feeds, expected };
}

function node(opType: string, input: string[], output: string, ints: Record<string, number> = {}): NodeProto {
  const attribute = Object.entries(ints).map(([name, value]) =>
    create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) }),
  );
  return create(NodeProtoSchema, { opType, input, output: [output], attribute });
}

const info = (name: string, elemType: number, dims: readonly number[]): ValueInfoProto => {
  const dim = dims.map((d) => ({ value: { case: "dimValue" as const, value: BigInt(d) } }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType, shape: { dim } } } },
  });
};

// Sequences and optionals have a schema file of their own, of which these two fields are all that is needed here.
const SEQUENCE_TENSORS = 3;
const OPTIONAL_SEQUENCE = 5;

const sequenceOf = (bytes: Uint8Array) =>
  messages(bytes, SEQUENCE_TENSORS).map((b) => fromBinary(TensorProtoSchema, b));

const message = (bytes: Uint8Array, field: number) => messages(bytes, field)[0] ?? new Uint8Array();

function messages(bytes: Uint8Array, field: number): Uint8Array[] {
  const reader = new BinaryReader(bytes);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === field) found.push(reader.bytes());
    else reader.skip(wireType);
  }
  return found;
}

const ARRAYS: Partial<Record<DataType, new (buffer: ArrayBuffer) => TypedArray>> = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
};

/** A tensor of a protobuf as sessions take it. */
export function tensorValue(proto: TensorProto, widen = false): TensorValue {
  const { dtype, dims, data } = decodeTensor(proto, { location: "value.pb", bytes: new Uint8Array() });
  if (dtype === "string") {
    return { dtype, dims, data: proto.stringData.map((s) => new TextDecoder().decode(s)) };
  }
  const Elements = ARRAYS[dtype];
  if (!Elements || data.kind !== "bytes") throw new Error(`a value of type ${dtype}`);
  const elements = new Elements(data.bytes.buffer as ArrayBuffer);
  if (!widen) return { dtype, dims, data: elements };
  const toNumber = dtype === "bfloat16" ? fromBfloat16 : fromHalf;
  return { dtype: "float32", dims, data: Float32Array.from(elements as Uint16Array, toNumber) };
}

const fromBfloat16 = (bits: number): number => new Float32Array(Uint32Array.of(bits << 16).buffer)[0] as number;

function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 0) return sign * fraction * 2 ** -14;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction) * 2 ** (exponent - 15);
}
