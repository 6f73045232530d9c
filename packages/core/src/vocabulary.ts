/**
 * The words in which you write your own operators, rules and methods, together with `defineOperator`, `pointwise`,
 * `defineRule`, `defineMethod` and `defineIteratedMethod` of `@limn/core`. Each function appends nodes to the graph that
 * its arguments belong to.
 * @module
 */

export type { Graph, Node, Value } from "./graph/graph.js";
export { counted, hats, interpolated, magnified, toUnitRange } from "./graph/interpolation.js";
export * from "./graph/math.js";
export { LARGEST_SEED, normal, type RandomSource, uniform } from "./graph/random.js";
export type { DataType, Shape } from "./graph/tensor.js";
export { baselineOf, baselineOption } from "./methods/baseline.js";
export { isUnrectified, overChannels, quotient, reluOption } from "./methods/class-activation.js";
export { needsRelu } from "./methods/needs-relu.js";
export { isSigned, type Reduce, reduceChannels, reduceOption } from "./methods/reduce.js";
export { compositeOption, relevanceSeedOption, settingsOptions } from "./methods/relevance.js";
export {
  countOption,
  pictureSize,
  randomSeedOption,
  type Samples,
  samplesOf,
  stepsFor,
  weightedSum,
  zeros,
} from "./methods/samples.js";
export { classScore, type Ranking, RELEVANCE_SEEDS, type RelevanceSeed, relevanceSeed } from "./methods/seed.js";
export { option } from "./option.js";
export { excitation, inhibition } from "./rules/alpha-beta.js";
export { contributions } from "./rules/epsilon.js";
export { onesLike } from "./rules/ones.js";
export { negative, positive } from "./rules/rule.js";
