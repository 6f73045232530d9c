import { InferenceSession, Tensor } from "onnxruntime-node";
import { runtimeOver } from "../adapter.js";

/** ONNX Runtime on one thread: test files run next to each other, and share the cores. */
export const runtime = runtimeOver({ InferenceSession, Tensor }, ({ weights }) => ({
  intraOpNumThreads: 1,
  extra: { session: weights?.folder ? { model_external_initializers_file_folder_path: weights.folder } : {} },
}));
