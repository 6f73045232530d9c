import { reshape } from "../graph/math.js";
import { defineOperator, type Operator, plain, route } from "./operator.js";

/** An operator that gives its first input's numbers in their order, in other dimensions. */
export const reshaping = <const In extends string>(...sizes: In[]): Operator =>
  defineOperator({
    inputs: ["x", ...sizes],
    // the same elements in the shape they had
    gradient: { x: ({ x, dy }) => reshape(dy, x.dims) },
    relevance: route,
    layout: "reshapes",
    sign: "keeps",
    ...plain,
  });
