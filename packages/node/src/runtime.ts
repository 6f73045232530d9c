import { type Runtime, runtimeOver } from "@limn/core";
import { InferenceSession, Tensor } from "@limn/onnxruntime";

export interface OnnxRuntimeOptions {
  /** Threads that one operator uses. Default: ONNX Runtime's own choice, one per physical core. */
  readonly threads?: number;
  /** ONNX Runtime's execution providers in order of preference, such as `cpu` or `cuda`. Default: `cpu`. */
  readonly executionProviders?: readonly string[];
}

/** The runtime that runs graphs with onnxruntime-node. Loading and running a graph blocks the calling thread. */
export function onnxRuntime({ threads, executionProviders = ["cpu"] }: OnnxRuntimeOptions = {}): Runtime {
  return runtimeOver({ InferenceSession, Tensor }, ({ weights, yields }) => ({
    ...(threads ? { intraOpNumThreads: threads } : {}),
    executionProviders: [...executionProviders],
    extra: {
      session: {
        ...(weights?.folder ? { model_external_initializers_file_folder_path: weights.folder } : {}),
        ...(yields ? { intra_op: { allow_spinning: "0" } } : {}),
      },
    },
  }));
}
