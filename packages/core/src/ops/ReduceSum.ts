import { share } from "./operator.js";
import { reduction } from "./reduction.js";

export const ReduceSum = reduction({
  // y = sum x, dx = dy
  dx: ({ dy }) => dy,
  relevance: share,
  sign: "keeps",
});
