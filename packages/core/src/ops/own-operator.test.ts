import { describe, expect, it } from "vitest";
import { checkGradient } from "../check/finite-differences.js";
import { type LoadOptions, loadClassifier } from "../classifier.js";
import { compile } from "../compile/compile.js";
import { compositeOf } from "../composites/registry.js";
import { differentiate } from "../differentiate.js";
import { Graph, type Node, type Value } from "../graph/graph.js";
import { add, cast, matmul, mul, reshape, sigmoid, sub, transpose } from "../graph/math.js";
import { layersOf } from "../layers.js";
import { encodeModel } from "../onnx/encode.js";
import { planOf, planRows } from "../relevance/plan.js";
import { mapsOf, noise, runtime, sourceOf } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";
import { defineOperator, type LinearForm, type Operator, type Wires } from "./operator.js";
import { pointwise } from "./pointwise.js";
import { factOf, operators } from "./registry.js";

// Operators that ONNX Runtime has and Limn does not, defined by whoever explains a model with them.

const QuickGelu = pointwise({
  // y = x s, s = sigmoid(alpha x)  =>  dx = dy (s + alpha y (1 - s))
  dx: ({ x, y, dy, at }) => {
    const alpha = at.float("alpha", 1.702);
    const s = sigmoid(mul(x, alpha));
    return mul(dy, add(s, mul(mul(y, sub(1, s)), alpha)));
  },
  sign: "keeps",
  zero: "keeps",
});

const FusedMatMul = defineOperator({
  inputs: ["a", "b"],
  gradient: { a: ({ b, dy }) => matmul(dy, transpose(b, [1, 0])) },
  relevance: { kind: "dense", weights: { a: "b" }, shifts: {} },
  layout: "ends",
  sign: "any",
  gate: "none",
  numbers: "computed",
});

/** A convolution, QuickGelu, and a dense layer by either of two operators. */
function network(dense: "MatMul" | "FusedMatMul" = "FusedMatMul", activation = "QuickGelu"): Uint8Array {
  const net = new NetworkWriter("own operators", [1, 3, 6, 6]);
  const x = net.conv("conv", net.image, [3, 4]);
  const y = net.node(activation, "activation", [x], {}, "com.microsoft");
  const W = net.weight("dense.weight", [4, 5], 4);
  const features = net.flatten("flatten", net.globalPool("pool", y));
  const model = net.model(net.node(dense, "dense", [features, W], {}, dense === "MatMul" ? "" : "com.microsoft"));
  const opsets = new Map([...model.opsets, ["com.microsoft", 1]]);
  return encodeModel({ ...model, opsets });
}

const own = { "com.microsoft.QuickGelu": QuickGelu, "com.microsoft.FusedMatMul": FusedMatMul };

const load = (bytes: Uint8Array, operators: LoadOptions["operators"] = own) =>
  loadClassifier(sourceOf(bytes), runtime, { operators });

