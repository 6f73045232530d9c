import { describe, expect, it } from "vitest";
import { type LoadOptions, loadClassifier } from "../classifier.js";
import type { Value } from "../graph/graph.js";
import { encodeModel } from "../onnx/encode.js";
import { classifierOf, explainOnce, noise, runtime, sourceOf } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";

const SHAPE = [1, 3, 8, 8];
const image = noise(SHAPE);

/** A convolution and a dense layer, and what comes after it. */
function network(classes: number, end: (net: NetworkWriter, logits: Value, features: Value) => Value | Value[]) {
  const net = new NetworkWriter("outputs", SHAPE);
  const x = net.relu("relu", net.conv("conv", net.image, [3, 4]));
  const features = net.flatten("flatten", net.globalPool("pool", x));
  return net.bytes(...[end(net, net.dense("fc", features, [4, classes]), features)].flat());
}

const load = (bytes: Uint8Array, options?: LoadOptions) => loadClassifier(sourceOf(bytes), runtime, options);

async function fileOutput(bytes: Uint8Array): Promise<number[]> {
  const session = await runtime.createSession(bytes, {});
  const name = session.outputs[0]?.name as string;
  const { [name]: result } = await session.run({ input: image }, [name]);
  await session.release();
  return [...(result?.data ?? [])].map(Number);
}

const byHand = (net: NetworkWriter, x: Value): Value => {
  const axis = net.ints("axis", [1]);
  const powers = net.node("Exp", "exp", [
    net.node("Sub", "sub", [x, net.node("ReduceMax", "max", [x, axis], { keepdims: 1 })]),
  ]);
  return net.node("Div", "div", [powers, net.node("ReduceSum", "sum", [powers, axis], { keepdims: 1 })]);
};
const tanhFrom0To1 = (net: NetworkWriter, x: Value): Value => {
  const raised = net.node("Add", "raised", [net.node("Tanh", "tanh", [x]), number(net, "one", 1)]);
  return net.node("Mul", "halved", [raised, number(net, "half", 0.5)]);
};
const soft = (net: NetworkWriter, x: Value) => net.node("Softmax", "softmax", [x], { axis: 1 });
const number = (net: NetworkWriter, name: string, value: number) => net.constant(name, [], [value]);

