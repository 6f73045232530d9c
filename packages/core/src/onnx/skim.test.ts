import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LimnError } from "../error.js";
import { float } from "../graph/attributes.js";
import { Graph } from "../graph/graph.js";
import { tensor } from "../graph/tensor.js";
import { info, modelBytes, node, weightIn } from "../testing/small-models.js";
import { decodeModel } from "./decode.js";
import { encodeModel } from "./encode.js";
import { skimModel } from "./skim.js";

/** A model with a constant on each side of the limit, and something behind them. */
function model(): Uint8Array {
  const graph = new Graph();
  const x = graph.addInput("x", "float32", [1, 300]);
  const large = graph.addInitializer(
    "large",
    tensor(
      "float32",
      [300],
      Float32Array.from({ length: 300 }, (_, i) => i),
    ),
  );
  const small = graph.addInitializer("small", tensor("float32", [3], [1, 2, 3]));
  const y = graph.emit("Add", [graph.emit("Mul", [x, large]), graph.emit("ReduceSum", [small])]);
  graph.outputs.push(
    graph.emit("Resize", [y, undefined, graph.constant("float32", [2], [1, 2])], { cubic_coeff_a: float(-0.5) }),
  );
  return encodeModel({
    graph,
    irVersion: 8,
    opsets: new Map([["", 21]]),
    producer: "test",
    metadata: new Map([["a", "b"]]),
  });
}

const partial = (bytes: Uint8Array) => ({
  size: bytes.byteLength,
  read: (offset: number, length: number) => bytes.slice(offset, offset + length),
});

describe("skimModel", () => {
  it("leaves large constants in the file and keeps everything else", () => {
    const bytes = model();
    const skimmed = skimModel(partial(bytes), "m.onnx");
    expect(skimmed?.byteLength).toBeLessThan(bytes.byteLength - 1100);
    const decoded = decodeModel(skimmed as Uint8Array, "m.onnx", true);
    const data = decoded.graph.initializers.find((v) => v.name === "large")?.initializer?.data;
    expect(data).toMatchObject({ kind: "file", location: "m.onnx", length: 1200 });
    const read = (_: string, offset: number, length: number) => bytes.slice(offset, offset + length);
    const whole = encodeModel(decodeModel(bytes, "m.onnx"), { weights: read });
    expect(encodeModel(decoded, { weights: read })).toEqual(whole);
  });

  it("renames the files that hold a model's constants", () => {
    const bytes = modelBytes({
      input: [info("x", "float32", [1, 2])],
      output: [info("y", "float32", [1, 2])],
      node: [node("Add", ["x", "w"], "y")],
      initializer: [weightIn("model.data", "w", [1, 2], 8)],
    });
    const met: string[] = [];
    const skimmed = skimModel(partial(bytes), "m.onnx", (location) => {
      met.push(location);
      return "blobs/abc";
    });
    expect(met).toEqual(["model.data"]);
    const [constant] = decodeModel(skimmed as Uint8Array, "m.onnx", true).graph.initializers;
    expect(constant?.initializer?.data).toEqual({ kind: "file", location: "blobs/abc", offset: 8, length: 8 });
  });

  it("gives up on what is not a well-formed file, and on nothing else", () => {
    const bytes = model();
    expect(skimModel(partial(bytes.slice(0, bytes.byteLength - 5)), "m.onnx")).toBeUndefined();
    expect(
      skimModel(partial(new TextEncoder().encode("version https://git-lfs.github.com/spec/v1")), "m.onnx"),
    ).toBeUndefined();
  });

  it("never fails in another way on damaged files", () => {
    const bytes = model();
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(bytes.byteLength - 1), fc.nat(255)), { maxLength: 6 }), (edits) => {
        const damaged = bytes.slice();
        for (const [at, value] of edits) damaged[at] = value;
        const skimmed = skimModel(partial(damaged), "m.onnx");
        try {
          decodeModel(skimmed ?? damaged, "m.onnx", skimmed !== undefined);
        } catch (error) {
          expect(error).toBeInstanceOf(LimnError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
