import { defineOperator, type Operator, piecewiseConstant, plain, stop } from "./operator.js";

// Operators whose output does not change if the input changes a little: their gradient is 0 wherever it exists, and
// explanations pass only the other inputs of the nodes that read them.

const BITS = "bits of whole numbers change in steps";
const COMPARISON = "a comparison is piecewise constant";
const LOGIC = "logic is piecewise constant";
const POSITION = "positions are whole numbers";
const ROUNDING = "rounding is piecewise constant";
const SHAPE_ALONE = "the output depends on the shape alone";
const SIZE_ALONE = "the output depends on sizes alone";
const TEXT = "text changes in steps";

/** The gradient by whole numbers that say where to read or write. */
export const byPositions = piecewiseConstant(POSITION);

/** Whole numbers, truth values, sizes: never below 0, and not activations. */
const constant = <const In extends string>(inputs: readonly In[], why: string): Operator =>
  defineOperator({ inputs, gradient: piecewiseConstant(why), layout: "ends", sign: "non-negative", ...plain });

/** Step functions of one number, in its layout; they never give a number below 0 for one above. */
const steps = (why: string): Operator =>
  defineOperator({ inputs: ["x"], gradient: piecewiseConstant(why), layout: "keeps", sign: "keeps", ...plain });

/** Numbers of either sign that are not activations. */
const stored = <const In extends string>(inputs: readonly In[], why: string): Operator =>
  defineOperator({ inputs, gradient: piecewiseConstant(why), layout: "ends", sign: "any", ...plain });

export const piecewiseConstantOperators = {
  And: constant(["a", "b"], LOGIC),
  ArgMax: { ...constant(["x"], POSITION), ranks: true as const },
  ArgMin: constant(["x"], POSITION),
  BitShift: constant(["a", "b"], BITS),
  BitwiseAnd: stored(["a", "b"], BITS),
  BitwiseNot: stored(["x"], BITS),
  BitwiseOr: stored(["a", "b"], BITS),
  BitwiseXor: stored(["a", "b"], BITS),
  BlackmanWindow: stored(["size"], SIZE_ALONE),
  Ceil: steps(ROUNDING),
  Constant: stored([], "the output is stored in the model"),
  ConstantOfShape: stored(["shape"], SHAPE_ALONE),
  Equal: constant(["a", "b"], COMPARISON),
  EyeLike: constant(["x"], SHAPE_ALONE),
  Floor: steps(ROUNDING),
  Greater: constant(["a", "b"], COMPARISON),
  GreaterOrEqual: constant(["a", "b"], COMPARISON),
  HammingWindow: stored(["size"], SIZE_ALONE),
  HannWindow: stored(["size"], SIZE_ALONE),
  Hardmax: defineOperator({
    inputs: ["x"],
    gradient: piecewiseConstant("the position of the maximum is a whole number"),
    layout: "keeps",
    sign: "non-negative",
    ranks: true,
    ...plain,
  }),
  ImageDecoder: constant(["bytes"], "the bytes of a file change in steps"),
  IsInf: constant(["x"], COMPARISON),
  IsNaN: constant(["x"], COMPARISON),
  Less: constant(["a", "b"], COMPARISON),
  LessOrEqual: constant(["a", "b"], COMPARISON),
  MelWeightMatrix: stored(["bins", "length", "rate", "low", "high"], SIZE_ALONE),
  NonZero: constant(["x"], POSITION),
  Not: constant(["x"], LOGIC),
  OneHot: defineOperator({
    inputs: ["indices", "depth", "values"],
    gradient: {
      indices: byPositions,
      depth: byPositions,
      values: stop("Limn does not differentiate the two values; choose a layer downstream of it"),
    },
    relevance: stop("the two values have no relevance rule; choose a layer downstream of it"),
    layout: "ends",
    sign: "any",
    ...plain,
  }),
  OptionalHasElement: constant(["x?"], LOGIC),
  Or: constant(["a", "b"], LOGIC),
  RegexFullMatch: constant(["x"], TEXT),
  Round: steps(ROUNDING),
  SequenceLength: constant(["sequence"], SIZE_ALONE),
  Shape: constant(["x"], SHAPE_ALONE),
  Sign: steps("the sign is piecewise constant"),
  Size: constant(["x"], SHAPE_ALONE),
  StringConcat: stored(["a", "b"], TEXT),
  StringNormalizer: stored(["x"], TEXT),
  StringSplit: stored(["x"], TEXT),
  TfIdfVectorizer: stored(["x"], TEXT),
  Xor: constant(["a", "b"], LOGIC),
};
