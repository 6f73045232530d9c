import { type Runtime, runtimeOver } from "@limn/core";
import mjs from "onnxruntime-web/ort-wasm-simd-threaded.mjs?url";
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";

// files of their own: threads start from the script that the module came in, which bundled would be the whole page's
env.wasm.wasmPaths = { mjs, wasm };

/** Runs graphs by onnxruntime-web's wasm backend. More than one thread needs a page that is cross-origin isolated. */
export function webRuntime(threads: number): Runtime {
  env.wasm.numThreads = threads;
  return runtimeOver({ InferenceSession, Tensor }, () => ({ executionProviders: ["wasm"] }));
}