describe("a distribution, however it is computed,", () => {
  const spellings: [string, (net: NetworkWriter, x: Value) => Value][] = [
    ["Softmax", soft],
    ["times one", (net, x) => net.node("Mul", "mul", [soft(net, x), number(net, "one", 1)])],
    [
      "clamped",
      (net, x) => net.node("Clip", "clip", [soft(net, x), number(net, "low", 0.22), number(net, "high", 0.4)]),
    ],
    ["by hand", byHand],
    ["by hand, clamped", (net, x) => net.node("Clip", "clip", [byHand(net, x), number(net, "low", 1e-7)])],
    [
      "times a matrix",
      (net, x) =>
        net.node("MatMul", "same", [soft(net, x), net.constant("identity", [3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1])]),
    ],
    ["exp of LogSoftmax", (net, x) => net.node("Exp", "exp", [net.node("LogSoftmax", "log", [x], { axis: 1 })])],
    [
      "in two dimensions more",
      (net, x) =>
        net.node("Mul", "mul", [
          net.node("Reshape", "r", [soft(net, x), net.ints("s", [1, 3, 1, 1])]),
          number(net, "one", 1),
        ]),
    ],
  ];
  it.each(spellings)("is shown as it is, and explained at its logits: %s", async (_, end) => {
    const bytes = network(3, end);
    const classifier = await load(bytes);
    expect([classifier.scoreFunction, classifier.scoreFunctionKnown, classifier.warnings]).toEqual([
      "softmax",
      true,
      [],
    ]);
    const requests = [{ method: "saliency" }, { method: "rise", options: { masks: 8 } }];
    const [found] = await explainOnce(classifier, requests, image, [1]);
    const [plain] = await explainOnce(await classifierOf(network(3, soft)), requests, image, [1]);
    const output = await fileOutput(bytes);
    output.forEach((p, k) => void expect(found?.probabilities[k]).toBeCloseTo(p, 6));
    expect(found?.logits).toEqual(plain?.logits);
    expect(found?.maps[0]?.values).toEqual(plain?.maps[0]?.values);
  });

  it("is explained itself where there are no logits, which is said", async () => {
    const bytes = network(3, (net, x, features) => {
      const other = net.node("Softmax", "softmax2", [net.dense("fc2", features, [4, 3])], { axis: 1 });
      return net.node("Mean", "mean", [soft(net, x), other]);
    });
    const classifier = await load(bytes);
    expect(classifier.scoreFunction).toBe("none");
    expect(classifier.warnings.join()).toMatch(/^the output is a probability already, made by mean \(Mean\)/);
    const [found] = await explainOnce(classifier, [{ method: "saliency" }], image, [2]);
    (await fileOutput(bytes)).forEach((p, k) => void expect(found?.probabilities[k]).toBeCloseTo(p, 6));
  });

  const total = (net: NetworkWriter, x: Value) =>
    net.node("ReduceSum", "total", [x, net.ints("total.axis", [1])], { keepdims: 1 });
  it.each<[string, number, (net: NetworkWriter, x: Value) => Value]>([
    [
      "of evidence (Dirichlet)",
      3,
      (net, x) => {
        const alpha = net.node("Add", "alpha", [net.node("Softplus", "evidence", [x]), number(net, "one", 1)]);
        return net.node("Div", "share", [alpha, total(net, alpha)]);
      },
    ],
    [
      "of two softmaxes multiplied",
      4,
      (net, x) => {
        const part = (name: string, start: number, shape: number[]) => {
          const range = [start, start + 2].map((v, i) => net.ints(`${name}.${i}`, [v]));
          const some = net.node("Slice", `${name}.part`, [x, ...range, net.ints(`${name}.axis`, [1])]);
          const p = net.node("Softmax", `${name}.soft`, [some], { axis: 1 });
          return net.node("Reshape", name, [p, net.ints(`${name}.shape`, shape)]);
        };
        const product = net.node("MatMul", "joint", [part("kind", 0, [1, 2, 1]), part("of", 2, [1, 1, 2])]);
        return net.node("Reshape", "flat", [product, net.ints("flat.shape", [1, 4])]);
      },
    ],
  ])("never gets a second softmax: %s", async (_, classes, end) => {
    const bytes = network(classes, end);
    const classifier = await load(bytes);
    expect([classifier.scoreFunction, classifier.hasProbabilities]).toEqual(["none", true]);
    const [found] = await explainOnce(classifier, [{ method: "saliency" }], image);
    const output = await fileOutput(bytes);
    expect(found?.probabilities).toHaveLength(output.length);
    output.forEach((p, k) => void expect(found?.probabilities[k]).toBeCloseTo(p, 6));
  });

  it("is explained itself where coarse classes add up fine ones", async () => {
    const bytes = network(3, (net, x) =>
      net.node("MatMul", "coarse", [soft(net, x), net.constant("groups", [3, 2], [1, 0, 0, 1, 0, 1])]),
    );
    const classifier = await load(bytes);
    expect(classifier.warnings.join()).toMatch(/a probability already, made by coarse/);
    const [found] = await explainOnce(classifier, [{ method: "saliency" }], image);
    (await fileOutput(bytes)).forEach((p, k) => void expect(found?.probabilities[k]).toBeCloseTo(p, 6));
  });

  it("is not seen in what a softmax is only a step to, such as an age", async () => {
    const age = network(3, (net, x) =>
      net.node("MatMul", "mean", [soft(net, x), net.constant("ages", [3, 1], [0.1, 0.2, 0.3])]),
    );
    const classifier = await load(age, { names: 0 });
    expect([classifier.scoreFunction, classifier.hasProbabilities]).toEqual(["none", false]);
  });

  it("of logits that a bias is added to starts after the bias", async () => {
    const bytes = network(3, (net, x) =>
      byHand(net, net.node("Add", "bias", [x, net.constant("b", [3], [0.5, -0.5, 0])])),
    );
    const [found] = await explainOnce(await load(bytes), [{ method: "saliency" }], image);
    const powers = [...(found?.logits ?? [])].map(Math.exp);
    const total = powers.reduce((a, b) => a + b, 0);
    (await fileOutput(bytes)).forEach((p, k) => void expect((powers[k] as number) / total).toBeCloseTo(p, 5));
  });
});

