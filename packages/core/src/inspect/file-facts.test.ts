import { describe, expect, it } from "vitest";
import { encodeModel } from "../onnx/encode.js";
import { NetworkWriter } from "../testing/networks.js";
import { info, modelBytes, node, weight } from "../testing/small-models.js";
import { fileFactsOf } from "./file-facts.js";

const facts = (bytes: Uint8Array) => fileFactsOf({ location: "net.onnx", bytes, weights: {} });

describe("fileFactsOf", () => {
  it("counts nodes and numbers, and tells versions, producer and metadata", () => {
    const net = new NetworkWriter("facts", [1, 3, 8, 8]);
    const x = net.relu("b", net.relu("a", net.conv("conv", net.image, [3, 2])));
    const model = net.model(net.flatten("flatten", net.globalPool("pool", x)));
    const metadata = new Map([["author", "me"]]);
    expect(facts(encodeModel({ ...model, producer: "pytorch 2.1", metadata }))).toEqual({
      irVersion: 10,
      opsets: { "": 21 },
      producer: "pytorch 2.1",
      metadata: { author: "me" },
      inputs: [{ name: "input", dtype: "float32", shape: [1, 3, 8, 8] }],
      outputs: [{ name: "flatten_out", dtype: undefined, shape: undefined }],
      nodes: 5,
      operators: { Relu: 2, Conv: 1, GlobalAveragePool: 1, Flatten: 1 },
      numbers: [{ dtype: "float32", count: 56 }],
      quantized: false,
    });
  });

  it("keeps the names of open sizes, of inputs and outputs", () => {
    const bytes = modelBytes({
      input: [info("x", "float32", ["batch", 3, "height", "width"])],
      output: [info("y", "float32", ["batch", 2])],
      node: [node("GlobalAveragePool", ["x"], "p"), node("Flatten", ["p"], "f"), node("MatMul", ["f", "w"], "y")],
      initializer: [weight("w", [3, 2], [1, 2, 3, 4, 5, 6])],
    });
    expect(facts(bytes)).toMatchObject({
      inputs: [{ shape: ["batch", 3, "height", "width"] }],
      outputs: [{ shape: ["batch", 2] }],
    });
  });

  it("refuses what is no model", () => {
    expect(() => facts(new TextEncoder().encode("hello"))).toThrow(/net\.onnx: this is not an ONNX model/);
  });
});
