import { describe, expect, it } from "vitest";
import type { Value } from "../../graph/graph.js";
import type { NetworkWriter } from "../../testing/networks.js";
import { recognized } from "../../testing/recognized.js";

const SHAPE = [2, 3, 5];

type Part = (net: NetworkWriter, x: Value) => Value;

/** Writes nodes without having to name them. */
function short(net: NetworkWriter) {
  let count = 0;
  const value = (v: Value | number): Value => (typeof v === "number" ? net.constant(`c${count++}`, [], [v]) : v);
  const node =
    (opType: string) =>
    (...inputs: readonly (Value | number)[]): Value =>
      net.node(opType, `${opType}${count++}`, inputs.map(value));
  return {
    add: node("Add"),
    clip: node("Clip"),
    div: node("Div"),
    erf: node("Erf"),
    exp: node("Exp"),
    max: node("Max"),
    min: node("Min"),
    mul: node("Mul"),
    neg: node("Neg"),
    pow: node("Pow"),
    relu: node("Relu"),
    sigmoid: node("Sigmoid"),
    softplus: node("Softplus"),
    sub: node("Sub"),
    sum: node("Sum"),
    tanh: node("Tanh"),
  };
}

const SQRT2 = Math.fround(Math.SQRT2);

describe("GELU by erf becomes one node", () => {
  it.each<[string, Part]>([
    [
      "x (1 + erf(x / sqrt 2)) 0.5, as torchscript has it",
      (net, x) => {
        const { mul, add, erf, div } = short(net);
        return mul(mul(x, add(erf(div(x, SQRT2)), 1)), 0.5);
      },
    ],
    [
      "x (0.5 (1 + erf(x / sqrt 2))), as dynamo has it",
      (net, x) => {
        const { mul, add, erf, div } = short(net);
        return mul(x, mul(0.5, add(erf(div(x, SQRT2)), 1)));
      },
    ],
    [
      "(0.5 x) (1 + erf(0.7071 x))",
      (net, x) => {
        const { mul, add, erf } = short(net);
        return mul(mul(0.5, x), add(1, erf(mul(x, Math.fround(Math.SQRT1_2)))));
      },
    ],
    [
      "(0.5 x) sum(1, erf(x / sqrt 2)), as ONNX defines it",
      (net, x) => {
        const { mul, sum, erf, div } = short(net);
        return mul(mul(0.5, x), sum(1, erf(div(x, SQRT2))));
      },
    ],
    [
      "(0.5 x) (1 - erf(-x 0.7071)), as JAX has it by erfc",
      (net, x) => {
        const { mul, sub, erf, neg } = short(net);
        return mul(mul(0.5, x), sub(1, erf(mul(neg(x), Math.fround(Math.SQRT1_2)))));
      },
    ],
  ])("%s", async (_, part) => {
    const { operators, model } = await recognized(SHAPE, part);
    expect(operators).toEqual(["Gelu"]);
    expect(model.graph.nodes[0]?.at.string("approximate")).toBe("none");
  });
});

describe("GELU by tanh becomes one node", () => {
  const inner = Math.sqrt(2 / Math.PI);

  it.each<[string, Part]>([
    [
      "with Pow",
      (net, x) => {
        const { mul, add, tanh, pow } = short(net);
        const u = mul(inner, add(x, mul(0.044715, pow(x, 3))));
        return mul(mul(0.5, x), add(1, tanh(u)));
      },
    ],
    [
      "with factors taken out",
      (net, x) => {
        const { mul, add, tanh } = short(net);
        const u = mul(mul(x, 0.7978845608), add(1, mul(mul(0.044715, x), x)));
        return mul(mul(x, 0.5), add(1, tanh(u)));
      },
    ],
    [
      "as x sigmoid(2 u)",
      (net, x) => {
        const { mul, add, sigmoid, pow } = short(net);
        const u = mul(2 * inner, add(x, mul(0.044715, pow(x, 3))));
        return mul(x, sigmoid(u));
      },
    ],
  ])("%s", async (_, part) => {
    const { operators, model } = await recognized(SHAPE, part);
    expect(operators).toEqual(["Gelu"]);
    expect(model.graph.nodes[0]?.at.string("approximate")).toBe("tanh");
  });
});

describe("hard-swish becomes one node", () => {
  it.each<[string, Part]>([
    [
      "x clip(x + 3, 0, 6) / 6",
      (net, x) => {
        const { mul, add, div, clip } = short(net);
        return div(mul(x, clip(add(x, 3), 0, 6)), 6);
      },
    ],
    [
      "x (clip(x + 3, 0, 6) / 6)",
      (net, x) => {
        const { mul, add, div, clip } = short(net);
        return mul(div(clip(add(x, 3), 0, 6), 6), x);
      },
    ],
    [
      "x HardSigmoid(x)",
      (net, x) => {
        const gate = net.node("HardSigmoid", "gate", [x], { alpha: { kind: "float", value: Math.fround(1 / 6) } });
        return short(net).mul(x, gate);
      },
    ],
    [
      "x min(max(x + 3, 0), 6) 0.1667, as JAX has it",
      (net, x) => {
        const { mul, add, min, max } = short(net);
        return mul(mul(x, min(max(add(x, 3), 0), 6)), Math.fround(1 / 6));
      },
    ],
    [
      "x clip(relu(x + 3), 0, 6) / 6, as tf2onnx has it",
      (net, x) => {
        const { mul, add, div, clip, relu } = short(net);
        return div(mul(x, clip(relu(add(x, 3)), 0, 6)), 6);
      },
    ],
  ])("%s", async (_, part) => {
    expect((await recognized(SHAPE, part)).operators).toEqual(["HardSwish"]);
  });
});

