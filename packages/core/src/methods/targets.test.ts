import { describe, expect, it } from "vitest";
import type { LoadOptions } from "../classifier.js";
import { compile } from "../compile/compile.js";
import { Explainer } from "../explainer.js";
import type { Value } from "../graph/graph.js";
import type { TensorValue } from "../session.js";
import { classifierOf, imageOf, noise, runtime } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";
import type { Combination } from "./method.js";

// Every target, for every kind of output, against small steps on the file as the user has it.

const SHAPE = [1, 3, 8, 8];

/** What a file says of an image: logits, or what takes their place, and probabilities. */
interface Said {
  readonly y: readonly number[];
  readonly p: readonly number[];
}

interface Kind {
  readonly classes: number;
  /** Writes what comes after the last linear layer, and perhaps another one: the file's outputs, the one to explain first. */
  readonly end: (net: NetworkWriter, y: Value, other: Value) => Value[];
  readonly said: (outputs: readonly number[][]) => Said;
  readonly options?: LoadOptions;
  /** Whether there are no probabilities. */
  readonly values?: boolean;
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x));
const softmaxOf = (y: readonly number[]) => {
  const powers = y.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((v) => v / sum);
};
const soft = (net: NetworkWriter, name: string, x: Value) => net.node("Softmax", name, [x], { axis: 1 });
const one = (net: NetworkWriter) => net.constant("one", [], [1]);

const kinds: Record<string, Kind> = {
  "logits of a softmax": { classes: 4, end: (_, y) => [y], said: ([y = []]) => ({ y, p: softmaxOf(y) }) },
  softmax: { classes: 4, end: (net, y) => [soft(net, "soft", y), y], said: ([p = [], y = []]) => ({ y, p }) },
  "softmax by hand, clamped": {
    classes: 4,
    end(net, y) {
      const powers = net.node("Exp", "exp", [y]);
      const sum = net.node("ReduceSum", "sum", [powers, net.ints("axis", [1])], { keepdims: 1 });
      return [net.node("Clip", "clip", [net.node("Div", "div", [powers, sum]), net.constant("low", [], [1e-7])]), y];
    },
    said: ([p = [], y = []]) => ({ y, p }),
  },
  "log-softmax": {
    classes: 4,
    end: (net, y) => [net.node("LogSoftmax", "log", [y], { axis: 1 }), y],
    said: ([log = [], y = []]) => ({ y, p: log.map(Math.exp) }),
  },
  "one logit of two classes": {
    classes: 1,
    end: (_, y) => [y],
    said: ([[y = 0] = []]) => ({ y: [-y, y], p: [logistic(-y), logistic(y)] }),
    options: { names: 2 },
  },
  "one probability of two classes": {
    classes: 1,
    end: (net, y) => [net.node("Sigmoid", "sigmoid", [y]), y],
    said: ([[p = 0] = [], [y = 0] = []]) => ({ y: [-y, y], p: [1 - p, p] }),
    options: { names: 2 },
  },
  "1 - p next to p": {
    classes: 1,
    end(net, y) {
      const p = net.node("Sigmoid", "sigmoid", [y]);
      return [net.node("Concat", "both", [net.node("Sub", "rest", [one(net), p]), p], { axis: 1 }), y];
    },
    said: ([p = [], [y = 0] = []]) => ({ y: [-y, y], p }),
  },
  "independent labels": {
    classes: 4,
    end: (net, y) => [net.node("Sigmoid", "sigmoid", [y]), y],
    said: ([p = [], y = []]) => ({ y, p }),
  },
  "logits of independent labels": {
    classes: 4,
    end: (_, y) => [y],
    said: ([y = []]) => ({ y, p: y.map(logistic) }),
    options: { scoreFunction: "sigmoid" },
  },
  "a distribution without logits": {
    classes: 4,
    end(net, y, other) {
      const sum = net.node("Add", "add", [soft(net, "one.soft", y), soft(net, "other.soft", other)]);
      return [net.node("Mul", "mean", [sum, net.constant("half", [], [0.5])])];
    },
    said: ([p = []]) => ({ y: p, p }),
  },
  "a regression": {
    classes: 1,
    end: (net, y) => [net.node("Mul", "scaled", [y, net.constant("scale", [], [40])])],
    said: ([y = []]) => ({ y, p: [] }),
    options: { names: 0 },
    values: true,
  },
};

