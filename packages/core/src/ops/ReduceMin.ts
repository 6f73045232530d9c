import { sum } from "../graph/math.js";
import { route } from "./operator.js";
import { reduction } from "./reduction.js";
import { shareAmongTies } from "./ties.js";

export const ReduceMin = reduction({
  // y = min x, dx = dy / (number of elements equal to y) where x = y
  dx: ({ x, y, dy, axes }) => shareAmongTies(x, y, dy, (t) => sum(t(x), axes)),
  relevance: route,
  sign: "keeps",
});
