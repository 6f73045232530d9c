export { type ErrorCode, LimnError, reasonOf } from "./error.js";
export type { DataType, Shape } from "./graph/tensor.js";
export { decodeModel } from "./onnx/decode.js";
export { encodeModel } from "./onnx/encode.js";
export type {
  Runtime,
  Session,
  SessionOptions,
  TensorValue,
  TypedArray,
  ValueMetadata,
  Weights,
} from "./session.js";
