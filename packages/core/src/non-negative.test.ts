import { expect, it } from "vitest";
import type { Value } from "./graph/graph.js";
import { nonNegativity } from "./non-negative.js";
import { NetworkWriter } from "./testing/networks.js";

type Make = (net: NetworkWriter) => Value;

const relu: Make = (net) => net.relu("relu", net.image);
const constant = (net: NetworkWriter, value: number) => net.constant(`c${value}`, [], [value]);
const of =
  (operator: string, ...inputs: Make[]): Make =>
  (net) => {
    // types as inference would find them
    const made = inputs.map((make) => make(net));
    for (const value of made) value.dtype ??= "float32";
    return net.node(operator, operator, made);
  };
const image: Make = (net) => net.image;
const plus: Make = (net) => constant(net, 2);
const minus: Make = (net) => constant(net, -2);

const whole =
  (dtype: "int64" | "uint8"): Make =>
  (net) =>
    net.graph.addInput(`whole ${dtype}`, dtype, [1, 3]);

const known: [string, Make][] = [
  ["leaky ReLU of a ReLU", of("LeakyRelu", relu)],
  ["a sum of magnitudes", of("ReduceL1", image)],
  ["bytes as floats", of("Cast", whole("uint8"))],
  ["ReLU", relu],
  ["sigmoid", of("Sigmoid", image)],
  ["a clip at 0", of("Clip", image, (net) => constant(net, 0))],
  ["pooled ReLU", of("GlobalAveragePool", relu)],
  ["a sum of ReLUs", of("Add", relu, relu)],
  ["a ReLU times a positive constant", of("Mul", relu, plus)],
  ["ReLU flattened", of("Flatten", relu)],
  ["ReLUs joined", of("Concat", relu, relu)],
  [
    "a convolution of ReLUs by positive weights",
    of("Conv", relu, (net) => net.relu("W", net.random("w", [2, 3, 1, 1], -1, 1))),
  ],
  ["a product of ReLUs", of("Gemm", relu, relu)],
];

const unknown: [string, Make][] = [
  ["whole numbers as floats", of("Cast", whole("int64"))],
  ["a cubic enlargement of a ReLU", (net) => net.node("Resize", "resize", [relu(net)], { mode: "cubic" })],
  ["the image", image],
  ["a convolution", (net) => net.conv("conv", relu(net), [3, 2])],
  ["ReLU plus a negative constant", of("Add", relu, minus)],
  [
    "a negative product of ReLUs",
    (net) => net.node("Gemm", "gemm", [relu(net), relu(net)], { alpha: { kind: "float", value: -1 } }),
  ],
  ["ReLU times a negative constant", of("Mul", relu, minus)],
  ["a clip at -2", of("Clip", image, minus)],
  ["leaky ReLU", of("LeakyRelu", image)],
  ["h-swish", of("HardSwish", image)],
  ["a ReLU joined to the image", of("Concat", relu, image)],
  ["a ReLU minus a ReLU", of("Sub", relu, relu)],
];

const isNonNegative = (make: Make): boolean => nonNegativity()(make(new NetworkWriter("signs", [1, 3, 4, 4])));

it.each(known)("%s is never negative", (_, make) => {
  expect(isNonNegative(make)).toBe(true);
});

it.each(unknown)("%s may be negative", (_, make) => {
  expect(isNonNegative(make)).toBe(false);
});