/** What is explained, by its definition. */
function definitionOf({ y, p }: Said, target: number | Combination): number {
  if (typeof target === "number") return y[target] as number;
  const of = y[target.of] as number;
  switch (target.kind) {
    case "against":
      return -of;
    case "difference":
      return of - (y[target.other] as number);
    case "rest":
      return of + Math.log(p[target.of] as number);
    case "probability":
      return p[target.of] as number;
  }
}

const targetsOf = ({ values }: Kind): (number | Combination)[] =>
  values
    ? [0, { kind: "against", of: 0 }]
    : [
        1,
        { kind: "against", of: 1 },
        { kind: "difference", of: 1, other: 0 },
        { kind: "rest", of: 1 },
        { kind: "probability", of: 0 },
      ];

/** Without kinks, so that steps may be large. */
function bytesOf({ classes, end }: Kind): Uint8Array {
  const net = new NetworkWriter("targets", SHAPE);
  const hidden = net.node("Tanh", "tanh", [net.conv("conv", net.image, [3, 6])]);
  const features = net.flatten("flatten", net.globalPool("pool", hidden));
  const head = (name: string) => net.dense(name, features, [6, classes]);
  const outputs = end(net, head("fc"), head("fc2"));
  return net.bytes(...outputs);
}

describe.each(Object.entries(kinds))("of %s,", (_, kind) => {
  it.each(targetsOf(kind))("%j has the gradient that small steps show", async (target) => {
    const bytes = bytesOf(kind);
    const file = await runtime.createSession(bytes, {});
    const names = file.outputs.map(({ name }) => name);
    const classifier = await classifierOf(bytes, { ...kind.options, output: names[0] as string });
    const combination = typeof target === "number" ? {} : { combination: target };
    const request = { method: "saliency", options: { reduce: "none" } };
    const explainer = await Explainer.create(compile(classifier, [request], combination), runtime);
    const image = noise(SHAPE);
    const [found] = await explainer.explain(image, typeof target === "number" ? [target] : []);
    await explainer.release();
    const g = found?.maps[0]?.values as Float32Array;

    const said = async (input: TensorValue) => {
      const results = await file.run({ input }, names);
      return kind.said(names.map((name) => [...(results[name]?.data ?? [])].map(Number)));
    };
    if (!kind.values) {
      const { p } = await said(image);
      found?.probabilities.forEach((v, i) => {
        expect(v).toBeCloseTo(p[i] as number, 5);
      });
    }
    // along the gradient, so that float32 shows the change, and with noise, so that no element can be wrong unseen
    const length = Math.hypot(...g);
    const random = noise(SHAPE, "direction").data as Float32Array;
    const direction = g.map((v, i) => v / length + (random[i] as number) / 8);
    const moved = async (by: number) => {
      const data = (image.data as Float32Array).map((v, i) => v + by * (direction[i] as number));
      return definitionOf(await said(imageOf(SHAPE, data)), target);
    };
    const STEP = 0.02;
    const slope = ((await moved(STEP)) - (await moved(-STEP))) / (2 * STEP);
    const expected = g.reduce((sum, v, i) => sum + v * (direction[i] as number), 0);
    expect(length).toBeGreaterThan(1e-3);
    expect(Math.abs(slope / expected - 1)).toBeLessThan(3e-3);
    await file.release();
  });
});

it("is refused if it is about a probability and the model has none", async () => {
  const kind = kinds["a regression"] as Kind;
  const classifier = await classifierOf(bytesOf(kind), kind.options);
  for (const combination of [{ kind: "rest", of: 0 } as const, { kind: "probability", of: 0 } as const]) {
    expect(() => compile(classifier, [{ method: "saliency" }], { combination })).toThrow(
      /gives values and no probabilities/,
    );
  }
});
