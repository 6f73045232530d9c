import { describe, expect, it } from "vitest";
import type { AttributeInit } from "../../graph/attributes.js";
import type { Value } from "../../graph/graph.js";
import type { NetworkWriter } from "../../testing/networks.js";
import { recognized } from "../../testing/recognized.js";

const SHAPE = [2, 3, 5];

interface Spelling {
  /** Of the deviation's inverse. Default: a quotient. */
  readonly inverse?: "Reciprocal" | "Pow";
  readonly square?: "Pow" | "Mul";
  readonly axes?: readonly number[];
  /** Whether x - mean x is written once for the quotient and once for the variance. */
  readonly twice?: boolean;
  readonly scale?: boolean;
  readonly bias?: boolean;
}

function normalized(net: NetworkWriter, x: Value, spelling: Spelling = {}): Value {
  const { inverse, square = "Pow", axes = [-1], twice = false, scale = true, bias = true } = spelling;
  const number = (name: string, value: number) => net.constant(name, [], [value]);
  const mean = (name: string, v: Value) => net.node("ReduceMean", name, [v, net.ints(`${name}.axes`, axes)]);
  const c = net.node("Sub", "c", [x, mean("m", x)]);
  const again = twice ? net.node("Sub", "again", [x, mean("m2", x)]) : c;
  const squared =
    square === "Pow" ? net.node("Pow", "sq", [again, number("two", 2)]) : net.node("Mul", "sq", [again, again]);
  const variance = net.node("Add", "stable", [mean("v", squared), number("eps", 1e-4)]);
  const deviation = () => net.node("Sqrt", "sd", [variance]);
  let y =
    inverse === "Pow"
      ? net.node("Mul", "n", [c, net.node("Pow", "r", [variance, number("half", -0.5)])])
      : inverse === "Reciprocal"
        ? net.node("Mul", "n", [c, net.node("Reciprocal", "r", [deviation()])])
        : net.node("Div", "n", [c, deviation()]);
  if (scale) y = net.node("Mul", "scaled", [y, net.random("scale", [5], 0.5, 1.5)]);
  return bias ? net.node("Add", "shifted", [net.random("bias", [1, 1, 5], -1, 1), y]) : y;
}

describe("layer normalization becomes one node", () => {
  it.each<[string, Spelling]>([
    ["with a quotient", {}],
    ["with Mul for the square", { square: "Mul" }],
    ["with Reciprocal", { inverse: "Reciprocal" }],
    ["with a power of -1/2", { inverse: "Pow" }],
    ["whose difference is written twice", { twice: true }],
    ["without a bias", { bias: false }],
    ["without a scale", { scale: false }],
    ["without either", { scale: false, bias: false }],
  ])("%s", async (_, spelling) => {
    const { operators, model } = await recognized(SHAPE, (net, x) => normalized(net, x, spelling));
    // a bias of more axes than the scale is reshaped
    expect(operators.filter((operator) => operator !== "Reshape")).toEqual(["LayerNormalization"]);
    expect(model.graph.nodes.at(-1)?.at.float("epsilon")).toBeCloseTo(1e-4);
  });

  it("over several last axes", async () => {
    const { operators } = await recognized(SHAPE, (net, x) =>
      normalized(net, x, { axes: [1, 2], scale: false, bias: false }),
    );
    expect(operators).toEqual(["LayerNormalization"]);
  });

  it("over the channels of pictures, which become the last axis", async () => {
    const { operators } = await recognized([2, 5, 3, 4], (net, x) =>
      normalized(net, x, { axes: [1], scale: false, bias: false }),
    );
    expect(operators).toEqual(["Transpose", "LayerNormalization", "Transpose"]);
  });
});