describe("an operator of the user's own", () => {
  it("has its gradient in any model, too", async () => {
    const source = sourceOf(network());
    const model = await differentiate(source, runtime, { of: "dense", by: "input", operators: own });
    expect(model.gradients).toEqual({ input: "gradient/input" });
    await expect(differentiate(source, runtime, { of: "dense", by: "input" })).rejects.toThrow(
      "dense (com.microsoft.FusedMatMul): Limn does not know this operator",
    );
  });

  it("is refused where it is not defined", async () => {
    const classifier = await load(network(), {});
    expect(() => compile(classifier, [{ method: "saliency" }])).toThrow(
      "dense (com.microsoft.FusedMatMul): Limn does not know this operator",
    );
  });

  it("has its gradient, and its place among the layers", async () => {
    const classifier = await load(network());
    for (const { deviation } of await checkGradient(classifier, runtime, noise([1, 3, 6, 6]))) {
      expect(deviation).toBeLessThan(1e-3);
    }
    expect(layersOf(classifier).map(({ node, stage }) => [node, stage])).toEqual([
      ["conv", undefined],
      ["activation", "stage1"],
    ]);
  });

  it("passes relevance by the rule of its kind, as ONNX's own does", async () => {
    const image = noise([1, 3, 6, 6]);
    const request = { method: "lrp", options: { composite: "z-plus" } };
    const valuesOf = async (dense: "MatMul" | "FusedMatMul") => {
      const [map] = await mapsOf(await load(network(dense)), [request], image, 2);
      return map?.values;
    };
    const found = await valuesOf("FusedMatMul");
    expect(found?.some((value) => value !== 0)).toBe(true);
    expect(found).toEqual(await valuesOf("MatMul"));
    const rows = planRows(planOf(await load(network()), compositeOf("z-plus")));
    expect(rows.map(({ operator, rule }) => [operator, rule])).toContainEqual(["FusedMatMul", "z-plus"]);
  });

  it.each(["smooth-grad", "integrated-gradients"])("is known in the graph that %s repeats", async (method) => {
    const [map] = await mapsOf(await load(network()), [{ method, options: { samples: 3 } }], noise([1, 3, 6, 6]));
    expect(map?.values.some((value) => value !== 0)).toBe(true);
  });

  it("takes the place of Limn's where it has its name", async () => {
    const net = new NetworkWriter("replaced", [1, 3, 6, 6]);
    const x = net.relu("relu", net.conv("conv", net.image, [3, 4]));
    const bytes = net.bytes(net.dense("fc", net.flatten("flatten", x), [144, 3]));
    const Relu: Operator = { ...operators.Relu, layout: "ends" };
    expect(layersOf(await load(bytes, { Relu })).map(({ node }) => node)).toEqual(["conv"]);
  });

  it("may be of a domain that Limn would not take", async () => {
    const Foo = { "com.example.Foo": QuickGelu };
    const net = new NetworkWriter("foreign", [1, 3, 6, 6]);
    const foo = net.node("Foo", "foo", [net.image], {}, "com.example");
    const model = net.model(net.dense("fc", net.flatten("flatten", foo), [108, 3]));
    const bytes = encodeModel({ ...model, opsets: new Map([...model.opsets, ["com.example", 1]]) });
    await expect(load(bytes, {})).rejects.toThrow('foo (com.example.Foo): this is an operator of "com.example"');
    // ONNX Runtime has the last word
    await expect(load(bytes, Foo)).rejects.toThrow(/com\.example/);
  });

  it("is told by its name what is wrong with it", async () => {
    const wrong = { ...QuickGelu, gradient: { z: () => undefined } } as unknown as Operator;
    await expect(load(network(), { "com.microsoft.QuickGelu": wrong })).rejects.toThrow(
      'operator com.microsoft.QuickGelu: `gradient` names the input "z", which does not exist; its inputs are "x"',
    );
  });

  it.each<[string, object, string]>([
    ["a list", [QuickGelu], 'operators: give them by name, as in { "com.microsoft.QuickGelu": QuickGelu }, not a list'],
    [
      "a name without its domain",
      { QuickGelu },
      'operator QuickGelu: ONNX\'s own set has no such operator; give the name with its domain, such as "com.microsoft.QuickGelu"',
    ],
  ])("is refused without its whole name: %s", async (_, operators, message) => {
    await expect(load(network(), operators as LoadOptions["operators"])).rejects.toThrow(message);
  });

  const request = { method: "lrp", options: { composite: "z-plus" } };

  it.each<["sign" | "gate" | "rectifies" | "zero", object, string]>([
    ["zero", { zero: () => 3 }, '`zero` gives 3; give one of "keeps", "any"'],
    ["sign", { sign: () => "neg" }, '`sign` gives "neg"; give one of "non-negative", "keeps", "any"'],
    ["gate", { gate: () => undefined }, '`gate` gives undefined; give one of "opens", "scales", "divides", "none"'],
    ["rectifies", { rectifies: () => "yes" }, '`rectifies` gives "yes"; give one of true, false'],
    [
      "sign",
      {
        sign: () => {
          throw new Error("no attribute");
        },
      },
      'its `sign` threw "no attribute"; correct it there',
    ],
  ])("is told by its name and its node's where a function of facts is wrong: %s", async (field, changes, message) => {
    const wrong = { ...QuickGelu, ...changes } as Operator;
    const { model } = await load(network(), { ...own, "com.microsoft.QuickGelu": wrong });
    const { producer } = model.graph.names.get("activation") as Value;
    expect(() => factOf(producer as Node, field)).toThrow(`operator com.microsoft.QuickGelu at activation: ${message}`);
  });

  it.each<[string, (wires: Wires<"x">) => unknown, string]>([
    [
      "throws",
      () => {
        throw new TypeError("no such thing");
      },
      'its gradient by "x" threw "no such thing"; correct it there',
    ],
    [
      "does not fit together",
      ({ dy }) => reshape(dy, [7]),
      'its gradient by "x" threw "saliency/gradient/activation/reshape (Reshape): [1,4,6,6] can\'t take the shape [7]"',
    ],
    [
      "is of another type",
      ({ dy }) => cast(dy, "int64"),
      "`gradient.x` returns int64 [1, 4, 6, 6]; return what broadcasts with the input, float32 [1, 4, 6, 6]",
    ],
    [
      "is of another shape",
      ({ dy }) => reshape(dy, [144]),
      "`gradient.x` returns float32 [144]; return what broadcasts with the input, float32 [1, 4, 6, 6]",
    ],
    [
      "is of another graph",
      () => new Graph().constant("float32", [], [1]),
      "`gradient.x` returns a value of another graph; return a value of the graph",
    ],
  ])("is told by its name and its node's where its gradient %s", async (_, x, message) => {
    const wrong = { ...QuickGelu, gradient: { x } } as unknown as Operator;
    const classifier = await load(network(), { ...own, "com.microsoft.QuickGelu": wrong });
    expect(() => compile(classifier, [{ method: "saliency" }])).toThrow(
      `operator com.microsoft.QuickGelu at activation: ${message}`,
    );
  });

  it("is told by its name and its node's where its layer throws", async () => {
    const relevance = {
      ...(FusedMatMul.relevance as LinearForm),
      factor: () => {
        throw new Error("no attribute");
      },
    };
    const classifier = await load(network(), { ...own, "com.microsoft.FusedMatMul": { ...FusedMatMul, relevance } });
    expect(() => compile(classifier, [request])).toThrow(
      'operator com.microsoft.FusedMatMul at dense: its factor threw "no attribute"; correct it there',
    );
  });

  it("is told by its node's name where its gradient returns nothing", async () => {
    const silent = { ...QuickGelu, gradient: { x: () => undefined } } as unknown as Operator;
    const classifier = await load(network(), { ...own, "com.microsoft.QuickGelu": silent });
    expect(() => compile(classifier, [{ method: "saliency" }])).toThrow(
      "operator com.microsoft.QuickGelu at activation: `gradient.x` returns undefined; return a value of the graph, as mul(dy, ...) gives",
    );
  });
});

describe("an integer form of an operator", () => {
  it("is known by what the operator says, in ONNX's own domain and in ONNX Runtime's", async () => {
    await expect(load(network("MatMul", "QLinearSigmoid"), {})).rejects.toThrow(
      "activation (com.microsoft.QLinearSigmoid): the model is quantized to integers",
    );
  });
});
