import { expect, it } from "vitest";
import { Graph } from "../graph/graph.js";
import { encodeModel } from "../onnx/encode.js";
import { runtime } from "../testing/explaining.js";
import { stabilized } from "./distribute.js";

async function stable(z: readonly number[], epsilon: number, sign?: 1 | -1): Promise<number[]> {
  const graph = new Graph();
  const value = graph.addInput("z", "float32", [z.length]);
  const output = stabilized(value, epsilon, sign);
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
  const found = await stable(z, 0.5);
  z.forEach((v, i) => {
    expect(found[i], `${v}`).toBeCloseTo(v + (v >= 0 ? 0.5 : -0.5), 6);
  });
});

it("goes in the direction that is known", async () => {
  expect(await stable([0, 1], 0.5, 1)).toEqual([0.5, 1.5]);
  expect(await stable([0, -1], 0.5, -1)).toEqual([-0.5, -1.5]);
});
