import { expect, it } from "vitest";
import { copyOf } from "../compile/interface.js";
import type { Node, Value } from "../graph/graph.js";
import { encodeModel } from "../onnx/encode.js";
import { classifierOf, noise, runtime } from "../testing/explaining.js";
import { channelsLast, NetworkWriter, vgg } from "../testing/networks.js";
import { type InputRange, inputRangeOf } from "./input-range.js";

/** The bounds of the first convolution's input, element by element. */
async function boundsOf(bytes: Uint8Array, range: InputRange | undefined): Promise<Float32Array[]> {
  const copy = copyOf(await classifierOf(bytes));
  const { graph } = copy.model;
  const conv = graph.nodes.find(({ opType }) => opType === "Conv") as Node;
  const { low, high } = inputRangeOf(copy, range)(conv, conv.inputs[0] as Value);
  graph.outputs.splice(0, graph.outputs.length, low, high, copy.logits);
  const session = await runtime.createSession(encodeModel(copy.model), { weights: copy.weights });
  const results = await session.run({ [copy.image.name]: noise(copy.image.dims) }, [low.name, high.name]);
  await session.release();
  return [low, high].map(({ name }) => results[name]?.data as Float32Array);
}

it("is one number, or one per channel", async () => {
  const [low, high] = await boundsOf(vgg(), { low: [-1], high: [1, 2, 3] });
  expect(low?.every((v) => v === -1)).toBe(true);
  expect([0, 256, 512].map((i) => high?.[i])).toEqual([1, 2, 3]);
});

it("goes through what stands before the first layer", async () => {
  const [low, high] = await boundsOf(channelsLast(), { low: [-1, -2, -3], high: [1] });
  expect([0, 256, 512].map((i) => low?.[i])).toEqual([-1, -2, -3]);
  expect(high?.every((v) => v === 1)).toBe(true);
});

it("is turned around by a negative factor", async () => {
  const net = new NetworkWriter("inverted", [1, 3, 4, 4]);
  const inverted = net.node("Sub", "invert", [net.constant("one", [], [1]), net.image]);
  const conv = net.conv("conv", inverted, [3, 2]);
  const [low, high] = await boundsOf(net.bytes(net.flatten("flatten", conv)), { low: [0], high: [5] });
  expect([low?.[0], high?.[0]]).toEqual([-4, 1]);
});

it("is asked for, and must fit the image", async () => {
  await expect(boundsOf(vgg(), undefined)).rejects.toThrow(/block1\.1\.conv.*needs the lowest and highest.*inputRange/);
  await expect(boundsOf(vgg(), { low: [0, 0], high: [1] })).rejects.toThrow(/2 values, but the image has 3 channels/);
});
