import type { DataType, Shape } from "./graph/tensor.js";

/** A tensor as it goes into or comes out of a session. */
export interface TensorValue {
  readonly dtype: DataType;
  readonly dims: Shape;
  readonly data: TypedArray;
}

export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | readonly string[];

/** What a session says of one of its inputs or outputs. */
export interface ValueMetadata {
  readonly name: string;
  /** Undefined for sequences, maps and optionals. */
  readonly dtype: DataType | undefined;
  /** Named dimensions are strings; undefined where nothing is known. */
  readonly shape: readonly (number | string)[] | undefined;
}

/** A graph that ONNX Runtime has loaded. */
export interface Session {
  readonly inputs: readonly ValueMetadata[];
  readonly outputs: readonly ValueMetadata[];
  /**
   * Runs the graph.
   * @param fetch names of the outputs to compute
   * @throws LimnError `runtime` with ONNX Runtime's reason
   */
  run(feeds: Readonly<Record<string, TensorValue>>, fetch: readonly string[]): Promise<Record<string, TensorValue>>;
  release(): Promise<void>;
}

/** Where the constants are that a model refers to by file and offset. */
export interface Weights {
  /** The folder that the files are in, where the runtime can read files itself. */
  readonly folder?: string;
  /** The files' contents by location, where it can't. */
  readonly files?: ReadonlyMap<string, Uint8Array>;
  /** Bytes of a file in the folder, undefined where there is none; lets missing weights be named before they are loaded. */
  sizeOf?(location: string): number | undefined;
  /** Gives a range of a file in the folder, for rules that need the numbers of a constant. */
  read?(location: string, offset: number, length: number): Uint8Array;
}

export interface SessionOptions {
  readonly weights?: Weights;
  /** `none` loads the graph as it is, for shape inference and constants; `all` optimizes it for running. Default `all`. */
  readonly optimize?: "none" | "basic" | "all";
  /**
   * Whether the session runs between runs of another one: its threads then sleep as soon as they are done, instead
   * of waiting for more on the cores that the other needs. Default false.
   */
  readonly yields?: boolean;
}

/** What Limn needs of ONNX Runtime; @limn/node and browsers each bring their own. */
export interface Runtime {
  /** @throws LimnError `runtime` with ONNX Runtime's reason where the model can't be loaded */
  createSession(model: Uint8Array, options?: SessionOptions): Promise<Session>;
}
