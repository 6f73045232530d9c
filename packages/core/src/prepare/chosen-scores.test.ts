import { describe, expect, it } from "vitest";
import { type Classifier, type LoadOptions, loadClassifier } from "../classifier.js";
import { compile } from "../compile/compile.js";
import { Explainer } from "../explainer.js";
import type { Value } from "../graph/graph.js";
import type { Combination } from "../methods/method.js";
import { classifierOf, explainOnce, imageOf, noise, runtime, sourceOf } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";

const SHAPE = [1, 3, 8, 8];
const image = noise(SHAPE);

/** A convolution and a dense layer of four classes, and what comes after it. */
function network(end: (net: NetworkWriter, logits: Value, features: Value) => Value) {
  const net = new NetworkWriter("chosen", SHAPE);
  const features = net.flatten(
    "flatten",
    net.globalPool("pool", net.relu("relu", net.conv("conv", net.image, [3, 4]))),
  );
  return net.bytes(end(net, net.dense("fc", features, [4, 4]), features));
}

const load = (bytes: Uint8Array, options?: LoadOptions) => loadClassifier(sourceOf(bytes), runtime, options);

/** What a file itself gives for an image. */
async function outputOf(bytes: Uint8Array, pixels: ArrayLike<number> = image.data as Float32Array): Promise<number[]> {
  const session = await runtime.createSession(bytes, {});
  const name = session.outputs[0]?.name as string;
  const { [name]: result } = await session.run({ input: imageOf(SHAPE, pixels) }, [name]);
  await session.release();
  return [...(result?.data ?? [])].map(Number);
}

/** The gradient of a class or a combination, and what small steps along it do to a function of the file's own output. */
async function slopes(
  bytes: Uint8Array,
  classifier: Classifier,
  explained: number | Combination,
  of: (p: readonly number[]) => number,
): Promise<readonly [gradient: number, steps: number]> {
  const request = [{ method: "saliency", options: { reduce: "none" } }];
  const combination = typeof explained === "number" ? {} : { combination: explained };
  const explainer = await Explainer.create(compile(classifier, request, combination), runtime);
  const [found] = await explainer.explain(image, typeof explained === "number" ? [explained] : []);
  await explainer.release();
  const gradient = found?.maps[0]?.values as Float32Array;
  const length = Math.hypot(...gradient);
  const h = 1e-2;
  const at = async (step: number) =>
    of(
      await outputOf(
        bytes,
        gradient.map((g, i) => Number(image.data[i]) + (step * g) / length),
      ),
    );
  return [length, ((await at(h)) - (await at(-h))) / (2 * h)];
}

const soft = (net: NetworkWriter, x: Value, name = "softmax", axis = 1) => net.node("Softmax", name, [x], { axis });
const byHand = (net: NetworkWriter, x: Value) => {
  const powers = net.node("Exp", "exp", [x]);
  return net.node("Div", "div", [powers, net.node("ReduceSum", "sum", [powers, net.ints("sum.axis", [1])])]);
};
const number = (net: NetworkWriter, name: string, value: number) => net.constant(name, [], [value]);
const part = (net: NetworkWriter, x: Value, start: number, end: number, name = "part") =>
  net.node("Slice", name, [
    x,
    net.ints(`${name}.from`, [start]),
    net.ints(`${name}.to`, [end]),
    net.ints(`${name}.axis`, [-1]),
  ]);
const taken = (net: NetworkWriter, x: Value, which: readonly number[]) =>
  net.node("Gather", "taken", [x, net.ints("which", which)], { axis: 1 });