describe("one logit of two classes", () => {
  const sigmoid = (net: NetworkWriter, x: Value) => net.node("Sigmoid", "sigmoid", [x]);
  const complement = (first: boolean) => (net: NetworkWriter, x: Value) => {
    const p = sigmoid(net, x);
    const q = net.node("Sub", "rest", [number(net, "one", 1), p]);
    return net.node("Concat", "both", first ? [p, q] : [q, p], { axis: 1 });
  };
  it.each<[string, number, (net: NetworkWriter, x: Value) => Value, 0 | 1]>([
    ["a logit", 1, (_, x) => x, 1],
    ["a logit without dimensions", 1, (net, x) => net.node("Squeeze", "squeeze", [x]), 1],
    ["a logit that is reshaped", 1, (net, x) => net.node("Reshape", "r", [x, net.ints("s", [1])]), 1],
    ["Sigmoid", 1, sigmoid, 1],
    ["1 - p next to p", 1, complement(false), 1],
    ["p next to 1 - p", 1, complement(true), 0],
    [
      "1 - p next to p by a dense layer",
      1,
      (net, x) =>
        net.node("Gemm", "both", [sigmoid(net, x), net.constant("w", [1, 2], [-1, 1]), net.constant("b", [2], [1, 0])]),
      1,
    ],
    [
      "the softmax of it and 0",
      1,
      (net, x) => soft(net, net.node("Concat", "pair", [net.node("Sub", "zero", [x, x]), x], { axis: 1 })),
      1,
    ],
  ])("explains the side that is asked for: %s", async (_, classes, end, side) => {
    const classifier = await load(network(classes, end), { names: 2 });
    expect([classifier.classes, classifier.scoreFunction, classifier.independent]).toEqual([2, "sigmoid", false]);
    const requests = [
      { method: "saliency", options: { reduce: "none" } },
      { method: "cam" },
      { method: "relevance-cam" },
      { method: "lrp" },
    ];
    const [one] = await explainOnce(classifier, requests, image, [side]);
    const [other] = await explainOnce(classifier, requests, image, [1 - side]);
    const [logit = 0] = await fileOutput(network(1, (_, x) => x));
    expect(one?.logits[side]).toBeCloseTo(logit, 6);
    expect(one?.logits[1 - side]).toBeCloseTo(-logit, 6);
    expect(one?.probabilities[side]).toBeCloseTo(1 / (1 + Math.exp(-logit)), 6);
    expect((one?.probabilities[0] ?? 0) + (one?.probabilities[1] ?? 0)).toBeCloseTo(1, 6);
    for (const k of [0, 1]) {
      one?.maps[k]?.values.forEach((v, i) => void expect(other?.maps[k]?.values[i]).toBeCloseTo(-v, 6));
    }
    expect(one?.maps.every(({ values }) => values.some((v) => v !== 0))).toBe(true);
  });

  it("is the value of a regression where it is known to have no name", async () => {
    const classifier = await load(
      network(1, (_, x) => [x]),
      { names: 0 },
    );
    const [found] = await explainOnce(classifier, [], image);
    expect([classifier.scoreFunction, classifier.classes]).toEqual(["none", 1]);
    expect(found?.probabilities).toEqual(found?.logits);
  });

  it("is a single one without names", async () => {
    expect((await load(network(1, (_, x) => x))).classes).toBe(1);
  });

  it("has negated weights for any last layer", async () => {
    const net = new NetworkWriter("matmul", SHAPE);
    const features = net.flatten(
      "flatten",
      net.globalPool("pool", net.relu("relu", net.conv("conv", net.image, [3, 4]))),
    );
    const product = net.node("MatMul", "product", [features, net.weight("w", [4, 1], 4)]);
    const biased = net.model(net.node("Add", "add", [product, net.constant("b", [1], [0.25])]));
    const classifier = await load(encodeModel(biased), { names: 2 });
    const [found] = await explainOnce(classifier, [{ method: "cam" }], image, [0]);
    expect(found?.logits[0]).toBe(-(found?.logits[1] as number));
  });

  it.each<[string, (net: NetworkWriter, x: Value) => Value]>([
    ["tanh, from 0 to 1", tanhFrom0To1],
    [
      "a sigmoid that is never sure",
      (net, x) => {
        const shrunk = net.node("Mul", "shrunk", [net.node("Sigmoid", "s", [x]), number(net, "most", 0.9)]);
        return net.node("Add", "raised", [shrunk, number(net, "least", 0.05)]);
      },
    ],
  ])("has the file's own probability, and its logit, of another step from 0 to 1: %s", async (_, end) => {
    const bytes = network(1, end);
    const classifier = await load(bytes, { names: 2 });
    const [found] = await explainOnce(classifier, [{ method: "saliency" }], image, [1]);
    const [plain] = await explainOnce(
      await load(
        network(1, (_, x) => x),
        { names: 2 },
      ),
      [{ method: "saliency" }],
      image,
      [1],
    );
    const [p] = await fileOutput(bytes);
    expect(found?.probabilities[1]).toBeCloseTo(p as number, 6);
    expect(found?.logits).toEqual(plain?.logits);
    expect(found?.maps[0]?.values).toEqual(plain?.maps[0]?.values);
  });

  it("leaves a value that is only clamped as it is", async () => {
    const clamped = network(1, (net, x) =>
      net.node("Clip", "clip", [x, number(net, "low", 0), number(net, "high", 1)]),
    );
    expect((await load(clamped, { names: 0 })).scoreFunction).toBe("none");
  });
});

