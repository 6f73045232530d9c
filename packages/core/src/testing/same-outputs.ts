import { expect } from "vitest";
import type { AttributeInit } from "../graph/attributes.js";
import type { Model } from "../graph/model.js";
import { type DataType, type Shape, sizeOf } from "../graph/tensor.js";
import { encodeModel } from "../onnx/encode.js";
import type { TensorValue } from "../session.js";
import { oneNodeModel, type TestInput } from "./one-node.js";
import { randomNumbers } from "./random.js";
import { runtime } from "./runtime.js";

/** One node in a form of some opset, to be rewritten without a change of what it computes. */
export interface FormCase {
  readonly name: string;
  readonly opType: string;
  readonly opset: number;
  /** Shapes of float inputs drawn at random from [0.5, 1.5], or whole inputs. */
  readonly inputs: readonly (Shape | (Partial<TestInput> & { dims: Shape }) | undefined)[];
  readonly attributes?: AttributeInit;
  readonly outputs?: number;
}

/** Runs a model and its rewritten form on the same inputs and compares all outputs. */
export async function expectSameOutputs(
  row: FormCase,
  rewrite: (model: Model) => Promise<Model>,
  options: { openShapes?: boolean } = {},
): Promise<Model> {
  const random = randomNumbers(`${row.opType} ${row.name}`);
  const inputs = row.inputs.map((given, i): TestInput | undefined => {
    if (!given) return undefined;
    const init = "dims" in given ? given : { dims: given as Shape };
    const data = init.data ?? Array.from({ length: sizeOf(init.dims) }, () => Math.fround(0.5 + random()));
    return { name: `x${i}`, dtype: "float32", constant: false, ...init, data };
  });
  const build = () => {
    const model = oneNodeModel(row.opType, inputs, row.attributes ?? {}, row.outputs ?? 1, row.opset);
    if (options.openShapes) for (const input of model.graph.inputs) input.shape = undefined;
    return model;
  };
  const feeds = Object.fromEntries(inputs.flatMap((i) => (i && !i.constant ? [[i.name, tensorValue(i)]] : [])));
  const rewritten = await rewrite(build());
  const before = await run(build(), feeds);
  const after = await run(rewritten, feeds);
  expect(after.length).toBe(before.length);
  before.forEach((expected, i) => {
    const found = after[i];
    expect(found?.dtype, `type of output ${i}`).toBe(expected.dtype);
    expect(found?.dims, `shape of output ${i}`).toEqual(expected.dims);
    expected.data.forEach((e, k) => {
      expect(Number(found?.data[k]), `output ${i}, element ${k}`).toBeCloseTo(Number(e), 5);
    });
  });
  return rewritten;
}

async function run(model: Model, feeds: Record<string, TensorValue>): Promise<TensorValue[]> {
  const session = await runtime.createSession(encodeModel(model));
  try {
    const names = model.graph.outputs.map((v) => v.name);
    const results = await session.run(feeds, names);
    return names.map((name) => results[name] as TensorValue);
  } finally {
    await session.release();
  }
}

const ARRAYS: Partial<Record<DataType, (data: readonly number[]) => TensorValue["data"]>> = {
  float32: (data) => Float32Array.from(data),
  float64: (data) => Float64Array.from(data),
  int64: (data) => BigInt64Array.from(data, BigInt),
  bool: (data) => Uint8Array.from(data),
  int32: (data) => Int32Array.from(data),
  int8: (data) => Int8Array.from(data),
  uint8: (data) => Uint8Array.from(data),
};

function tensorValue({ dtype, dims, data }: TestInput): TensorValue {
  const array = ARRAYS[dtype];
  if (!array) throw new Error(`inputs of type ${dtype} can't be fed`);
  return { dtype, dims, data: array(data) };
}