describe("classes chosen from a softmax", () => {
  it.each<[string, readonly number[], (net: NetworkWriter, x: Value) => Value]>([
    ["without the background, by Slice", [1, 2, 3], (net, x) => part(net, soft(net, x), 1, 4)],
    ["without the background, by Gather", [1, 2, 3], (net, x) => taken(net, soft(net, x), [1, 2, 3])],
    [
      "without the background, by Split",
      [1, 2, 3],
      (net, x) => {
        const { graph } = net;
        const init = { name: "split", opType: "Split", domain: "", inputs: [soft(net, x), net.ints("sizes", [1, 3])] };
        const outputs = ["first", "others"].map((name) => ({ name, dtype: undefined, shape: undefined }));
        const made = graph.append(
          { ...init, attributes: new Map([["axis", { kind: "int", value: 1n }]]) as never },
          outputs,
        );
        return made.outputs[1] as Value;
      },
    ],
    [
      "clamped after they were chosen",
      [1, 2, 3],
      (net, x) => net.node("Clip", "c", [part(net, soft(net, x), 1, 4), number(net, "z", 0), number(net, "o", 1)]),
    ],
    ["in another order", [2, 0, 3, 1], (net, x) => taken(net, soft(net, x), [2, 0, 3, 1])],
    ["one of them twice", [2, 2, 0], (net, x) => taken(net, soft(net, x), [2, 2, 0])],
    ["one of several", [2], (net, x) => taken(net, soft(net, x), [2])],
    ["of a softmax by hand", [1, 2, 3], (net, x) => part(net, byHand(net, x), 1, 4)],
    [
      "of clamped probabilities, in half precision",
      [1, 2, 3],
      (net, x) => {
        const clamped = net.node("Clip", "clip", [soft(net, x), number(net, "low", 1e-7)]);
        const half = net.node("Cast", "half", [part(net, clamped, 1, 4)], { to: 10 });
        return net.node("Cast", "single", [half], { to: 1 });
      },
    ],
    [
      "in pieces put together again, in more dimensions",
      [1, 3, 0],
      (net, x) => {
        const p = soft(net, x);
        const pieces = [part(net, p, 1, 2, "a"), part(net, p, 3, 4, "b"), part(net, p, 0, 1, "c")];
        const whole = net.node("Concat", "whole", pieces, { axis: 1 });
        return net.node("Reshape", "square", [whole, net.ints("shape", [1, 1, 3, 1])]);
      },
    ],
  ])("are explained at their logits, with the probabilities of the file: %s", async (name, which, end) => {
    const bytes = network(end);
    const classifier = await load(bytes);
    expect([classifier.classes, classifier.scoreFunction, classifier.warnings]).toEqual([which.length, "softmax", []]);
    const plain = await classifierOf(network((net, x) => soft(net, x)));
    const requests = [{ method: "saliency" }, { method: "cam" }, { method: "lrp" }];
    const output = await outputOf(bytes);
    for (const [k, own] of which.entries()) {
      const [found] = await explainOnce(classifier, requests, image, [k]);
      const [whole] = await explainOnce(plain, requests, image, [own]);
      expect(found?.logits).toHaveLength(which.length);
      expect(found?.logits[k]).toBeCloseTo(whole?.logits[own] as number, 5);
      expect(found?.probabilities).toHaveLength(which.length);
      output.forEach((p, i) => void expect(found?.probabilities[i]).toBeCloseTo(p, 3));
      for (const [i, { values }] of (whole?.maps ?? []).entries()) {
        values.forEach((v, j) => void expect(found?.maps[i]?.values[j]).toBeCloseTo(v, 5));
      }
    }
    const [predicted] = await explainOnce(classifier, [], image);
    expect(predicted?.target).toBe(output.indexOf(Math.max(...output)));
    if (output.length < 3 || which[0] === which[1] || name.includes("half")) return;
    // log p_a - log p_b = z_a - z_b
    const difference: Combination = { kind: "difference", of: 0, other: 2 };
    const [gradient, steps] = await slopes(
      bytes,
      classifier,
      difference,
      (p) => Math.log(p[0] as number) - Math.log(p[2] as number),
    );
    expect(steps / gradient).toBeCloseTo(1, 1);
  });

  it("have rest and prob as the whole softmax gives them", async () => {
    const bytes = network((net, x) => part(net, soft(net, x), 1, 4));
    const classifier = await load(bytes);
    const [prob, byProb] = await slopes(bytes, classifier, { kind: "probability", of: 1 }, (p) => p[1] as number);
    expect(byProb / prob).toBeCloseTo(1, 1);
    const plain = await classifierOf(network((net, x) => soft(net, x)));
    const rest = async (model: Classifier, of: number) =>
      (await slopes(bytes, model, { kind: "rest", of }, () => 0))[0];
    expect(await rest(classifier, 1)).toBeCloseTo(await rest(plain, 2), 4);
  });
});

