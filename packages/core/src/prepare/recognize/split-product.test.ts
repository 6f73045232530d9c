import { describe, expect, it } from "vitest";
import { attributesFrom } from "../../graph/attributes.js";
import type { Value } from "../../graph/graph.js";
import type { NetworkWriter } from "../../testing/networks.js";
import { recognized } from "../../testing/recognized.js";

const SHAPE = [2, 3, 4];

const product = (net: NetworkWriter, x: Value) => net.node("MatMul", "qk", [x, net.random("W", [4, 10], -1, 1)]);
const part = (net: NetworkWriter, y: Value, name: string, [from, to]: readonly [number, number]) =>
  net.node("Slice", name, [y, ...[from, to, -1].map((v, i) => net.ints(`${name}.${i}`, [v]))]);
const biased = (net: NetworkWriter, y: Value, name: string) =>
  net.node("Add", `${name}.add`, [y, net.random(`${name}.b`, [5], -1, 1)]);
const layers = (operators: readonly string[]) => operators.filter((operator) => operator === "MatMul").length;

describe("a product whose parts get biases of their own", () => {
  it("becomes two, of which only one may have a bias", async () => {
    const { operators } = await recognized(SHAPE, (net, x) => {
      const y = product(net, x);
      return net.node("Mul", "mul", [biased(net, part(net, y, "q", [0, 5]), "q"), part(net, y, "k", [-5, 10])]);
    });
    expect(layers(operators)).toBe(2);
  });

  it("becomes as many as a Split has parts", async () => {
    const { operators } = await recognized(SHAPE, (net, x) => {
      const type = { dtype: undefined, shape: undefined };
      const attributes = attributesFrom({ axis: -1, num_outputs: 2 });
      const init = { name: "split", opType: "Split", inputs: [product(net, x)], attributes };
      const [q, k] = net.graph.append(
        init,
        ["q", "k"].map((name) => ({ ...type, name })),
      ).outputs as [Value, Value];
      return net.node("Mul", "mul", [biased(net, q, "q"), biased(net, k, "k")]);
    });
    expect([layers(operators), operators.includes("Split")]).toEqual([2, false]);
  });
});

it("stays one without biases, or where all of it is read", async () => {
  const plain = await recognized(SHAPE, (net, x) => {
    const y = product(net, x);
    return net.node("Mul", "mul", [part(net, y, "q", [0, 5]), part(net, y, "k", [5, 10])]);
  });
  const read = await recognized(SHAPE, (net, x) => {
    const y = product(net, x);
    const [q, k] = [biased(net, part(net, y, "q", [0, 5]), "q"), part(net, y, "k", [5, 10])];
    return net.node("Concat", "all", [net.node("Mul", "mul", [q, k]), y], { axis: -1 });
  });
  expect([layers(plain.operators), layers(read.operators)]).toEqual([1, 1]);
});
