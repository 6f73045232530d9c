export { readModelFile, weightReader } from "./model-file.js";
export { type OnnxRuntimeOptions, onnxRuntime } from "./runtime.js";
