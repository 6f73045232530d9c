import {
  type DataType,
  LimnError,
  type Runtime,
  reasonOf,
  type Session,
  type SessionOptions,
  type TensorValue,
  type TypedArray,
  type ValueMetadata,
} from "@limn/core";
import { InferenceSession, Tensor } from "onnxruntime-node";

export interface OnnxRuntimeOptions {
  /** Threads within one operator; default: ONNX Runtime's own choice, one per physical core. */
  readonly threads?: number;
  /** ONNX Runtime's execution providers in order of preference, such as `cpu` or `cuda`. Default: `cpu`. */
  readonly executionProviders?: readonly string[];
}

/** Runs graphs by onnxruntime-node. `run` and `createSession` block the calling thread. */
export function onnxRuntime(options: OnnxRuntimeOptions = {}): Runtime {
  return {
    async createSession(model, sessionOptions: SessionOptions = {}) {
      const session = await guarded("could not load the graph", () =>
        InferenceSession.create(model, nativeOptions(options, sessionOptions)),
      );
      return wrap(session);
    },
  };
}

function nativeOptions(
  { threads, executionProviders = ["cpu"] }: OnnxRuntimeOptions,
  { weights, optimize = "all", yields = false }: SessionOptions,
): InferenceSession.SessionOptions {
  const folder = weights?.folder;
  return {
    ...(threads ? { intraOpNumThreads: threads } : {}),
    executionProviders: [...executionProviders],
    graphOptimizationLevel: optimize === "none" ? "disabled" : optimize,
    // what it logs goes past our own reporting, straight to stderr; errors are thrown as well
    logSeverityLevel: 4,
    extra: {
      session: {
        ...(folder ? { model_external_initializers_file_folder_path: folder } : {}),
        ...(yields ? { intra_op: { allow_spinning: "0" } } : {}),
      },
    },
    ...(weights?.files ? { externalData: [...weights.files].map(([path, data]) => ({ path, data })) } : {}),
  };
}

function wrap(session: InferenceSession): Session {
  return {
    inputs: session.inputMetadata.map(describe),
    outputs: session.outputMetadata.map(describe),
    async run(feeds, fetch) {
      const tensors = Object.entries(feeds).map(([name, t]) => [name, toTensor(t)] as const);
      const results = await guarded("the graph failed", () => session.run(Object.fromEntries(tensors), [...fetch]));
      return Object.fromEntries(fetch.map((name) => [name, fromTensor(results[name] as Tensor)]));
    },
    release: () => session.release(),
  };
}

function describe(metadata: InferenceSession.ValueMetadata): ValueMetadata {
  return {
    name: metadata.name,
    dtype: metadata.isTensor ? (metadata.type as DataType) : undefined,
    shape: metadata.isTensor ? metadata.shape : undefined,
  };
}

const toTensor = ({ dtype, data, dims }: TensorValue) =>
  new Tensor(dtype as Tensor.Type, data as Tensor.DataTypeMap[Tensor.Type], dims);

const fromTensor = ({ type, dims, data }: Tensor): TensorValue => ({
  dtype: type as DataType,
  dims,
  data: type === "float16" ? bitsOf(data as Uint16Array) : (data as TypedArray),
});

/** Half precision as 16-bit words, where ONNX Runtime makes use of the platform's Float16Array too. */
const bitsOf = ({ buffer, byteOffset, length }: Uint16Array) => new Uint16Array(buffer, byteOffset, length);

async function guarded<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new LimnError("runtime", `ONNX Runtime: ${what}: ${reasonOf(error)}`, { cause: error });
  }
}
