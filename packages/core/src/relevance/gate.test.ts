import { describe, expect, it } from "vitest";
import type { Value } from "../graph/graph.js";
import { NetworkWriter } from "../testing/networks.js";
import { isGate, signalsOf } from "./gate.js";

/** A product of two values that are made of the image; which of its inputs get relevance. */
function signals(factors: (net: NetworkWriter) => [Value, Value], operator = "Mul"): number[] {
  const net = new NetworkWriter("gates", [1, 2, 4, 4]);
  const product = net.node(operator, "product", factors(net));
  return signalsOf(product.producer as never, net.graph.dependents([net.image]));
}

const three = (net: NetworkWriter) => net.constant("three", [], [3]);
const bounds = (net: NetworkWriter) => [net.constant("low", [], [0]), net.constant("high", [], [6])] as const;

describe("of a product of two signals", () => {
  it.each(["Sigmoid", "HardSigmoid", "Softmax", "Tanh"])("%s is the gate", (gate) => {
    expect(signals((net) => [net.image, net.node(gate, "gate", [net.image])])).toEqual([0]);
    expect(signals((net) => [net.node(gate, "gate", [net.image]), net.image])).toEqual([1]);
  });

  it("h-swish's clip is the gate, shifted and scaled as it is", () => {
    const hardSwish = (net: NetworkWriter): [Value, Value] => {
      const shifted = net.node("Add", "shifted", [net.image, three(net)]);
      const clipped = net.node("Clip", "clipped", [shifted, ...bounds(net)]);
      return [net.image, net.node("Div", "scaled", [clipped, net.constant("six", [], [6])])];
    };
    expect(signals(hardSwish)).toEqual([0]);
  });

  it.each(["Identity", "Flatten", "Transpose", "Tile"])("a gate that passes %s is still one", (operator) => {
    expect(
      signals((net) => [net.image, net.node(operator, "passed", [net.node("Sigmoid", "gate", [net.image])])]),
    ).toEqual([0]);
  });

  it("a function of a gate is none", () => {
    const net = new NetworkWriter("function", [1, 2]);
    const y = net.node("Neg", "function", [net.node("Sigmoid", "gate", [net.image])]);
    expect(isGate(y, net.graph.dependents([net.image]))).toBe(false);
  });

  it("a clip without a ceiling is no gate", () => {
    const net = new NetworkWriter("floor", [1, 2]);
    const floored = net.node("Clip", "floored", [net.image, net.constant("low", [], [0])]);
    expect(isGate(floored, net.graph.dependents([net.image]))).toBe(false);
  });

  it("the smaller is the gate where both are bounded: squeeze and excite behind ReLU6", () => {
    const excite = (net: NetworkWriter): [Value, Value] => {
      const signal = net.node("Clip", "signal", [net.image, ...bounds(net)]);
      const gate = net.node("Sigmoid", "gate", [net.globalPool("pool", signal)]);
      signal.shape = [1, 2, 4, 4];
      gate.shape = [1, 2, 1, 1];
      return [signal, gate];
    };
    expect(signals(excite)).toEqual([0]);
  });

  it("none is the gate where nothing tells them apart", () => {
    const same = (net: NetworkWriter): [Value, Value] => [net.relu("a", net.image), net.relu("b", net.image)];
    const typed = (net: NetworkWriter): [Value, Value] => {
      const both = same(net);
      for (const value of both) value.shape = [1, 2, 4, 4];
      return both;
    };
    expect(signals(typed)).toEqual([0, 1]);
  });

  it("a divisor is a scale", () => {
    expect(signals((net) => [net.image, net.relu("norm", net.image)], "Div")).toEqual([0]);
  });

  it("a constant is no signal", () => {
    expect(signals((net) => [three(net), net.image])).toEqual([1]);
  });
});