describe("independent labels", () => {
  it.each<[string, LoadOptions, (net: NetworkWriter, x: Value) => Value]>([
    ["said by the caller", { scoreFunction: "sigmoid" }, (_, x) => x],
    ["Sigmoid", {}, (net, x) => net.node("Sigmoid", "s", [x])],
    [
      "sigmoid by hand",
      { scoreFunction: "sigmoid" },
      (net, x) =>
        net.node("Reciprocal", "p", [
          net.node("Add", "plus", [number(net, "one", 1), net.node("Exp", "exp", [net.node("Neg", "neg", [x])])]),
        ]),
    ],
  ])("get sigmoids: %s", async (_, options, end) => {
    const classifier = await load(network(3, end), options);
    expect([classifier.scoreFunction, classifier.independent]).toEqual(["sigmoid", true]);
    const [found] = await explainOnce(classifier, [], image);
    const logits = await fileOutput(network(3, (_, x) => x));
    logits.forEach((y, k) => void expect(found?.probabilities[k]).toBeCloseTo(1 / (1 + Math.exp(-y)), 6));
  });

  it.each<[string, (net: NetworkWriter, x: Value) => Value]>([
    ["HardSigmoid", (net, x) => net.node("HardSigmoid", "hard", [x], { alpha: { kind: "float", value: 0.01 } })],
    [
      "HardSigmoid by hand",
      (net, x) => {
        const raised = net.node("Add", "raised", [x, number(net, "three", 3)]);
        const cut = net.node("Clip", "cut", [raised, number(net, "low", 0), number(net, "six", 6)]);
        return net.node("Div", "share", [cut, number(net, "sixth", 6)]);
      },
    ],
    ["tanh, from 0 to 1", tanhFrom0To1],
  ])("have the file's own probabilities, and their logits, of another step from 0 to 1: %s", async (_, end) => {
    const bytes = network(3, end);
    const classifier = await load(bytes);
    expect([classifier.scoreFunction, classifier.independent]).toEqual(["sigmoid", true]);
    const [found] = await explainOnce(classifier, [{ method: "saliency" }], image, [1]);
    const [plain] = await explainOnce(await load(network(3, (_, x) => x)), [{ method: "saliency" }], image, [1]);
    (await fileOutput(bytes)).forEach((p, k) => void expect(found?.probabilities[k]).toBeCloseTo(p, 6));
    expect(found?.logits).toEqual(plain?.logits);
    expect(found?.maps[0]?.values).toEqual(plain?.maps[0]?.values);
  });

  it("are not seen in what only clamps probabilities", async () => {
    const bytes = network(3, (net, x, features) => {
      const other = net.node("Softmax", "softmax2", [net.dense("fc2", features, [4, 3])], { axis: 1 });
      const mean = net.node("Mean", "mean", [soft(net, x), other]);
      return net.node("Clip", "clip", [mean, number(net, "low", 0), number(net, "high", 1)]);
    });
    const { scoreFunction, independent, warnings } = await load(bytes);
    expect([scoreFunction, independent, warnings.join()]).toEqual([
      "none",
      false,
      expect.stringMatching(/probability already/),
    ]);
  });

  it("are taken as they are where the caller says so", async () => {
    const classifier = await load(network(3, soft), { scoreFunction: "none" });
    const [found] = await explainOnce(classifier, [], image);
    expect(found?.logits).toEqual(found?.probabilities);
    expect(classifier.scoreFunction).toBe("none");
  });
});

