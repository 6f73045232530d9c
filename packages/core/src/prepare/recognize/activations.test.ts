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
    mul: node("Mul"),
    pow: node("Pow"),
    sigmoid: node("Sigmoid"),
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
