import * as v from "valibot";
import type { Value } from "../graph/graph.js";
import { add, cast, div, greater, matmul, maximum, mean, minimum, mul, reshape, sum } from "../graph/math.js";
import { option } from "../option.js";
import { HEADS, rowOption, throughBlocks } from "./attention.js";
import { defineMethod } from "./define.js";

const FUSIONS = { mean, max: maximum, min: minimum };

/**
 * Attention rollout (Abnar, Zuidema 2020), sec. 3: attention flows through all blocks, half of it past each by the residual.
 *
 *   A~ = E_h A + I, its rows divided by their sums      R = A~_L ... A~_1
 */
export const rollout = defineMethod({
  name: "rollout",
  summary: "where attention comes from, through all blocks, whatever the class",
  source: "Abnar, Zuidema 2020, sec. 3",
  family: "attention",
  table: { runs: "1", aboutClass: "no", needs: "attention over all tokens" },
  usesLayer: false,
  backward: "none",
  floating: true,
  options: v.object({
    fuse: option(v.picklist(["mean", "max", "min"]), "mean", "what a block's heads are joined by"),
    discard: option(
      v.pipe(v.number(), v.minValue(0), v.ltValue(1)),
      0,
      "share of the lowest weights of each block that is left out, 0 to 1",
    ),
    row: rowOption,
  }),
  signed: () => false,
  map({ transformer }, { fuse, discard, row }) {
    const weightsOf = ({ A }: { A: Value }) => withoutLowest(FUSIONS[fuse](A, [HEADS], false), discard);
    const r = throughBlocks(transformer, row, weightsOf, (r, W) => {
      // r (W + I) / (sum W + 1)
      const scaled = div(r, reshape(add(sum(W, [2], false), 1), [W.dims[0] as number, 1, W.dims[1] as number]));
      return add(matmul(scaled, W), scaled);
    });
    return transformer.lay(r);
  },
});

/** Weights of which the given share, the lowest of each image, is 0. @param W [images, queries, keys] */
function withoutLowest(W: Value, share: number): Value {
  const [images = 1, queries = 1, keys = 1] = W.dims;
  const count = Math.floor(queries * keys * share);
  if (count === 0) return W;
  const flat = reshape(W, [images, queries * keys]);
  const [lowest] = W.graph.emitAll("TopK", [flat, W.graph.ints([count])], { axis: 1, largest: 0 }, 2);
  const bound = reshape(maximum(lowest as Value, [1]), [images, 1, 1]);
  return mul(W, cast(greater(W, bound), "float32"));
}
