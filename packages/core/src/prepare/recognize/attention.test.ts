import { describe, expect, it } from "vitest";
import { float } from "../../graph/attributes.js";
import type { Node, Value } from "../../graph/graph.js";
import type { Model } from "../../graph/model.js";
import { numbersOf, type Tensor } from "../../graph/tensor.js";
import type { NetworkWriter } from "../../testing/networks.js";
import { recognized } from "../../testing/recognized.js";

const [TOKENS, HEADS, FEATURES] = [5, 2, 4];
const WIDTH = HEADS * FEATURES;
/** [images, tokens, heads * features] */
const SHAPE = [2, TOKENS, WIDTH];

type Three = [Q: Value, K: Value, V: Value];

/** Writes the projections, and what is between them and the output. */
const attention = (between: (net: NetworkWriter, projected: Three) => Value) =>
  recognized(SHAPE, (net, x) => {
    const project = (name: string) => net.node("MatMul", name, [x, net.random(`${name}.W`, [WIDTH, WIDTH], -1, 1)]);
    return between(net, ["q", "k", "v"].map(project) as Three);
  });

/** [images, heads, tokens, features] of [images, tokens, width]. */
function headsOf(net: NetworkWriter, x: Value, name: string, perm = [0, 2, 1, 3]): Value {
  const split = net.node("Reshape", `${name}.split`, [x, net.ints(`${name}.shape`, [0, 0, HEADS, FEATURES])]);
  return net.node("Transpose", `${name}.heads`, [split], { perm });
}

const number = (net: NetworkWriter, name: string, value: number) => net.constant(name, [], [value]);
const scaled = (net: NetworkWriter, name: string, x: Value, factor: number, opType = "Mul") =>
  net.node(opType, name, [x, number(net, `${name}.factor`, factor)]);
const product = (net: NetworkWriter, name: string, a: Value, b: Value) => net.node("MatMul", name, [a, b]);
const softmax = (net: NetworkWriter, x: Value) => net.node("Softmax", "softmax", [x], { axis: -1 });
const TURNED = [0, 2, 3, 1];

/** The operators from a product of queries and keys to that with the values. */
function path({ graph }: Model): string[] {
  const product = graph.nodes.find(
    ({ opType, inputs: [a] }) => opType === "MatMul" && a?.producer?.opType === "Softmax",
  );
  const steps: Node[] = product ? [product] : [];
  for (const { opType, inputs } of steps) {
    if (opType === "MatMul" && steps.length > 1) break;
    const before = inputs[0]?.producer;
    if (before) steps.push(before);
  }
  return steps.reverse().map(({ opType }) => opType);
}