describe("of several outputs", () => {
  it("chooses the distribution, even if it is written by hand", async () => {
    const { warnings } = await load(network(3, (net, x, features) => [features, byHand(net, x)]));
    expect(warnings.join()).toMatch(/explaining "div_out", which gives probabilities/);
  });

  it.each<[string, (net: NetworkWriter, features: Value) => Value]>([
    ["features", (_, features) => features],
    ["a copy of features", (net, features) => net.node("Identity", "copy", [features])],
    ["features of length 1", (net, features) => net.node("LpNormalization", "length", [features], { axis: 1, p: 2 })],
  ])("chooses what a later layer makes, not %s", async (_, made) => {
    const { warnings } = await load(network(3, (net, x, features) => [made(net, features), x]));
    expect(warnings.join()).toMatch(/explaining "fc_out", which is computed by a later layer/);
  });

  it("chooses the probabilities that are put into a map from names to them", async () => {
    const bytes = network(3, (net, x) => {
      const names = { classlabels_int64s: [0, 1, 2] };
      const map = net.node("ZipMap", "map", [soft(net, x)], names, "ai.onnx.ml");
      return [net.node("ArgMax", "label", [x], { axis: 1, keepdims: 0 }), map];
    });
    const { classes, warnings } = await load(bytes);
    expect([classes, warnings.join()]).toEqual([
      3,
      expect.stringContaining('"softmax_out", which gives probabilities'),
    ]);
  });

  it("chooses the classifier at the end of the network, not an auxiliary one", async () => {
    const net = new NetworkWriter("auxiliary", SHAPE);
    const early = net.relu("early", net.conv("conv1", net.image, [3, 4]));
    const late = net.relu("late", net.conv("conv2", early, [4, 4]));
    const head = (name: string, x: Value) =>
      net.dense(name, net.flatten(`${name}.flat`, net.globalPool(`${name}.pool`, x)), [4, 3]);
    const { warnings } = await load(net.bytes(head("aux", early), head("main", late)));
    expect(warnings.join()).toMatch(/explaining "main_out", which has the most convolutions upstream of it/);
  });

  it("chooses the first of layers that are equally late", async () => {
    const { warnings } = await load(
      network(3, (net, x, features) => [features, x, net.dense("auxiliary", features, [4, 5])]),
    );
    expect(warnings.join()).toMatch(/explaining "fc_out", which is computed by a later layer/);
  });

  it.each<[string, LoadOptions, string]>([
    ["probabilities", {}, 'explaining "softmax_out", which gives probabilities'],
    ["those with names", { names: 4 }, 'explaining "flatten_out", which has as many values as there are labels'],
    [
      "both",
      { names: 3 },
      'explaining "softmax_out", which has as many values as there are labels and gives probabilities',
    ],
  ])("chooses %s", async (_, options, message) => {
    const { warnings } = await load(
      network(3, (net, x, features) => [features, soft(net, x)]),
      options,
    );
    expect(warnings).toEqual([expect.stringContaining(message)]);
  });
});

describe("a softmax that is not over the classes of an image", () => {
  type End = (net: NetworkWriter, x: Value) => Value;
  const over =
    (axis: number, opType = "Softmax"): End =>
    (net, x) =>
      net.node(opType, "softmax", [x], { axis });
  const inPlaces: End = (net, x) =>
    net.flatten("flat", over(-1)(net, net.node("Reshape", "places", [x, net.ints("s", [1, 3, 1, 1])])));
  const clamped: End = (net, x) => net.node("Clip", "clip", [over(0)(net, x), number(net, "low", 1e-7)]);

  it.each<[string, End, string]>([
    ["over the axis of a single image", over(0), "axis 0 of [1, 3], which counts the images"],
    ["in logarithms", over(0, "LogSoftmax"), "axis 0 of [1, 3], which counts the images"],
    ["over a single place", inPlaces, "axis 3 of [1, 3, 1, 1], which holds a single number"],
    ["clamped", clamped, "axis 0 of [1, 3], which counts the images"],
  ])("is refused, since every output is 1: %s", async (_, end, where) => {
    await expect(load(network(3, end))).rejects.toThrow(
      expect.objectContaining({
        code: "unsupported",
        message: expect.stringMatching(new RegExp(`^softmax .*${where.replace(/[[\]]/g, "\\$&")}.*every output is 1`)),
      }),
    );
  });

  it("is refused over one class, too", async () => {
    await expect(load(network(1, soft))).rejects.toThrow(/axis 1 of \[1, 1\], which holds a single number/);
  });

  it("is refused over several images", async () => {
    const net = new NetworkWriter("images", [2, 3, 8, 8]);
    const features = net.flatten("flatten", net.globalPool("pool", net.conv("conv", net.image, [3, 4])));
    const bytes = net.bytes(over(0)(net, net.dense("fc", features, [4, 3])));
    await expect(load(bytes)).rejects.toThrow(/axis 0 of \[2, 3\], which counts the images, so that images compete/);
  });

  it("is one over classes if these come first", async () => {
    const classifier = await load(
      network(3, (net, x) => {
        const turned = net.node("Transpose", "turned", [x], { perm: [1, 0] });
        return net.node("Transpose", "back", [over(0)(net, turned)], { perm: [1, 0] });
      }),
    );
    expect([classifier.scoreFunction, classifier.classes, classifier.warnings]).toEqual(["softmax", 3, []]);
  });
});