describe("activations whose constants were rounded to 16 bits are what they were", () => {
  it.each([
    ["float16", 0.70703125, 0.79785156, 0.04470825],
    ["bfloat16", 0.70703125, 0.796875, 0.044677734],
  ])("%s", async (_, half, inner, cubic) => {
    const byErf: Part = (net, x) => {
      const { mul, add, erf } = short(net);
      return mul(mul(0.5, x), add(1, erf(mul(x, half))));
    };
    const byTanh: Part = (net, x) => {
      const { mul, add, tanh, pow } = short(net);
      return mul(mul(0.5, x), add(1, tanh(mul(inner, add(x, mul(cubic, pow(x, 3)))))));
    };
    for (const part of [byErf, byTanh]) expect((await recognized(SHAPE, part, 1e-3)).operators).toEqual(["Gelu"]);
  });
});

it("writes SiLU as x sigmoid(x), which is what it stays", async () => {
  const silu: Part = (net, x) => short(net).mul(short(net).sigmoid(x), x);
  expect((await recognized(SHAPE, silu)).operators).toEqual(["Sigmoid", "Mul"]);
});

describe("other activations become one node", () => {
  it.each<[string, string, Part]>([
    ["Relu", "max(x, 0)", (net, x) => short(net).max(x, 0)],
    ["Relu", "max(0, x)", (net, x) => short(net).max(0, x)],
    ["Clip", "ReLU6 by max and min", (net, x) => short(net).min(6, short(net).max(x, 0))],
    [
      "Mish",
      "x tanh(softplus(x))",
      (net, x) => {
        const { mul, tanh, softplus } = short(net);
        return mul(x, tanh(softplus(x)));
      },
    ],
    [
      "Sigmoid",
      "1 / (1 + exp(-x))",
      (net, x) => {
        const { div, add, exp, neg } = short(net);
        return div(1, add(1, exp(neg(x))));
      },
    ],
    [
      "HardSigmoid",
      "clip(x + 3, 0, 6) / 6",
      (net, x) => {
        const { div, add, clip } = short(net);
        return div(clip(add(x, 3), 0, 6), 6);
      },
    ],
    [
      "HardSigmoid",
      "clip(0.2 x + 0.5, 0, 1)",
      (net, x) => {
        const { mul, add, clip } = short(net);
        return clip(add(mul(0.2, x), 0.5), 0, 1);
      },
    ],
  ])("%s of %s", async (operator, _, part) => {
    expect((await recognized(SHAPE, part)).operators).toEqual([operator]);
  });

  it("SiLU of x / (1 + exp(-x))", async () => {
    const { operators } = await recognized(SHAPE, (net, x) => {
      const { div, add, exp, neg } = short(net);
      return div(x, add(1, exp(neg(x))));
    });
    expect(operators).toEqual(["Sigmoid", "Mul"]);
  });
});

describe("what is near an activation stays in parts", () => {
  it.each<[string, Part]>([
    [
      "another factor in erf",
      (net, x) => {
        const { mul, add, erf } = short(net);
        return mul(mul(0.5, x), add(1, erf(mul(x, 0.708))));
      },
    ],
    [
      "twice GELU",
      (net, x) => {
        const { mul, add, erf, div } = short(net);
        return mul(x, add(erf(div(x, SQRT2)), 1));
      },
    ],
    [
      "two different values",
      (net, x) => {
        const { mul, add, erf, div } = short(net);
        return mul(mul(add(x, 1), add(erf(div(x, SQRT2)), 1)), 0.5);
      },
    ],
    [
      "a maximum with another number",
      (net, x) => {
        const { mul, add, div, max, min } = short(net);
        return div(mul(x, min(max(add(x, 3), 0.1), 6)), 6);
      },
    ],
    [
      "a bound of another size",
      (net, x) => {
        const { mul, add, div, clip } = short(net);
        return div(mul(x, clip(add(x, 3), 0, 5)), 6);
      },
    ],
    [
      "factors for each channel",
      (net, x) => {
        const { mul, add, erf, div } = short(net);
        const factors = net.constant("factors", [5], [0.5, 0.5, 0.4, 0.5, 0.5]);
        return mul(mul(x, add(erf(div(x, SQRT2)), 1)), factors);
      },
    ],
  ])("%s", async (_, part) => {
    const { operators } = await recognized(SHAPE, part);
    expect(operators).not.toContain("Gelu");
    expect(operators).not.toContain("HardSwish");
  });
});

it("recognizes an activation whose argument others read, too", async () => {
  const { operators } = await recognized(SHAPE, (net, x) => {
    const { mul, add, erf, div } = short(net);
    const z = add(x, net.constant("b", [5], [1, 2, 3, 4, 5]));
    return add(z, mul(mul(z, add(erf(div(z, SQRT2)), 1)), 0.5));
  });
  expect(operators).toEqual(["Add", "Gelu", "Add"]);
});
