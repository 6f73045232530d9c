import { LimnError, type Runtime, type TensorValue } from "@limn/core";

/** The models that the checks load, made by `contractModels`. */
export interface ContractModels {
  /** y = relu(x), z = -x; float32 [batch, 2], y's type left open. */
  readonly elementwise: Uint8Array;
  /** Identities of an int64, a bool and a float16 tensor. */
  readonly types: Uint8Array;
  /** y = x + weights, [2], the weights at bytes 4 to 11 of "weights.bin". */
  readonly external: Uint8Array;
}

/** One thing that each runtime does alike. */
export interface Check {
  readonly name: string;
  /** Runs wherever the runtime does, which can be a browser: gives plain data back. */
  readonly observe: (runtime: Runtime, models: ContractModels) => Promise<unknown>;
  readonly expected: unknown;
}

/** What Limn counts on in a runtime. */
export const CHECKS: readonly Check[] = [
  {
    name: "reports names, types and shapes, named dimensions too",
    async observe(runtime, { elementwise }) {
      const { inputs, outputs } = await runtime.createSession(elementwise);
      return { inputs, outputs };
    },
    expected: {
      inputs: [{ name: "x", dtype: "float32", shape: ["batch", 2] }],
      outputs: [
        { name: "y", dtype: "float32", shape: ["batch", 2] },
        { name: "z", dtype: "float32", shape: ["batch", 2] },
      ],
    },
  },
  {
    name: "infers types in graphs that it is told not to optimize",
    async observe(runtime, { elementwise }) {
      const { outputs } = await runtime.createSession(elementwise, { optimize: "none" });
      return outputs[0];
    },
    expected: { name: "y", dtype: "float32", shape: ["batch", 2] },
  },
  {
    name: "computes the outputs that are asked for",
    async observe(runtime, { elementwise }) {
      const session = await runtime.createSession(elementwise);
      return {
        y: plain(await session.run({ x: floats([1, 2], 1, -2) }, ["y"])),
        both: plain(await session.run({ x: floats([2, 2], 1, -2, 3, -4) }, ["z", "y"])),
      };
    },
    expected: {
      y: { y: ["float32", [1, 2], "Float32Array", 1, 0] },
      both: {
        z: ["float32", [2, 2], "Float32Array", -1, 2, -3, 4],
        y: ["float32", [2, 2], "Float32Array", 1, 0, 3, 0],
      },
    },
  },
  {
    name: "takes and gives integers, booleans and half precision by their bits",
    async observe(runtime, { types }) {
      const session = await runtime.createSession(types);
      const feeds: Record<string, TensorValue> = {
        int: { dtype: "int64", dims: [2], data: BigInt64Array.of(-1n, 5n) },
        bool: { dtype: "bool", dims: [2], data: Uint8Array.of(1, 0) },
        half: { dtype: "float16", dims: [2], data: Uint16Array.of(0x3c00, 0xc000) },
      };
      return plain(await session.run(feeds, ["int_out", "bool_out", "half_out"]));
    },
    expected: {
      int_out: ["int64", [2], "BigInt64Array", -1, 5],
      bool_out: ["bool", [2], "Uint8Array", 1, 0],
      half_out: ["float16", [2], "Uint16Array", 0x3c00, 0xc000],
    },
  },
  {
    name: "reads weights that a graph refers to by file and offset",
    async observe(runtime, { external }) {
      const file = new Uint8Array(Float32Array.of(99, 10, 20, 99).buffer);
      const session = await runtime.createSession(external, { weights: { files: new Map([["weights.bin", file]]) } });
      return plain(await session.run({ x: floats([2], 1, 2) }, ["y"]));
    },
    expected: { y: ["float32", [2], "Float32Array", 11, 22] },
  },
  {
    name: "says in one line why it can't load a damaged graph",
    observe: (runtime) => failureOf(() => runtime.createSession(Uint8Array.of(1, 2, 3))),
    expected: { code: "runtime", says: "ONNX Runtime: could not load the graph", reasonLines: 1 },
  },
  {
    name: "says in one line that weights are missing",
    observe: (runtime, { external }) => failureOf(() => runtime.createSession(external)),
    expected: { code: "runtime", says: "ONNX Runtime: could not load the graph", reasonLines: 1 },
  },
  {
    name: "says in one line why a run failed, and lives on",
    async observe(runtime, { elementwise }) {
      const session = await runtime.createSession(elementwise);
      const failure = await failureOf(() => session.run({ x: floats([1, 3], 1, 2, 3) }, ["y"]));
      return { failure, after: plain(await session.run({ x: floats([1, 2], 1, -2) }, ["y"])) };
    },
    expected: {
      failure: { code: "runtime", says: "ONNX Runtime: the graph failed", reasonLines: 1 },
      after: { y: ["float32", [1, 2], "Float32Array", 1, 0] },
    },
  },
  {
    name: "keeps sessions apart, and runs none that is released",
    async observe(runtime, { elementwise, external }) {
      const released = await runtime.createSession(elementwise);
      const weights = { files: new Map([["weights.bin", new Uint8Array(16)]]) };
      const kept = await runtime.createSession(external, { weights });
      await released.release();
      const failure = await failureOf(() => released.run({ x: floats([1, 2], 1, -2) }, ["y"]));
      return { failure, kept: plain(await kept.run({ x: floats([2], 1, 2) }, ["y"])) };
    },
    expected: {
      failure: { code: "runtime", says: "ONNX Runtime: the graph failed", reasonLines: 1 },
      kept: { y: ["float32", [2], "Float32Array", 1, 2] },
    },
  },
];

const floats = (dims: number[], ...values: number[]): TensorValue => ({
  dtype: "float32",
  dims,
  data: Float32Array.from(values),
});

/** Tensors as lists that can leave a browser: type, shape, kind of array, elements. */
const plain = (tensors: Record<string, TensorValue>) =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, dims, data }]) => [
      name,
      [dtype, [...dims], data.constructor.name, ...Array.from(data, Number)],
    ]),
  );

async function failureOf(action: () => Promise<unknown>): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof LimnError)) return `not a LimnError: ${error}`;
    const [, says, reason = ""] = /^(.*?: .*?): (.*)$/s.exec(error.message) ?? [];
    return { code: error.code, says, reasonLines: reason.split("\n").filter(Boolean).length };
  }
  return "no failure";
}
