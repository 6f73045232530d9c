import { expect, it } from "vitest";
import { Graph, type Value } from "../graph/graph.js";
import { encodeModel } from "../onnx/encode.js";
import { classifierOf, mapsOf, noise, runtime } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";
import { type Sharing, stabilized } from "./distribute.js";

const absolute = { bias: "share", stabilizer: "absolute", epsilon: 0.5, spreads: false, images: 1 } as const;
const relative = { ...absolute, stabilizer: "relative" } as const;

async function stable(z: readonly number[], sharing: Sharing, sign?: 1 | -1): Promise<number[]> {
  const graph = new Graph();
  const value = graph.addInput("z", "float32", [z.length]);
  const output = stabilized(value, sharing, sign);
  graph.outputs.push(output);
  const model = { graph, irVersion: 10, opsets: new Map([["", 21]]), producer: "limn", metadata: new Map() };
  const session = await runtime.createSession(encodeModel(model));
  const data = Float32Array.from(z);
  const results = await session.run({ z: { dtype: "float32", dims: [z.length], data } }, [output.name]);
  await session.release();
  return Array.from(results[output.name]?.data as Float32Array);
}

it("moves numbers away from 0, which counts as positive", async () => {
  const z = [2, -2, 0, -0, 1e-30, -1e-20, 1e-7, -1e-7];
  const found = await stable(z, absolute);
  z.forEach((v, i) => {
    expect(found[i], `${v}`).toBeCloseTo(v + (v >= 0 ? 0.5 : -0.5), 6);
  });
});

it("goes in the direction that is known", async () => {
  expect(await stable([0, 1], absolute, 1)).toEqual([0.5, 1.5]);
  expect(await stable([0, -1], absolute, -1)).toEqual([-0.5, -1.5]);
});

it("by a fraction of the mean size", async () => {
  expect(await stable([1, -3], relative)).toEqual([2, -4]);
  expect(await stable([1, 3], relative, 1)).toEqual([2, 4]);
});

it("next to nothing where quotients are bounded, and the fraction is small", async () => {
  const small = { ...relative, epsilon: 1e-6, proportional: true };
  const [nothing, little] = await stable([0, 1e-20, 1], small);
  expect(nothing).toBeGreaterThan(0);
  expect(little).toBe(Math.fround(1e-20));
  expect((await stable([0, 1e-20, 1], { ...small, proportional: false }))[1]).toBeGreaterThan(1e-8);
  expect((await stable([0, 1e-20, 1], { ...small, epsilon: 1e-3 }))[1]).toBeGreaterThan(1e-5);
});

it("by nothing where R is z times something, without giving relevance to outputs that a ReLU turns off", async () => {
  const net = new NetworkWriter("sums", [1, 3, 6, 6]);
  const [a, b] = ["a", "b"].map((name) => net.relu(`${name}.relu`, net.conv(name, net.image, [3, 4], { bias: false })));
  const signed = net.conv("c", a as Value, [4, 4], { bias: false });
  const sum = net.node("Add", "sum", [net.node("Add", "first", [a as Value, b as Value]), signed]);
  const classifier = await classifierOf(net.bytes(net.dense("fc", net.flatten("flatten", sum), [144, 5], false)));
  const divided = { bias: "share", stabilizer: "absolute", epsilon: 1e-9 };
  const requests = [{}, divided].map((settings) => ({
    method: "lrp",
    options: { composite: "epsilon", reduce: "none", ...settings },
  }));
  const [found, expected] = await mapsOf(classifier, requests, noise([1, 3, 6, 6]), 2);
  const largest = Math.max(...Array.from(expected?.values ?? [], Math.abs));
  expect(largest).toBeGreaterThan(0);
  expected?.values.forEach((value, i) => {
    expect(Math.abs((found?.values[i] as number) - value) / largest).toBeLessThan(1e-4);
  });
});
