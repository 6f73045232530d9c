import { describe, expect, it } from "vitest";
import { Graph, type Value } from "../graph/graph.js";
import { div, relu } from "../graph/math.js";
import { classifierOf } from "../testing/explaining.js";
import { mobile } from "../testing/networks.js";
import { compile } from "./compile.js";
import { sortByDepth } from "./order.js";

const placeOf = ({ graph, producer }: Value) => (producer ? graph.nodes.indexOf(producer) : -1);

describe("sortByDepth", () => {
  it("puts what takes the longest way last, and readers after what they read", () => {
    const graph = new Graph();
    const x = graph.addInput("x", "float32", [4]);
    const far = graph.emit("Exp", [graph.emit("Neg", [graph.emit("Abs", [x])])]);
    const near = relu(x);
    const y = div(far, near);
    expect(placeOf(near)).toBeGreaterThan(placeOf(far));
    sortByDepth(graph);
    expect(placeOf(near)).toBeLessThan(placeOf(far));
    expect(graph.nodes.map(({ opType }) => opType)).toEqual(["Abs", "Relu", "Neg", "Exp", "Div"]);
    expect(graph.nodes.at(-1)).toBe(y.producer);
  });

  it("puts what convolutions' relevance is divided by before that relevance", async () => {
    const { model } = compile(await classifierOf(mobile()), [{ method: "lrp", options: { composite: "epsilon" } }]);
    const quotients = model.graph.nodes.filter(
      ({ opType, output: { rank, dims } }) => opType === "Div" && rank === 4 && dims[3] !== 1,
    );
    expect(quotients.length).toBeGreaterThan(3);
    for (const { inputs, name } of quotients) {
      const [R, z] = inputs as [Value, Value];
      expect(placeOf(z), name).toBeLessThan(placeOf(R));
    }
  });
});
