export { type OnnxRuntimePackage, runtimeOver } from "./adapter.js";
export { type Classifier, type LoadOptions, loadClassifier, type ModelSource } from "./classifier.js";
export {
  type Compiled,
  type CompiledMap,
  type CompileOptions,
  channelAxisOf,
  compile,
  encodeForSaving,
  type MapRequest,
} from "./compile.js";
export { type Diagnosis, diagnose, firstNotFinite, symptomOf } from "./diagnose.js";
export { type ErrorCode, LimnError, reasonOf } from "./error.js";
export { Explainer, type Explanation, type ExplanationMap } from "./explainer.js";
export type { DataType, Shape } from "./graph/tensor.js";
export { findLayer, type Layer, layersOf } from "./layers.js";
export type { Method, Options } from "./methods/method.js";
export { findMethod, type MethodName, methods } from "./methods/registry.js";
export { decodeModel } from "./onnx/decode.js";
export { encodeModel } from "./onnx/encode.js";
export { type PartialFile, skimModel } from "./onnx/skim.js";
export type { Geometry, Rectangle } from "./preprocess/geometry.js";
export { type ImageInput, imageInput } from "./preprocess/image-input.js";
export { adjustPreprocessing, parsePreprocessing } from "./preprocess/parse.js";
export type { Picture } from "./preprocess/picture.js";
export { type Grid, MapPlacer } from "./preprocess/place-map.js";
export type { Preprocessing } from "./preprocess/preprocessing.js";
export { Preprocessor } from "./preprocess/preprocessor.js";
export { PRESET_NAMES, type PresetName, preset } from "./preprocess/presets.js";
export * from "./render/index.js";
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
