import type { DataType, Shape } from "./graph/tensor.js";

/** A tensor that goes into or comes out of a session: row by row, the last axis fastest. */
export interface TensorValue {
  readonly dtype: DataType;
  readonly dims: Shape;
  readonly data: TypedArray;
}

/** The numbers of a tensor; half precision is in a Uint16Array, booleans in a Uint8Array. */
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

/** What a session says about one of its inputs or outputs. */
export interface ValueMetadata {
  readonly name: string;
  /** Undefined for sequences, maps and optionals. */
  readonly dtype: DataType | undefined;
  /** Named dimensions are strings; undefined if nothing is known. */
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
  /** Frees what the runtime holds; the session can't be used afterwards. */
  release(): Promise<void>;
}

/** Where to find the constants that a model keeps in files next to it. */
export interface Weights {
  /** The folder with the files, if the runtime can read files itself. */
  readonly folder?: string;
  /** The files' contents by location, if it can't. */
  readonly files?: ReadonlyMap<string, Uint8Array>;
  /** Number of bytes of a file in the folder, undefined if there is no such file; lets Limn name missing weights early. */
  sizeOf?(location: string): number | undefined;
  /** Gives a range of a file in the folder, for rules that need the numbers of a constant. */
  read?(location: string, offset: number, length: number): Uint8Array;
}

/** How a session is opened. */
export interface SessionOptions {
  readonly weights?: Weights;
  /**
   * `none` loads the graph as it is, for shape inference and constants; `layout` brings the model's convolutions into the layout in
   * which ONNX Runtime computes them, and leaves out what takes longer, for a few runs; `all` optimizes it for many. Default `all`.
   */
  readonly optimize?: "none" | "basic" | "layout" | "all";
  /**
   * Whether the session takes turns with another one: its threads then sleep as soon as they are done, instead of
   * waiting for work on the cores that the other one needs. Default false.
   */
  readonly yields?: boolean;
}

/** What Limn needs of ONNX Runtime; @limn/node and browsers each bring their own. */
export interface Runtime {
  /** @throws LimnError `runtime` with ONNX Runtime's reason if the model can't be loaded */
  createSession(model: Uint8Array, options?: SessionOptions): Promise<Session>;
}
