import { describe, expect, it } from "vitest";
import type { Value } from "../graph/graph.js";
import { tensor } from "../graph/tensor.js";
import { classifierOf } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";
import { activatedness } from "./activated.js";

/** What a part makes of a convolution's [1, 4, 8, 8]. */
async function isActivated(
  part: (net: NetworkWriter, x: Value, number: (value: number) => Value) => Value,
): Promise<boolean> {
  const net = new NetworkWriter("activated", [1, 3, 8, 8]);
  const number = (value: number) => net.graph.addInitializer(`n${value}`, tensor("float32", [], [value]));
  const made = part(net, net.conv("conv", net.image, [3, 4]), number);
  const pooled = net.flatten("flatten", net.globalPool("pool", made));
  const { model, image } = await classifierOf(net.bytes(net.dense("fc", pooled, [4, 3])));
  const value = model.graph.names.get(made.name) as Value;
  return activatedness(model.graph.dependents([image]))(value);
}

describe("activatedness", () => {
  it.each([
    "Relu",
    "Elu",
    "Selu",
    "Celu",
    "Gelu",
    "Mish",
    "HardSwish",
    "LeakyRelu",
    "Softplus",
    "Sigmoid",
    "ThresholdedRelu",
  ])("knows %s", async (operator) => {
    expect(await isActivated((net, x) => net.node(operator, "act", [x]))).toBe(true);
  });

  it("does not take Tanh for one of these, which has as much below zero as above", async () => {
    expect(await isActivated((net, x) => net.node("Tanh", "act", [x]))).toBe(false);
  });

  it("knows SiLU, h-swish and GELU by their parts", async () => {
    const silu = await isActivated((net, x) => net.node("Mul", "silu", [x, net.node("Sigmoid", "sigmoid", [x])]));
    const hSwish = await isActivated((net, x, number) => {
      const gate = net.node("Clip", "clip", [net.node("Add", "add", [x, number(3)]), number(0), number(6)]);
      return net.node("Div", "hswish", [net.node("Mul", "mul", [x, gate]), number(6)]);
    });
    expect([silu, hSwish]).toEqual([true, true]);
  });

  it("takes linear layers, normalizations and their sums for signed", async () => {
    const found = [
      await isActivated((_, x) => x),
      await isActivated((net, x) => net.node("Add", "sum", [x, net.relu("relu", x)])),
      await isActivated((net, x) => net.batchNorm("bn", net.relu("relu", x), 4)),
      await isActivated((net, x) => {
        const factors = [net.random("ln.scale", [8], 0.5, 1), net.random("ln.bias", [8], -1, 1)];
        return net.node("LayerNormalization", "ln", [net.relu("relu", x), ...factors]);
      }),
      await isActivated((net, x) => net.node("Mul", "scale", [x, net.random("factors", [1, 4, 1, 1], 0.5, 1)])),
      await isActivated((net, x) =>
        net.node("Mul", "gated", [x, net.node("Sigmoid", "gate", [net.globalPool("squeeze", x)])]),
      ),
    ];
    expect(found).toEqual([false, false, false, false, false, false]);
  });

  it("follows what hands on, sums or chooses activations", async () => {
    const act = (net: NetworkWriter, name: string, x: Value) => net.node("Gelu", name, [x]);
    const found = [
      await isActivated((net, x) => net.maxPool("pool2", act(net, "a", x))),
      await isActivated((net, x) => net.node("Add", "sum", [act(net, "a", x), net.relu("b", x)])),
      await isActivated((net, x) => {
        const a = act(net, "a", x);
        return net.node("Mul", "gated", [a, net.node("Sigmoid", "gate", [net.globalPool("squeeze", a)])]);
      }),
    ];
    expect(found).toEqual([true, true, true]);
  });
});
