import { reshape } from "../graph/math.js";
import { defineOperator, type Operator, plain, route } from "./operator.js";

/** Defines an operator that gives the numbers of its first input in the same order, in another shape. */
export const reshaping = <const In extends string>(...sizes: In[]): Operator =>
  defineOperator({
    inputs: ["x", ...sizes],
    // the same elements in the shape of x
    gradient: { x: ({ x, dy }) => reshape(dy, x.dims) },
    relevance: route,
    layout: "reshapes",
    sign: "keeps",
    ...plain,
  });
