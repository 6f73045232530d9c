import { describe, expect, it } from "vitest";
import type { Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { findLayer } from "../layers.js";
import { encodeModel } from "../onnx/encode.js";
import { classifierOf, noise, runtime } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";
import { foldScale } from "./fold-scale.js";
import { toDialect } from "./prepare.js";
import { removeIdentity } from "./remove-identity.js";

function network({ shape = [1, 4, 1, 1], bias = true, read = false } = {}): NetworkWriter & { scores: Value } {
  const net = new NetworkWriter("layer scale", [1, 3, 8, 8]);
  const convolved = net.conv("conv", net.image, [3, 4], { bias });
  const scaled = net.node("Mul", "scale", [net.random("s", shape, -1, 1), convolved]);
  const y = read ? net.node("Add", "sum", [scaled, convolved]) : scaled;
  const scores = net.dense("fc", net.flatten("flatten", net.globalPool("pool", net.relu("relu", y))), [4, 5]);
  return Object.assign(net, { scores });
}

async function outputOf(model: Model): Promise<Float32Array> {
  const session = await runtime.createSession(encodeModel(model));
  const [{ name = "" } = {}] = model.graph.outputs;
  const results = await session.run({ input: noise([1, 3, 8, 8]) }, [name]);
  await session.release();
  return results[name]?.data as Float32Array;
}

const products = ({ graph }: Model) => {
  const depending = graph.dependents(graph.inputs);
  return graph.nodes.filter(({ opType, output }) => opType === "Mul" && depending.has(output)).length;
};

describe("factors of a convolution's channels", () => {
  it.each([{}, { bias: false }, { shape: [4, 1, 1] }, { shape: [1] }])("are folded into it: %o", async (options) => {
    const net = network(options);
    const before = await toDialect(net.model(net.scores), runtime);
    const after = removeIdentity(foldScale(before));
    expect(products(after)).toBe(0);
    const [expected, found] = [await outputOf(before), await outputOf(after)];
    found.forEach((y, i) => {
      expect(y).toBeCloseTo(expected[i] as number, 5);
    });
  });

  it.each([{ shape: [1, 4, 8, 8] }, { shape: [8] }, { read: true }])(
    "stay where they can't be: %o",
    async (options) => {
      const net = network(options);
      expect(products(foldScale(await toDialect(net.model(net.scores), runtime)))).toBe(1);
    },
  );

  it("leave the names that people use", async () => {
    const net = network();
    const classifier = await classifierOf(net.bytes(net.scores));
    for (const name of ["conv", "scale", "scale_out"]) expect(findLayer(classifier, name).tensor).toBe("scale_out");
    expect(() => findLayer(classifier, "conv_out")).toThrow(/factors are folded into it; use "scale_out"/);
  });
});
