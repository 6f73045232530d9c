import { type Runtime, reasonOf, runtimeOver } from "@limn/core";

/** Which of ONNX Runtime's backends runs the graphs. */
export type Backend = "wasm" | "webgpu";

/** Threads beyond four hardly help networks of this size, and the page needs a core, too. */
const MOST_THREADS = 4;

/** Threads share memory, which only pages that are cross-origin isolated may do. */
const threads = (): number => (crossOriginIsolated ? Math.min(MOST_THREADS, navigator.hardwareConcurrency) : 1);

export interface WebRuntime extends Runtime {
  /** What runs the graphs, in words. */
  readonly words: string;
}

/** ONNX Runtime in a page; it is loaded when the first graph is. @param backend `webgpu` is checked against wasm, and replaced by it if it is wrong */
export function webRuntime(backend: Backend): WebRuntime {
  let words = backend === "wasm" ? wasmWords() : "WebGPU, checked against the CPU";
  let loading: Promise<Runtime> | undefined;
  const fallBack = (why: string) => {
    words = `${wasmWords()} (WebGPU is not used: ${why})`;
  };
  const load = async (): Promise<Runtime> => {
    const wasm = await wasmRuntime();
    if (backend === "wasm") return wasm;
    const gpu = await gpuRuntime().catch(reasonOf);
    if (typeof gpu === "string") {
      fallBack(gpu);
      return wasm;
    }
    const { checkedRuntime } = await import("../../engine/checked-runtime.js");
    return checkedRuntime(gpu, wasm, fallBack);
  };
  return {
    get words() {
      return words;
    },
    async createSession(model, options) {
      loading ??= load();
      return (await loading).createSession(model, options);
    },
  };
}

const wasmWords = (): string => `CPU by wasm, ${threads()} ${threads() === 1 ? "thread" : "threads"}`;

async function wasmRuntime(): Promise<Runtime> {
  const [ort, mjs, wasm] = await Promise.all([
    import("onnxruntime-web/wasm"),
    import("onnxruntime-web/ort-wasm-simd-threaded.mjs?url"),
    import("onnxruntime-web/ort-wasm-simd-threaded.wasm?url"),
  ]);
  // files of their own: threads start from the script that the module came in, which bundled would be the whole worker
  ort.env.wasm.wasmPaths = { mjs: mjs.default, wasm: wasm.default };
  ort.env.wasm.numThreads = threads();
  return runtimeOver(ort, () => ({ executionProviders: ["wasm"] }));
}

/**
 * ONNX Runtime's build for JSPI: the one with WebGPU that is small enough for hosts that refuse files above 25 MiB.
 * @throws Error that says why there is no WebGPU
 */
async function gpuRuntime(): Promise<Runtime> {
  if (!("gpu" in navigator)) throw new Error("this browser has none");
  if (!("Suspending" in WebAssembly)) throw new Error("this browser lacks JSPI, which it needs");
  const [ort, mjs, wasm] = await Promise.all([
    import("onnxruntime-web/jspi"),
    import("onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url"),
    import("onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url"),
  ]);
  ort.env.wasm.wasmPaths = { mjs: mjs.default, wasm: wasm.default };
  ort.env.wasm.numThreads = threads();
  return runtimeOver(ort, () => ({ executionProviders: ["webgpu"] }));
}
