import { expect } from "vitest";
import type { Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import type { Shape } from "../graph/tensor.js";
import { encodeModel } from "../onnx/encode.js";
import { toDialect } from "../prepare/prepare.js";
import { recognize } from "../prepare/recognize/recognize.js";
import { removeIdentity } from "../prepare/remove-identity.js";
import { noise, runtime } from "./explaining.js";
import { NetworkWriter } from "./networks.js";

/**
 * What loading recognizes in a part of a network, after making sure that it still computes the same.
 * @param shape of the part's input
 * @param write writes the part, as an exporter would, and gives its output
 * @param tolerance how far its output may move, as a share of the largest value
 * @returns the operators of the part, in order
 */
export async function recognized(
  shape: Shape,
  write: (net: NetworkWriter, x: Value) => Value,
  tolerance = 2e-6,
): Promise<{ operators: string[]; model: Model }> {
  const model = () => {
    const net = new NetworkWriter("recognized", shape);
    return net.model(write(net, net.image));
  };
  // what nobody reads any more goes with the last pass
  const found = removeIdentity(recognize(removeIdentity(await toDialect(model(), runtime))));
  const [before, after] = [await outputOf(model(), shape), await outputOf(found, shape)];
  const largest = before.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  expect(after.length).toBe(before.length);
  expect(largest).toBeGreaterThan(0);
  const distance = after.reduce((worst, v, i) => Math.max(worst, Math.abs(v - (before[i] as number))), 0);
  expect(distance / largest).toBeLessThan(tolerance);
  return { operators: found.graph.nodes.map(({ opType }) => opType), model: found };
}

async function outputOf({ graph, ...rest }: Model, shape: Shape): Promise<Float32Array> {
  const session = await runtime.createSession(encodeModel({ graph, ...rest }));
  const [{ name = "" } = {}] = graph.outputs;
  const results = await session.run({ input: noise(shape) }, [name]);
  await session.release();
  return results[name]?.data as Float32Array;
}
