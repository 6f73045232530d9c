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
import mjs from "onnxruntime-web/ort-wasm-simd-threaded.mjs?url";
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";

// files of their own: threads start from the script that the module came in, which bundled would be the whole page's
env.wasm.wasmPaths = { mjs, wasm };

/** Runs graphs by onnxruntime-web's wasm backend. More than one thread needs a page that is cross-origin isolated. */
export function webRuntime(threads: number): Runtime {
  env.wasm.numThreads = threads;
  return {
    async createSession(model, { weights, optimize = "all" }: SessionOptions = {}) {
      const session = await guarded("could not load the graph", () =>
        InferenceSession.create(model, {
          executionProviders: ["wasm"],
          graphOptimizationLevel: optimize === "none" ? "disabled" : optimize,
          logSeverityLevel: 3,
          ...(weights?.files ? { externalData: [...weights.files].map(([path, data]) => ({ path, data })) } : {}),
        }),
      );
      return wrap(session);
    },
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