describe("attention gets one form", () => {
  it.each<[string, (net: NetworkWriter, q: Value, k: Value) => Value]>([
    ["queries scaled", (net, q, k) => product(net, "qk", scaled(net, "s", q, 0.5), k)],
    [
      "both scaled by the root",
      (net, q, k) => product(net, "qk", scaled(net, "s", q, Math.SQRT1_2), scaled(net, "t", k, Math.SQRT1_2)),
    ],
    ["the product scaled", (net, q, k) => scaled(net, "s", product(net, "qk", q, k), 0.5)],
    ["the product divided", (net, q, k) => scaled(net, "s", product(net, "qk", q, k), 2, "Div")],
    [
      "queries and the product scaled",
      (net, q, k) => scaled(net, "s", product(net, "qk", scaled(net, "t", q, 2), k), 0.25),
    ],
  ])("with %s", async (_, scores) => {
    const { model } = await attention((net, [q, k, v]) => {
      const A = softmax(net, scores(net, headsOf(net, q, "q"), headsOf(net, k, "k", TURNED)));
      return product(net, "mix", A, headsOf(net, v, "v"));
    });
    expect(path(model)).toEqual(["MatMul", "Mul", "Softmax", "MatMul"]);
    const [scale, ...others] = model.graph.nodes.filter(({ opType }) => opType === "Mul");
    expect(others).toEqual([]);
    // 1 / sqrt(features), exactly
    expect(numbersOf(scale?.inputs[1]?.initializer as Tensor)).toEqual([0.5]);
  });

  it("without a guard against rows that see nothing, and without a mask that hides nothing", async () => {
    const { model } = await attention((net, [q, k, v]) => {
      const products = scaled(net, "s", product(net, "qk", headsOf(net, q, "q"), headsOf(net, k, "k", TURNED)), 0.5);
      const mask = net.constant("mask", [1, 1, TOKENS, TOKENS], new Array(TOKENS * TOKENS).fill(0));
      const p = softmax(net, net.node("Add", "masked", [products, mask]));
      const A = net.node("Where", "guarded", [net.node("IsNaN", "nan", [p]), number(net, "zero", 0), p]);
      return product(net, "mix", A, headsOf(net, v, "v"));
    });
    expect(path(model)).toEqual(["MatMul", "Mul", "Softmax", "MatMul"]);
  });

  it("keeps the guard where the mask hides a whole row", async () => {
    const { operators } = await attention((net, [q, k, v]) => {
      const products = product(net, "qk", headsOf(net, q, "q"), headsOf(net, k, "k", TURNED));
      const hidden = Array.from({ length: TOKENS ** 2 }, (_, i) => (i < TOKENS ? Number.NEGATIVE_INFINITY : 0));
      const p = softmax(net, net.node("Add", "masked", [products, net.constant("mask", [TOKENS, TOKENS], hidden)]));
      const A = net.node("Where", "guarded", [net.node("IsNaN", "nan", [p]), number(net, "zero", 0), p]);
      return product(net, "mix", A, headsOf(net, v, "v"));
    });
    expect(operators).toContain("IsNaN");
  });

  it("keeps a relative bias", async () => {
    const { model } = await attention((net, [q, k, v]) => {
      const products = scaled(net, "s", product(net, "qk", headsOf(net, q, "q"), headsOf(net, k, "k", TURNED)), 0.5);
      const bias = net.random("bias", [1, HEADS, TOKENS, TOKENS], -1, 1);
      return product(net, "mix", softmax(net, net.node("Add", "biased", [products, bias])), headsOf(net, v, "v"));
    });
    expect(path(model)).toEqual(["MatMul", "Mul", "Add", "Softmax", "MatMul"]);
  });

  it("with heads that were folded into the images", async () => {
    const { model } = await attention((net, [q, k, v]) => {
      const folded = (x: Value, name: string) =>
        net.node("Reshape", `${name}.fold`, [headsOf(net, x, name), net.ints(`${name}.to`, [-1, TOKENS, FEATURES])]);
      const turned = net.node("Transpose", "k.turned", [folded(k, "k")], { perm: [0, 2, 1] });
      const products = scaled(net, "s", product(net, "qk", folded(q, "q"), turned), 0.5);
      return product(net, "mix", softmax(net, products), folded(v, "v"));
    });
    const A = model.graph.nodes.find(({ opType }) => opType === "Softmax")?.output;
    expect(A?.dims).toEqual([2, HEADS, TOKENS, TOKENS]);
    const reader = model.graph.nodes.find(({ inputs }) => inputs[0] === A);
    expect(reader?.opType).toBe("MatMul");
    expect(reader?.inputs[1]?.dims).toEqual([2, HEADS, TOKENS, FEATURES]);
  });

  it("with tokens as columns", async () => {
    const { model } = await attention((net, [q, k, v]) => {
      const products = product(net, "qk", headsOf(net, q, "q"), headsOf(net, k, "k", TURNED));
      const turned = net.node("Transpose", "turned", [softmax(net, products)], { perm: [0, 1, 3, 2] });
      return product(net, "mix", headsOf(net, v, "v", TURNED), turned);
    });
    expect(path(model)).toEqual(["MatMul", "Softmax", "MatMul"]);
    expect(model.graph.outputs[0]?.dims).toEqual([2, HEADS, FEATURES, TOKENS]);
  });

  it("of Einsum", async () => {
    const { operators, model } = await attention((net, [q, k, v]) => {
      const split = (x: Value, name: string) =>
        net.node("Reshape", `${name}.split`, [x, net.ints(`${name}.shape`, [0, 0, HEADS, FEATURES])]);
      const products = net.node("Einsum", "qk", [split(q, "q"), split(k, "k")], { equation: "bihd,bjhd->bhij" });
      const A = softmax(net, scaled(net, "s", products, 0.5));
      return net.node("Einsum", "mix", [A, split(v, "v")], { equation: "bhij,bjhd->bihd" });
    });
    expect(operators).not.toContain("Einsum");
    // the product has a shape of its own, since Einsum's letters are free
    expect(path(model).slice(-2)).toEqual(["Softmax", "MatMul"]);
  });

  it("of one head without an axis for it", async () => {
    const { model } = await attention((net, [q, k, v]) => {
      const turned = net.node("Transpose", "k.turned", [k], { perm: [0, 2, 1] });
      return product(net, "mix", softmax(net, product(net, "qk", q, turned)), v);
    });
    expect(model.graph.nodes.find(({ opType }) => opType === "Softmax")?.output.dims).toEqual([2, 1, TOKENS, TOKENS]);
  });
});

it("leaves a product with a constant's scale alone", async () => {
  const { operators } = await recognized(SHAPE, (net, x) =>
    product(net, "layer", scaled(net, "s", x, 0.5), net.random("W", [WIDTH, 3], -1, 1)),
  );
  expect(operators).toEqual(["Mul", "MatMul"]);
});

it("leaves a softmax over another axis alone", async () => {
  const { operators } = await attention((net, [q, k, v]) => {
    const products = product(net, "qk", headsOf(net, q, "q"), headsOf(net, k, "k", TURNED));
    const A = net.node("Softmax", "softmax", [products], { axis: 2 });
    return product(net, "mix", A, headsOf(net, v, "v"));
  });
  expect(operators.filter((operator) => operator === "Softmax")).toHaveLength(1);
});

it("recognizes attention of com.microsoft", async () => {
  const { model } = await attention((net, [q, k, v]) =>
    net.node("MultiHeadAttention", "mha", [q, k, v], { num_heads: HEADS, scale: float(0.5) }, "com.microsoft"),
  );
  const A = model.graph.nodes.find(({ opType }) => opType === "Softmax")?.output;
  expect(A?.dims).toEqual([2, HEADS, TOKENS, TOKENS]);
});
