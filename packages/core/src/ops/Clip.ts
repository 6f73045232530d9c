import type { Value } from "../graph/graph.js";
import { greater, keptAbove, keptBelow, less, masked } from "../graph/math.js";
import { numbersOf } from "../graph/tensor.js";
import { defineOperator, pass, stop } from "./operator.js";

const COMPUTED_BOUND = stop(
  "Limn does not differentiate a bound that is computed from the image; choose a layer downstream of it",
);

export const Clip = defineOperator({
  inputs: ["x", "min?", "max?"],
  gradient: {
    // dx = dy where min < y < max: at a bound nothing passes, as in PyTorch's ReLU6, and in its clamp since 2.14.
    // Leaving x unread lets ONNX Runtime fuse the activation.
    x: ({ y, min, max, dy }) => below(above(dy, y, min), y, max),
    min: COMPUTED_BOUND,
    max: COMPUTED_BOUND,
  },
  relevance: pass,
  layout: "keeps",
  sign: ({ inputs: [, min] }) => (min && isIn(min, (bound) => bound >= 0) ? "non-negative" : "keeps"),
  zero: ({ inputs: [, min, max] }) =>
    (!min || isIn(min, (bound) => bound <= 0)) && (!max || isIn(max, (bound) => bound >= 0)) ? "keeps" : "any",
  // x clip(x + 3, 0, 6) / 6
  gate: ({ inputs: [, min, max] }) => (min && max ? "opens" : "none"),
  numbers: "computed",
  // ReLU6 and its like
  rectifies: ({ inputs: [, min] }) => min !== undefined && isIn(min, (bound) => bound === 0),
});

function above(dy: Value, y: Value, min: Value | undefined): Value {
  const bound = min && numberOf(min);
  return bound !== undefined ? keptAbove(dy, y, bound) : min ? masked(dy, greater(y, min)) : dy;
}

function below(dy: Value, y: Value, max: Value | undefined): Value {
  const bound = max && numberOf(max);
  return bound !== undefined ? keptBelow(dy, y, bound) : max ? masked(dy, less(y, max)) : dy;
}

const numberOf = (bound: Value): number | undefined => bound.initializer && numbersOf(bound.initializer)?.[0];

/** Whether a bound is a constant within some range. */
function isIn(bound: Value, range: (bound: number) => boolean): boolean {
  const number = numberOf(bound);
  return number !== undefined && range(number);
}
