import type { InferenceSession, Tensor, TensorConstructor } from "onnxruntime-common";
import { LimnError, reasonOf } from "./error.js";
import type { DataType } from "./graph/tensor.js";
import type { Runtime, Session, SessionOptions, TensorValue, TypedArray, ValueMetadata } from "./session.js";

/** What Limn uses of a package of ONNX Runtime; onnxruntime-node, onnxruntime-web and others have it. */
export interface OnnxRuntimePackage {
  readonly InferenceSession: {
    create(model: Uint8Array, options?: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: TensorConstructor;
}

/**
 * A runtime that works with one of ONNX Runtime's packages.
 * @param optionsOf gives the options that differ by package or caller: execution providers, threads, files
 * @example
 * import * as ort from "onnxruntime-web";
 *
 * const runtime = runtimeOver(ort, () => ({ executionProviders: ["wasm"] }));
 */
export function runtimeOver(
  { InferenceSession, Tensor }: OnnxRuntimePackage,
  optionsOf: (options: SessionOptions) => InferenceSession.SessionOptions,
): Runtime {
  return {
    async createSession(model, options = {}) {
      const { optimize = "all", weights } = options;
      const { extra, ...special } = optionsOf(options);
      const session = await guarded("could not load the graph", () =>
        InferenceSession.create(model, {
          graphOptimizationLevel: optimize === "none" ? "disabled" : optimize,
          // its log would go to the terminal past our own reporting; it throws its errors as well
          logSeverityLevel: 4,
          // the first run would take its memory piece by piece, and all later ones a second time, in one piece
          enableMemPattern: false,
          ...(weights?.files ? { externalData: [...weights.files].map(([path, data]) => ({ path, data })) } : {}),
          ...special,
          extra: {
            ...extra,
            session: { ...AS_WRITTEN, ...Object(extra?.session) },
            ...(optimize === "layout" ? { optimization: { disable_specified_optimizers: SLOW.join(";") } } : {}),
          },
        }),
      );
      return sessionOver(session, Tensor);
    },
  };
}

/**
 * Nodes that round to integers and back are run as they stand. Where gradients are computed next to them, ONNX Runtime would
 * join them to their neighbors in ways that round more, or that it can't load.
 */
const AS_WRITTEN = { disable_quant_qdq: "1" };

/**
 * Optimizations that take longer than they save in a few runs, by ONNX Runtime's names. Those of the layout stay, since they
 * change the order in which convolutions add up: without them, some ReLU at 0 would open or close, and the map of one picture
 * would differ from the one that the same picture has among many.
 */
const SLOW = [
  "CommonSubexpressionElimination",
  "ConstantFolding",
  "ConstantSharing",
  "Level1_RuleBasedTransformer",
  "MatMulAddFusion",
  "TransposeOptimizer",
];

function sessionOver(session: InferenceSession, Tensor: TensorConstructor): Session {
  return {
    inputs: session.inputMetadata.map(describe),
    outputs: session.outputMetadata.map(describe),
    async run(feeds, fetch) {
      const tensors = Object.entries(feeds).map(([name, { dtype, data, dims }]) => [
        name,
        new Tensor(dtype as Tensor.Type, data as Tensor.DataTypeMap[Tensor.Type], dims),
      ]);
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
    shape: metadata.isTensor ? metadata.shape.map(asSize) : undefined,
  };
}

/** A size that is not known is -1, which onnxruntime-web reads as a number without a sign. */
const asSize = (size: number | string): number | string => (size === 2 ** 32 - 1 ? -1 : size);

const fromTensor = ({ type, dims, data }: Tensor): TensorValue => ({
  dtype: type as DataType,
  dims,
  data: type === "float16" ? bitsOf(data as Uint16Array) : (data as TypedArray),
});

/** Half precision as 16-bit words, even if ONNX Runtime gives the platform's Float16Array. */
const bitsOf = ({ buffer, byteOffset, length }: Uint16Array) => new Uint16Array(buffer, byteOffset, length);

async function guarded<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new LimnError("runtime", `ONNX Runtime: ${what}: ${reasonOf(error)}`, { cause: error });
  }
}
