export { type OnnxRuntimeOptions, onnxRuntime } from "./runtime.js";
