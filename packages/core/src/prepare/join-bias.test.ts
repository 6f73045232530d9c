import { describe, expect, it } from "vitest";
import { imbalanceOf, ledgerOf } from "../check/ledger.js";
import type { Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { findLayer } from "../layers.js";
import { encodeModel } from "../onnx/encode.js";
import { classifierOf, mapsOf, noise, runtime } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";
import { joinBias } from "./join-bias.js";
import { toDialect } from "./prepare.js";
import { removeIdentity } from "./remove-identity.js";

/** A convolution and a dense layer with constants added behind them. */
function network({ perPosition = false, biased = false, read = false } = {}): NetworkWriter & { scores: Value } {
  const net = new NetworkWriter("added constants", [1, 3, 8, 8]);
  const convolved = net.conv("conv", net.image, [3, 4], { bias: biased });
  const c = net.random("c", perPosition ? [4, 8, 8] : [4, 1, 1], -1, 1);
  const added = net.node("Add", "conv.add", [c, convolved]);
  const activation = net.relu("relu", read ? net.node("Sub", "sub", [added, convolved]) : added);
  const features = net.flatten("flatten", net.globalPool("pool", activation));
  const product = net.node("MatMul", "fc", [features, net.random("W", [4, 5], -1, 1)]);
  const scores = net.node("Add", "fc.add", [product, net.random("d", [5], -1, 1)]);
  return Object.assign(net, { scores });
}

async function outputOf(model: Model): Promise<number[]> {
  const session = await runtime.createSession(encodeModel(model));
  const [{ name = "" } = {}] = model.graph.outputs;
  const results = await session.run({ input: noise([1, 3, 8, 8]) }, [name]);
  await session.release();
  return Array.from(results[name]?.data as Float32Array);
}

const operators = ({ graph }: Model) => graph.nodes.map(({ opType }) => opType);

describe("constants behind linear layers", () => {
  it.each([{ biased: false }, { biased: true }])("are joined, with a bias of its own: $biased", async (options) => {
    const net = network(options);
    const before = await toDialect(net.model(net.scores), runtime);
    // what nobody reads any more goes with the next pass
    const after = removeIdentity(joinBias(before));
    expect(operators(after).filter((op) => ["Conv", "Gemm", "MatMul"].includes(op))).toEqual(["Conv", "Gemm"]);
    expect(after.graph.outputs.map(({ name }) => name)).toEqual(["fc.add_out"]);
    const depending = after.graph.dependents(after.graph.inputs);
    expect(after.graph.nodes.filter((n) => n.opType === "Add" && depending.has(n.output))).toEqual([]);
    const [expected, found] = [await outputOf(before), await outputOf(after)];
    found.forEach((y, i) => {
      expect(y).toBeCloseTo(expected[i] as number, 5);
    });
  });

  it("stay where they differ by position, or where others read the sum without them", async () => {
    for (const options of [{ perPosition: true }, { read: true }]) {
      const net = network(options);
      const after = joinBias(await toDialect(net.model(net.scores), runtime));
      expect(operators(after)).toContain("Add");
    }
  });

  it("leave the names that people use", async () => {
    const net = network();
    const classifier = await classifierOf(net.bytes(net.scores));
    for (const name of ["conv", "conv.add", "conv.add_out"])
      expect(findLayer(classifier, name).tensor, name).toBe("conv.add_out");
    expect(() => findLayer(classifier, "conv_out")).toThrow(/is now its bias; use "conv.add_out"/);
  });

  it("count as bias in the books of relevance", async () => {
    const net = network();
    const classifier = await classifierOf(net.bytes(net.scores));
    const image = noise(classifier.image.dims);
    const { entries } = await ledgerOf(classifier, runtime, image, { composite: "epsilon", bias: "share" });
    for (const entry of entries) expect(imbalanceOf(entry)).toBeLessThan(1e-5);
    const books = new Map(entries.map(({ operator, bias }) => [operator, bias]));
    expect(books.get("Gemm")).not.toBe(0);
    expect(books.get("Conv")).not.toBe(0);
    expect(books.has("Add")).toBe(false);
    const [saliency] = await mapsOf(classifier, ["saliency"], image, 1);
    expect(saliency?.values.some((v) => v > 0)).toBe(true);
  });
});