/** Writes nodes without having to name them; means are over the last axis. */
function short(net: NetworkWriter) {
  let count = 0;
  const value = (v: Value | number): Value => (typeof v === "number" ? net.constant(`c${count++}`, [], [v]) : v);
  const node =
    (opType: string, attributes: AttributeInit = {}) =>
    (...inputs: readonly (Value | number)[]): Value =>
      net.node(opType, `${opType}${count++}`, inputs.map(value), attributes);
  const reduced = (opType: string, attributes?: AttributeInit) => (x: Value) =>
    node(opType, attributes)(x, net.ints(`axes${count++}`, [-1]));
  return {
    ...{ add: node("Add"), sub: node("Sub"), mul: node("Mul"), div: node("Div"), max: node("Max"), neg: node("Neg") },
    ...{ sqrt: node("Sqrt"), reciprocal: node("Reciprocal"), relu: node("Relu") },
    mean: reduced("ReduceMean"),
    total: reduced("ReduceSum"),
    withoutAxis: reduced("ReduceMean", { keepdims: 0 }),
    unsqueeze: (x: Value) => node("Unsqueeze")(x, net.ints(`axis${count++}`, [-1])),
    scale: net.random("gamma", [5], 0.5, 1.5),
    bias: net.random("beta", [5], -1, 1),
  };
}

describe("layer normalization multiplied out becomes one node", () => {
  it.each<[string, (net: NetworkWriter, x: Value) => Value]>([
    [
      "x r + (b - r mean x), r = scale / deviation, as TensorFlow has it",
      (net, x) => {
        const { add, sub, mul, reciprocal, sqrt, mean, scale, bias } = short(net);
        const m = mean(x);
        const difference = sub(x, m);
        const r = mul(reciprocal(sqrt(add(mean(mul(difference, difference)), 1e-3))), scale);
        return add(mul(x, r), sub(bias, mul(m, r)));
      },
    ],
    [
      "x r + (- mean x r + b), as Keras 3 has it",
      (net, x) => {
        const { add, sub, mul, neg, reciprocal, sqrt, mean, scale, bias } = short(net);
        const m = mean(x);
        const r = mul(reciprocal(sqrt(add(sub(mean(mul(x, x)), mul(m, m)), 1e-3))), scale);
        return add(mul(x, r), add(mul(neg(m), r), bias));
      },
    ],
    [
      "(x - mean x) (scale / deviation) + b by max(mean x^2 - (mean x)^2, 0), as Flax has it",
      (net, x) => {
        const { add, sub, mul, max, reciprocal, sqrt, mean, scale, bias } = short(net);
        const m = mean(x);
        const variance = max(sub(mean(mul(x, x)), mul(m, m)), 0);
        return add(mul(sub(x, m), mul(reciprocal(sqrt(add(variance, 1e-6))), scale)), bias);
      },
    ],
    [
      "with a ReLU for that maximum",
      (net, x) => {
        const { add, sub, mul, relu, div, sqrt, mean, scale, bias } = short(net);
        const m = mean(x);
        const deviation = sqrt(add(relu(sub(mean(mul(x, x)), mul(m, m))), 1e-6));
        return add(div(mul(sub(x, m), scale), deviation), bias);
      },
    ],
    [
      "with sums over how many there are, as JAX has means",
      (net, x) => {
        const { add, sub, mul, div, sqrt, total, scale, bias } = short(net);
        const c = sub(x, div(total(x), 5));
        return add(mul(div(c, sqrt(add(div(total(mul(c, c)), 5), 1e-6))), scale), bias);
      },
    ],
    [
      "with means that lose their axis and get it back",
      (net, x) => {
        const { add, sub, mul, div, sqrt, withoutAxis, unsqueeze, scale, bias } = short(net);
        const c = sub(x, unsqueeze(withoutAxis(x)));
        const deviation = sqrt(add(unsqueeze(withoutAxis(mul(c, c))), 1e-6));
        return add(mul(scale, div(c, deviation)), bias);
      },
    ],
    [
      "as instances, which tf2onnx makes of it",
      (net, x) => {
        const { add, mul, scale, bias } = short(net);
        const [ones, zeros] = [net.constant("ones", [3], [1, 1, 1]), net.constant("zeros", [3], [0, 0, 0])];
        return add(mul(net.node("InstanceNormalization", "norm", [x, ones, zeros]), scale), bias);
      },
    ],
    [
      "as channels of one image, which Keras 2 makes of it",
      (net, x) => {
        const { add, mul, scale, bias } = short(net);
        const channels = net.node("Reshape", "channels", [x, net.ints("image", [1, 6, 5, 1])]);
        const norm = normalized(net, channels, { axes: [0, 2, 3], scale: false, bias: false });
        return add(mul(net.node("Reshape", "back", [norm, net.ints("shape", SHAPE)]), scale), bias);
      },
    ],
  ])("%s", async (_, part) => {
    const { operators, model } = await recognized(SHAPE, part);
    expect(operators.filter((operator) => operator !== "Reshape")).toEqual(["LayerNormalization"]);
    expect(model.graph.nodes.at(-1)?.inputs).toHaveLength(3);
  });

  it("over the channels of pictures, with their scales and biases", async () => {
    const { operators, model } = await recognized([2, 5, 3, 4], (net, x) => {
      const perChannel = (name: string) => net.random(name, [5, 1, 1], 0.5, 1.5);
      const { add, mul } = short(net);
      return add(mul(perChannel("g"), normalized(net, x, { axes: [1], scale: false, bias: false })), perChannel("b"));
    });
    const norm = model.graph.nodes.find(({ opType }) => opType === "LayerNormalization");
    expect(operators.filter((operator) => operator !== "Reshape")).toEqual([
      "Transpose",
      "LayerNormalization",
      "Transpose",
    ]);
    expect(norm?.inputs.map((v) => v?.dims)).toEqual([[2, 3, 4, 5], [5], [5]]);
  });

  it("not with a scale of each token", async () => {
    const { operators } = await recognized(SHAPE, (net, x) => {
      const tokens = net.random("tokens", [3, 1], 0.5, 1.5);
      return short(net).mul(normalized(net, x, { scale: false, bias: false }), tokens);
    });
    expect(operators).toEqual(["LayerNormalization", "Mul"]);
  });

  it("not with another mean than that of its deviation", async () => {
    const { operators } = await recognized(SHAPE, (net, x) => {
      const { add, sub, mul, div, sqrt, mean } = short(net);
      const c = sub(x, mul(mean(x), 0.9));
      return div(c, sqrt(add(mean(mul(c, c)), 1e-6)));
    });
    expect(operators).not.toContain("LayerNormalization");
  });
});

