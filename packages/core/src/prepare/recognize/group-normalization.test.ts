import { describe, expect, it } from "vitest";
import type { Value } from "../../graph/graph.js";
import type { NetworkWriter } from "../../testing/networks.js";
import { recognized } from "../../testing/recognized.js";

const SHAPE = [2, 6, 3, 4];

/** As exporters write it: each group as a channel. */
function groups(net: NetworkWriter, x: Value, [factor, shift]: readonly [number, number] = [1, 0]): Value {
  const [ones, zeros] = [net.constant("ones", [2], [factor, factor]), net.constant("zeros", [2], [shift, shift])];
  const apart = net.node("Reshape", "apart", [x, net.ints("groups", [2, 2, -1])]);
  const norm = net.node("InstanceNormalization", "norm", [apart, ones, zeros]);
  return net.node("Reshape", "together", [norm, net.ints("shape", SHAPE)]);
}

const perChannel = (net: NetworkWriter, name: string) => net.random(name, [6, 1, 1], 0.5, 1.5);

describe("group normalization becomes one node", () => {
  it("with scale and bias", async () => {
    const { operators, model } = await recognized(SHAPE, (net, x) => {
      const scaled = net.node("Mul", "scaled", [groups(net, x), perChannel(net, "scale")]);
      return net.node("Add", "shifted", [perChannel(net, "bias"), scaled]);
    });
    expect(operators.filter((operator) => operator !== "Reshape")).toEqual(["GroupNormalization"]);
    expect(model.graph.nodes.at(-1)?.at.int("num_groups")).toBe(2);
  });

  it("without either", async () => {
    expect((await recognized(SHAPE, (net, x) => groups(net, x))).operators).toEqual(["GroupNormalization"]);
  });

  it("with those of its instances, if they are the same for all", async () => {
    const { operators } = await recognized(SHAPE, (net, x) => groups(net, x, [2, 0.5]));
    expect(operators).toEqual(["GroupNormalization"]);
  });
});

it("leaves a scale of each place alone", async () => {
  const { operators } = await recognized(SHAPE, (net, x) =>
    net.node("Mul", "scaled", [groups(net, x), net.random("places", [3, 4], 0.5, 1.5)]),
  );
  expect(operators).toEqual(["GroupNormalization", "Mul"]);
});

it("leaves instances that become other values alone", async () => {
  const { operators } = await recognized(SHAPE, (net, x) => {
    const ones = net.constant("ones", [6], new Array(6).fill(1));
    const zeros = net.constant("zeros", [6], new Array(6).fill(0));
    const norm = net.node("InstanceNormalization", "norm", [x, ones, zeros]);
    return net.node("Reshape", "flat", [norm, net.ints("shape", [2, 72])]);
  });
  expect(operators).toEqual(["InstanceNormalization", "Reshape"]);
});
