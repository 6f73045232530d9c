import { defineOperator, flat, stop } from "./operator.js";

// Operators whose output does not change with a small enough change of the input: their gradient is zero
// wherever it exists, and what they feed is explained by its other inputs.

const constant = <const In extends string>(inputs: readonly In[], why: string) =>
  defineOperator({ inputs, gradient: flat(why) });

const COMPARISON = "a comparison is piecewise constant";
const LOGIC = "logic is piecewise constant";
const POSITION = "positions are whole numbers";
const ROUNDING = "rounding is piecewise constant";
const SHAPE_ALONE = "the output depends on the shape alone";

export const piecewiseConstant = {
  And: constant(["a", "b"], LOGIC),
  ArgMax: constant(["x"], POSITION),
  ArgMin: constant(["x"], POSITION),
  Ceil: constant(["x"], ROUNDING),
  ConstantOfShape: constant(["shape"], SHAPE_ALONE),
  Equal: constant(["a", "b"], COMPARISON),
  EyeLike: constant(["x"], SHAPE_ALONE),
  Floor: constant(["x"], ROUNDING),
  Greater: constant(["a", "b"], COMPARISON),
  GreaterOrEqual: constant(["a", "b"], COMPARISON),
  Hardmax: constant(["x"], "the position of the maximum is a whole number"),
  IsInf: constant(["x"], COMPARISON),
  IsNaN: constant(["x"], COMPARISON),
  Less: constant(["a", "b"], COMPARISON),
  LessOrEqual: constant(["a", "b"], COMPARISON),
  NonZero: constant(["x"], POSITION),
  Not: constant(["x"], LOGIC),
  OneHot: defineOperator({
    inputs: ["indices", "depth", "values"],
    gradient: {
      indices: flat(POSITION),
      depth: flat(POSITION),
      values: stop("the two values are not followed; choose a layer behind it"),
    },
    relevance: stop("the two values are not followed; choose a layer behind it"),
  }),
  Or: constant(["a", "b"], LOGIC),
  Round: constant(["x"], ROUNDING),
  Shape: constant(["x"], SHAPE_ALONE),
  Sign: constant(["x"], "the sign is piecewise constant"),
  Size: constant(["x"], SHAPE_ALONE),
  Xor: constant(["a", "b"], LOGIC),
};
