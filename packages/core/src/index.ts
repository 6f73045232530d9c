export { type Classifier, type LoadOptions, loadClassifier, type ModelSource } from "./classifier.js";
export { type Compiled, type CompiledMap, type CompileOptions, compile, encodeForSaving, type MapRequest } from "./compile.js";
export { type Diagnosis, diagnose, firstNotFinite, symptomOf } from "./diagnose.js";
export { type ErrorCode, LimnError, reasonOf } from "./error.js";
export { Explainer, type Explanation, type ExplanationMap } from "./explainer.js";
export type { DataType, Shape } from "./graph/tensor.js";
export { findLayer, type Layer, layersOf } from "./layers.js";
export type { Method } from "./methods/method.js";
export { findMethod, type MethodName, methods } from "./methods/registry.js";
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
export { didYouMean } from "./suggest.js";
export { VERSION } from "./version.js";
