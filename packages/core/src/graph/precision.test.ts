import { describe, expect, it } from "vitest";
import { differentiate } from "../differentiate.js";
import { openSession } from "../onnx/open-session.js";
import { runtime, sourceOf } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";
import { type DataType, fromHalf, tensor } from "./tensor.js";

/** Whole numbers and halves, all different, so that they are the same in every type. */
const PIXELS = Array.from({ length: 36 }, (_, i) => ((i * 7) % 36) / 2);

const ARRAYS = { float16: Uint16Array, float32: Float32Array, float64: Float64Array };

/** The gradient of the sum of squares of what max-pooling gives. */
async function gradientOf(dtype: keyof typeof ARRAYS, attributes: Record<string, number[]>): Promise<number[]> {
  const net = new NetworkWriter("pool", [1, 1, 6, 6]);
  net.image.dtype = dtype;
  const pooled = net.node("MaxPool", "pool", [net.image], attributes);
  const y = net.node("ReduceSum", "sum", [net.node("Mul", "square", [pooled, pooled])], { keepdims: 0 });
  const source = sourceOf(net.bytes(y));
  const model = await differentiate(source, runtime, { of: y.name, by: "input" });
  const session = await openSession(model, runtime, { weights: source.weights });
  const { data } = tensor(dtype, [36], PIXELS);
  const bytes = data.kind === "bytes" ? data.bytes.slice() : new Uint8Array();
  const input = { dtype: dtype as DataType, dims: [1, 1, 6, 6], data: new ARRAYS[dtype](bytes.buffer) };
  const name = model.gradients.input as string;
  const { [name]: found } = await session.run({ input }, [name]);
  await session.release();
  expect(found?.dtype).toBe(dtype);
  return Array.from(found?.data as Float64Array, dtype === "float16" ? fromHalf : Number);
}

describe.each(["float16", "float64"] as const)("what ONNX Runtime lacks in %s", (dtype) => {
  it.each([
    ["a window's Resize", { kernel_shape: [2, 2], strides: [2, 2] }],
    ["the sum of what overlapping windows scatter", { kernel_shape: [3, 3], strides: [1, 1] }],
  ])("is computed in float32: %s", async (_, attributes) => {
    const found = await gradientOf(dtype, attributes);
    expect(found).toEqual(await gradientOf("float32", attributes));
    expect(found.some((v) => v !== 0)).toBe(true);
  });
});
