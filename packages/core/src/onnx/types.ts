import type { DataType } from "../graph/tensor.js";
import { TensorProto_DataType as T } from "./onnx_pb.js";

const NAMES: Partial<Record<T, DataType>> = {
  [T.FLOAT]: "float32",
  [T.DOUBLE]: "float64",
  [T.FLOAT16]: "float16",
  [T.BFLOAT16]: "bfloat16",
  [T.INT8]: "int8",
  [T.INT16]: "int16",
  [T.INT32]: "int32",
  [T.INT64]: "int64",
  [T.UINT8]: "uint8",
  [T.UINT16]: "uint16",
  [T.UINT32]: "uint32",
  [T.UINT64]: "uint64",
  [T.BOOL]: "bool",
  [T.STRING]: "string",
};

const CODES = new Map(Object.entries(NAMES).map(([code, name]) => [name, Number(code) as T]));

/** Our name of one of ONNX's element types; packed types and 8-bit floats are all "other". */
export const dataTypeOf = (code: number): DataType => NAMES[code as T] ?? "other";

export const codeOf = (dtype: DataType): T => CODES.get(dtype) ?? T.UNDEFINED;
