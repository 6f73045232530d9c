import type { Shape } from "../graph/tensor.js";
import type { OperatorCase } from "./check-operator.js";

// Rows that the tests of one family of operators share.

type Range = NonNullable<OperatorCase["range"]>;
type CaseInput = NonNullable<OperatorCase["inputs"][number]>;

/** An input that is stored in the model, as axes and exponents are. */
export const stored = (dtype: "float32" | "int64", dims: Shape, data: readonly number[]) =>
  ({ dtype, dims, data, constant: true }) as const;

/** Two inputs in the ways in which one can broadcast against the other. */
export function broadcastCases(range: Range = [-1, 1]): OperatorCase[] {
  const pairs: [string, Shape, Shape][] = [
    ["same shape", [2, 3], [2, 3]],
    ["both broadcast", [2, 1, 3], [4, 1]],
    ["second per channel", [2, 3, 2, 2], [3, 1, 1]],
    ["first of lower rank", [3], [2, 3]],
    ["first a scalar", [], [2, 2]],
    ["second a scalar", [2, 2], []],
    ["two scalars", [], []],
  ];
  return pairs.map(([name, a, b]) => ({ name, inputs: [a, b], range }));
}

/** One to three inputs, of one shape and broadcasting. No two elements that meet are close to each other. */
export const VARIADIC_CASES: readonly OperatorCase[] = [
  { name: "one input", inputs: [[2, 3]] },
  { name: "three of one shape", inputs: [0, 1, 2].map((i) => spread([2, 3], 3 * i)) },
  { name: "two that broadcast", inputs: [spread([2, 1, 2], 0), spread([3, 1], 7)] },
  { name: "three that broadcast", inputs: [spread([2, 3], 0), spread([], 8), spread([2, 1], 11)] },
];

/**
 * Up to 37 numbers of [-1, 1) in no order, 1/20 apart at least, and half as far from 0 for rules with a kink there.
 * @param from how many of them the inputs before this one have taken
 */
export function spread(dims: Shape, from = 0): { dims: Shape; data: readonly number[] } {
  const size = dims.reduce((n, d) => n * d, 1);
  return { dims, data: Array.from({ length: size }, (_, i) => (((from + i) * 13 + 4) % 37) / 18.5 - 1) };
}

/** A reduction over the axes that ONNX lets one ask for. */
export function reductionCases({
  x = (dims: Shape): CaseInput => dims,
  range = [-1, 1] as Range,
} = {}): OperatorCase[] {
  const axes = (...values: number[]) => stored("int64", [values.length], values);
  const rows: OperatorCase[] = [
    { name: "no axes: all of them", inputs: [x([2, 3, 2])] },
    { name: "all axes, keepdims 0", inputs: [x([2, 3])], attributes: { keepdims: 0 } },
    { name: "spatial axes", inputs: [x([2, 3, 2, 2]), axes(2, 3)] },
    { name: "negative axes, keepdims 0", inputs: [x([2, 3, 2]), axes(-1, -3)], attributes: { keepdims: 0 } },
    { name: "an axis of size 1", inputs: [x([2, 1, 3]), axes(1)] },
    { name: "empty axes", inputs: [x([2, 3]), axes()] },
    { name: "empty axes, no operation", inputs: [x([2, 3]), axes()], attributes: { noop_with_empty_axes: 1 } },
  ];
  return rows.map((row) => ({ ...row, range }));
}