describe("one of two", () => {
  it.each<[string, LoadOptions, (net: NetworkWriter, x: Value) => Value]>([
    ["by Gather", {}, (net, x) => taken(net, soft(net, x), [1])],
    ["with both names", { names: 2 }, (net, x) => taken(net, soft(net, x), [1])],
    ["by Slice and Squeeze", {}, (net, x) => net.node("Squeeze", "s", [part(net, soft(net, x), 1, 2, "p")])],
    ["clamped", {}, (net, x) => part(net, net.node("Clip", "c", [soft(net, x), number(net, "low", 1e-6)]), 1, 2, "p")],
  ])("is a sigmoid of the difference of their logits: %s", async (_, options, end) => {
    const bytes = network((net, _, features) => end(net, net.dense("two", features, [4, 2])));
    const classifier = await load(bytes, options);
    const yes = options.names ? 1 : 0;
    expect([classifier.scoreFunction, classifier.classes, classifier.independent]).toEqual(["sigmoid", yes + 1, false]);
    const [p = 0] = await outputOf(bytes);
    const [found] = await explainOnce(classifier, [{ method: "cam" }], image, [yes]);
    expect(found?.probabilities[yes]).toBeCloseTo(p, 5);
    expect(found?.logits[yes]).toBeCloseTo(Math.log(p / (1 - p)), 4);
    const odds = ([p = 0]: readonly number[]) => Math.log(p / (1 - p));
    const [gradient, steps] = await slopes(bytes, classifier, yes, odds);
    expect(steps / gradient).toBeCloseTo(1, 1);
  });

  it("is a label of its own for each question", async () => {
    const bytes = network((net, x) => {
      const pairs = net.node("Reshape", "pairs", [x, net.ints("shape", [1, 2, 2])]);
      const yes = net.node("Gather", "yes", [soft(net, pairs, "softmax", 2), net.ints("one", [1])], { axis: 2 });
      return net.node("Flatten", "flat", [yes]);
    });
    const classifier = await load(bytes);
    expect([classifier.scoreFunction, classifier.classes, classifier.independent]).toEqual(["sigmoid", 2, true]);
    const output = await outputOf(bytes);
    const [found] = await explainOnce(classifier, [], image);
    output.forEach((p, k) => {
      expect(found?.probabilities[k]).toBeCloseTo(p, 5);
      expect(found?.logits[k]).toBeCloseTo(Math.log(p / (1 - p)), 4);
    });
  });

  it("of many, with two names, is explained itself", async () => {
    const classifier = await load(
      network((net, x) => taken(net, soft(net, x), [2])),
      { names: 2 },
    );
    expect([classifier.scoreFunction, classifier.classes]).toEqual(["none", 2]);
    expect(classifier.warnings.join()).toMatch(/a probability already/);
  });
});

describe("several softmaxes side by side", () => {
  const heads = (net: NetworkWriter, x: Value, features: Value) => {
    const other = net.node("Mul", "scaled", [net.dense("fc2", features, [4, 3]), number(net, "ten", 10)]);
    return net.node("Concat", "heads", [soft(net, x), soft(net, other, "softmax2")], { axis: 1 });
  };

  it("are explained at the logits of each, and rank by probability", async () => {
    const bytes = network(heads);
    const classifier = await load(bytes);
    expect([classifier.classes, classifier.scoreFunction, classifier.warnings]).toEqual([7, "softmax", []]);
    const output = await outputOf(bytes);
    const [found] = await explainOnce(classifier, [], image);
    output.forEach((p, k) => void expect(found?.probabilities[k]).toBeCloseTo(p, 5));
    expect(found?.target).toBe(output.indexOf(Math.max(...output)));
    for (const [a, b] of [
      [0, 3],
      [4, 6],
    ] as const) {
      const [gradient, steps] = await slopes(
        bytes,
        classifier,
        { kind: "difference", of: a, other: b },
        (p) => Math.log(p[a] as number) - Math.log(p[b] as number),
      );
      expect(steps / gradient).toBeCloseTo(1, 1);
    }
  });

  it("are told apart if they are one node over two rows", async () => {
    const inRows = (net: NetworkWriter, x: Value) => {
      const rows = net.node("Reshape", "rows", [x, net.ints("two", [1, 2, 2])]);
      const each = net.node("Softmax", "each", [rows], { axis: -1 });
      return net.node("Reshape", "row", [each, net.ints("one", [1, 4])]);
    };
    const bytes = network(inRows);
    const classifier = await load(bytes);
    const output = await outputOf(bytes);
    const [found] = await explainOnce(classifier, [], image);
    expect((output[0] as number) + (output[1] as number)).toBeCloseTo(1, 5);
    output.forEach((p, k) => void expect(found?.probabilities[k]).toBeCloseTo(p, 5));
  });

  it("are explained themselves if they are of different kinds", async () => {
    const bytes = network((net, x, features) => {
      const other = net.node("Sigmoid", "sigmoid", [net.dense("fc2", features, [4, 3])]);
      return net.node("Concat", "heads", [soft(net, x), other], { axis: 1 });
    });
    const classifier = await load(bytes);
    expect([classifier.scoreFunction, classifier.hasProbabilities]).toEqual(["none", true]);
  });
});

describe("what depends on the numbers", () => {
  it("is not taken for a choice: the larger of two softmaxes", async () => {
    const bytes = network((net, x, features) => {
      const other = soft(net, net.dense("fc2", features, [4, 4]), "softmax2");
      return net.node("Max", "max", [soft(net, x), other]);
    });
    expect((await load(bytes)).scoreFunction).toBe("none");
  });
});

describe("labels chosen from sigmoids", () => {
  it("are explained at their own logits", async () => {
    const bytes = network((net, x) => taken(net, net.node("Sigmoid", "sigmoid", [x]), [3, 1]));
    const classifier = await load(bytes);
    expect([classifier.scoreFunction, classifier.independent, classifier.classes]).toEqual(["sigmoid", true, 2]);
    const [gradient, steps] = await slopes(bytes, classifier, 0, ([p = 0]) => Math.log(p / (1 - p)));
    expect(steps / gradient).toBeCloseTo(1, 1);
  });
});
