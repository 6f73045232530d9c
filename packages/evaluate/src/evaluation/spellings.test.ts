import { onnxRuntime } from "@limn/node";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import type { Value } from "../../../core/src/graph/graph.js";
import { NetworkWriter } from "../../../core/src/testing/networks.js";
import { randomNumbers } from "../../../core/src/testing/random.js";
import { DataFolder } from "../testing/data-folder.js";
import { evaluationDocument } from "./document.js";
import { runEvaluation } from "./run.js";
import { tableOf } from "./table.js";

// One network, whose probabilities are written in many ways: all figures of an evaluation are the same.

type End = (net: NetworkWriter, y: Value) => Value;

const folder = new DataFolder();
const SIDE = 8;

const constant = (net: NetworkWriter, value: number) => net.constant(`c${value}`, [], [value]);
const soft = (net: NetworkWriter, x: Value) => net.node("Softmax", "softmax", [x], { axis: 1 });
const byHand: End = (net, y) => {
  const axis = net.ints("axis", [1]);
  const powers = net.node("Exp", "exp", [
    net.node("Sub", "less", [y, net.node("ReduceMax", "most", [y, axis], { keepdims: 1 })]),
  ]);
  return net.node("Div", "div", [powers, net.node("ReduceSum", "sum", [powers, axis], { keepdims: 1 })]);
};
const clamped = (net: NetworkWriter, p: Value) =>
  net.node("Clip", "clip", [p, constant(net, 1e-7), constant(net, 1 - 1e-7)]);
const rest = (net: NetworkWriter, p: Value) => net.node("Sub", "rest", [constant(net, 1), p]);

/** Three classes, by what comes after the logits. */
const ofThree: Record<string, End> = {
  "logits only": (_, y) => y,
  "Softmax last": soft,
  "by hand": byHand,
  "by hand, without the largest": (net, y) => {
    const powers = net.node("Exp", "exp", [y]);
    const sum = net.node("ReduceSum", "sum", [powers, net.ints("axis", [1])], { keepdims: 1 });
    return net.node("Div", "div", [powers, sum]);
  },
  clamped: (net, y) => clamped(net, soft(net, y)),
  "exp of log-softmax": (net, y) => net.node("Exp", "exp", [net.node("LogSoftmax", "log", [y], { axis: 1 })]),
  "log-softmax": (net, y) => net.node("LogSoftmax", "log", [y], { axis: 1 }),
  "in percent": (net, y) => net.node("Mul", "percent", [soft(net, y), constant(net, 100)]),
  "averaged of two": (net, y) =>
    net.node("Mul", "half", [net.node("Add", "both", [soft(net, y), byHand(net, y)]), constant(net, 0.5)]),
};

/** Two classes of one logit. */
const ofOne: Record<string, End> = {
  "one logit": (_, y) => y,
  "Sigmoid last": (net, y) => net.node("Sigmoid", "sigmoid", [y]),
  "1 - p next to p": (net, y) => {
    const p = net.node("Sigmoid", "sigmoid", [y]);
    return net.node("Concat", "both", [rest(net, p), p], { axis: 1 });
  },
  "a softmax of both halves": (net, y) => {
    const [up, down] = [0.5, -0.5].map((by) => net.node("Mul", `by${by}`, [y, constant(net, by)])) as [Value, Value];
    return soft(net, net.node("Concat", "both", [down, up], { axis: 1 }));
  },
};

function write(name: string, classes: number, end: End): string {
  const net = new NetworkWriter("spellings", [1, 3, SIDE, SIDE]);
  const features = net.relu("relu", net.conv("conv", net.image, [3, 6]));
  const y = net.dense("fc", net.flatten("flatten", net.globalPool("pool", features)), [6, classes]);
  return folder.write(`${name}.onnx`, net.bytes(end(net, y)));
}

async function figuresOf(model: string, labels: string) {
  const run = await runEvaluation(
    {
      model,
      classifier: { labels, preprocess: "unit", adjust: { resize: "none", centerCrop: "none" } },
      data: { data: `${folder.path}/data` },
      methods: ["grad-cam", "input-x-gradient", "rise"],
      options: { rise: { masks: 16 } },
      target: "label",
      masking: {},
      curves: { steps: 4, deletionBlank: "zero", insertionBlank: "blur" },
      shattering: false,
      sanity: undefined,
      workers: 0,
      folder: `${model}.out`,
    },
    onnxRuntime({ threads: 1 }),
  );
  const { methods, accuracy, reasons } = evaluationDocument(run, await tableOf(run.log));
  const figures = Object.entries(methods).flatMap(([method, measures]) =>
    (["averageDrop", "increaseInConfidence", "deletion", "insertion"] as const).map(
      (name): [string, number | undefined] => [`${method} ${name}`, measures[name]?.mean],
    ),
  );
  return { figures, accuracy, reasons };
}

beforeAll(async () => {
  const random = randomNumbers("pictures");
  for (const name of ["data/benign/a.png", "data/malignant/b.png", "data/malignant/c.png"]) {
    const raw = { width: SIDE, height: SIDE, channels: 3 } as const;
    const pixels = Uint8Array.from({ length: SIDE * SIDE * 3 }, () => Math.floor(256 * random()));
    folder.write(name, await sharp(pixels, { raw }).png().toBuffer());
  }
});

describe.each([
  ["three classes", 3, ofThree, "benign\nmalignant\nother\n"],
  ["one logit of two classes", 1, ofOne, "benign\nmalignant\n"],
] as const)(
  "evaluate gives the same figures however the probabilities of %s are written:",
  (what, classes, ends, names) => {
    const labels = folder.write(`${what}.txt`, names);
    const [plain, ...others] = Object.entries(ends).map(([name, end]) => ({
      name,
      model: write(`${what}, ${name}`, classes, end),
    }));

    it.each(others)("$name", async ({ model }) => {
      const [expected, found] = [await figuresOf(plain?.model as string, labels), await figuresOf(model, labels)];
      expect(found.accuracy).toEqual(expected.accuracy);
      expect(found.reasons).toEqual(expected.reasons);
      found.figures.forEach(([name, value], i) => {
        expect(value, name).toBeCloseTo(expected.figures[i]?.[1] as number, 4);
      });
      expect(new Set(expected.figures.map(([, value]) => value)).size).toBeGreaterThan(5);
    });
  },
);
