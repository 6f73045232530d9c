import { create } from "@bufbuild/protobuf";
import { LimnError } from "../error.js";
import { BYTES_PER_ELEMENT, type DataType, sizeOf, type Tensor, type TensorData } from "../graph/tensor.js";
import {
  TensorProto_DataLocation as Location,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProtoSchema,
} from "./onnx_pb.js";
import { codeOf, dataTypeOf } from "./types.js";

/** Constants of at least so many bytes stay in their file; graphs refer to them by offset. */
export const LARGE = 1024;

/** The file that a model is read from, so that graphs can refer to its large constants instead of copying them. */
export interface ModelFile {
  readonly location: string;
  readonly bytes: Uint8Array;
  /** Gives ranges of the files that hold constants, this one included, once `bytes` are gone. */
  readonly read?: ReadWeights | undefined;
}

/** Reads a constant. @throws LimnError `bad-model` if its shape, size or place can't be right */
export function decodeTensor(proto: TensorProto, file: ModelFile): Tensor {
  const dims = proto.dims.map(Number);
  const dtype = dataTypeOf(proto.dataType);
  const name = proto.name || "unnamed constant";
  if (dims.some((d) => d < 0 || !Number.isSafeInteger(d)) || !Number.isSafeInteger(sizeOf(dims))) {
    throw new LimnError(
      "bad-model",
      `${file.location}: the constant "${name}" has the shape [${dims}], which is impossible; export the model again`,
    );
  }
  const data = dataOf(proto, dtype, file, name);
  const expected = sizeOf(dims) * BYTES_PER_ELEMENT[dtype];
  const length = data.kind === "bytes" ? data.bytes.byteLength : data.kind === "file" ? data.length : expected;
  if (BYTES_PER_ELEMENT[dtype] > 0 && length !== expected) {
    throw new LimnError(
      "bad-model",
      `${file.location}: the constant "${name}" of shape [${dims}] and type ${dtype} needs ${expected} bytes but has ${length}; the file is damaged: export or download it again`,
    );
  }
  // a view of the elements would keep the whole file in memory
  const origin =
    data.kind === "opaque" ? proto : Object.assign(create(TensorProtoSchema), proto, { rawData: new Uint8Array() });
  return { dtype, dims, data, origin };
}

function dataOf(proto: TensorProto, dtype: DataType, file: ModelFile, name: string): TensorData {
  if (proto.dataLocation === Location.EXTERNAL) return externalData(proto, dtype, file, name);
  if (proto.rawData.byteLength > 0) {
    const { rawData } = proto;
    // raw_data is a view of the file's bytes, so its offset there is known
    if (rawData.byteLength >= LARGE && rawData.buffer === file.bytes.buffer) {
      const offset = rawData.byteOffset - file.bytes.byteOffset;
      return inFile(file, file.location, offset, rawData.byteLength);
    }
    // slice() of a Node Buffer would be a view and keep the whole file in memory
    return { kind: "bytes", bytes: new Uint8Array(rawData) };
  }
  const array = typedField(proto, dtype);
  if (!array) return { kind: "opaque" };
  return { kind: "bytes", bytes: new Uint8Array(array.buffer, array.byteOffset, array.byteLength) };
}

/** Elements that the file holds in a typed field instead of raw bytes. */
function typedField(proto: TensorProto, dtype: DataType): ArrayBufferView | undefined {
  switch (dtype) {
    case "float32":
      return Float32Array.from(proto.floatData);
    case "float64":
      return Float64Array.from(proto.doubleData);
    case "int64":
      return BigInt64Array.from(proto.int64Data);
    case "uint64":
      return BigUint64Array.from(proto.uint64Data);
    case "uint32":
      return Uint32Array.from(proto.uint64Data, Number);
    case "int32":
      return Int32Array.from(proto.int32Data);
    case "int16":
      return Int16Array.from(proto.int32Data);
    case "uint16":
    case "float16":
    case "bfloat16":
      return Uint16Array.from(proto.int32Data);
    case "int8":
      return Int8Array.from(proto.int32Data);
    case "uint8":
    case "bool":
      return Uint8Array.from(proto.int32Data);
    default:
      return undefined;
  }
}

function externalData(proto: TensorProto, dtype: DataType, file: ModelFile, name: string): TensorData {
  const entries = new Map(proto.externalData.map(({ key, value }) => [key, value]));
  const location = entries.get("location") ?? "";
  if (!location || /^([/\\]|[a-z]:)/i.test(location) || location.split(/[/\\]/).includes("..")) {
    throw new LimnError(
      "bad-model",
      `${file.location}: the weights of "${name}" are at "${location}", outside the model's folder; move them next to the model and save it again`,
    );
  }
  const offset = Number(entries.get("offset") ?? 0);
  const length = Number(entries.get("length") ?? sizeOf(proto.dims.map(Number)) * BYTES_PER_ELEMENT[dtype]);
  if (!Number.isSafeInteger(offset) || offset < 0 || !Number.isSafeInteger(length) || length < 0) {
    throw new LimnError(
      "bad-model",
      `${file.location}: the weights of "${name}" have the offset ${entries.get("offset")} and the length ${entries.get("length")} in "${location}", which is impossible; save the model again`,
    );
  }
  return inFile(file, location, offset, length);
}

const inFile = ({ read }: ModelFile, location: string, offset: number, length: number): TensorData => ({
  kind: "file",
  location,
  offset,
  length,
  ...(read ? { read: () => read(location, offset, length) } : {}),
});

/** Gives `length` bytes from `offset` on of one of the model's files. */
export type ReadWeights = (location: string, offset: number, length: number) => Uint8Array;

/**
 * Writes a constant.
 * @param read reads the bytes of a constant that is in a file; without it, the constant stays a reference
 */
export function encodeTensor(tensor: Tensor, name: string, read?: ReadWeights): TensorProto {
  const { data, dtype, dims } = tensor;
  const origin = tensor.origin as TensorProto | undefined;
  if (data.kind === "opaque") {
    if (!origin) throw new Error(`constant "${name}" has no data`);
    return create(TensorProtoSchema, { ...origin, name });
  }
  const bare = create(TensorProtoSchema, {
    name,
    dataType: origin?.dataType ?? codeOf(dtype),
    dims: dims.map(BigInt),
    docString: origin?.docString ?? "",
    metadataProps: origin?.metadataProps ?? [],
  });
  if (origin?.$unknown) bare.$unknown = origin.$unknown;
  if (data.kind === "bytes") return Object.assign(bare, { rawData: data.bytes });
  if (read) return Object.assign(bare, { rawData: read(data.location, data.offset, data.length) });
  // what shapes hang on: ONNX Runtime wants it at hand
  if (data.read && data.length < LARGE) return Object.assign(bare, { rawData: data.read() });
  const others = (origin?.externalData ?? []).filter(({ key }) => !["location", "offset", "length"].includes(key));
  const entry = (key: string, value: string) => create(StringStringEntryProtoSchema, { key, value });
  return Object.assign(bare, {
    dataLocation: Location.EXTERNAL,
    externalData: [
      entry("location", data.location),
      entry("offset", String(data.offset)),
      entry("length", String(data.length)),
      ...others,
    ],
  });
}