describe("root mean square normalization becomes a quotient", () => {
  it.each<[string, (net: NetworkWriter, x: Value) => Value]>([
    [
      "of x r scale",
      (net, x) => {
        const { add, mul, reciprocal, sqrt, mean, scale } = short(net);
        return mul(mul(x, reciprocal(sqrt(add(mean(mul(x, x)), 1e-5)))), scale);
      },
    ],
    [
      "of scale (x r)",
      (net, x) => {
        const { add, mul, div, sqrt, mean, scale } = short(net);
        return mul(scale, mul(x, div(1, sqrt(add(mean(mul(x, x)), 1e-5)))));
      },
    ],
    [
      "of x (r scale)",
      (net, x) => {
        const { add, mul, reciprocal, sqrt, mean, scale } = short(net);
        return mul(x, mul(reciprocal(sqrt(add(mean(mul(x, x)), 1e-5))), scale));
      },
    ],
    [
      "of (x scale) / deviation",
      (net, x) => {
        const { add, mul, div, sqrt, mean, scale } = short(net);
        return div(mul(x, scale), sqrt(add(mean(mul(x, x)), 1e-5)));
      },
    ],
  ])("%s", async (_, part) => {
    const { operators } = await recognized(SHAPE, part);
    expect(operators).toEqual(["Mul", "ReduceMean", "Add", "Sqrt", "Div", "Mul"]);
  });
});
