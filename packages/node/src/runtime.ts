import { didYouMean, LimnError, type Runtime, runtimeOver } from "@limn/core";
import {
  InferenceSession,
  listSupportedBackends,
  starts,
  Tensor,
  executionProviders as thereAre,
} from "@limn/onnxruntime";

export interface OnnxRuntimeOptions {
  /** Threads that one operator uses. Default: ONNX Runtime's own choice, one per physical core. */
  readonly threads?: number;
  /** ONNX Runtime's execution providers in order of preference, such as `cpu` or `cuda`. Default: `cpu`. */
  readonly executionProviders?: readonly string[];
}

/** The names of the execution providers that this installation has. */
export const executionProviders = (): readonly string[] => thereAre();

/**
 * The runtime that runs graphs with onnxruntime-node. Loading and running a graph blocks the calling thread.
 * @throws LimnError `bad-option` for an execution provider that is not there, or does not start on this machine
 */
export function onnxRuntime({ threads, executionProviders = ["cpu"] }: OnnxRuntimeOptions = {}): Runtime {
  for (const name of executionProviders) checkProvider(name);
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

/** ONNX Runtime would say so in a log of its own, and only when it loads a graph. */
function checkProvider(name: string): void {
  const there = thereAre();
  if (there.includes(name)) {
    if (name === "cpu" || starts(name)) return;
    throw new LimnError(
      "bad-option",
      `provider "${name}" does not start: this machine lacks the device or its driver; install the driver, or leave the provider out to compute with cpu`,
    );
  }
  const known = listSupportedBackends().some((backend) => backend.name === name);
  const advice = known
    ? `its library is not installed (for cuda and tensorrt, npm install onnxruntime-node downloads it); choose one of ${there.join(", ")}`
    : didYouMean(name, there);
  throw new LimnError("bad-option", `provider "${name}" is not there: ${advice}`);
}
