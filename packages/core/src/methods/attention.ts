import * as v from "valibot";
import { LimnError } from "../error.js";
import type { Value } from "../graph/graph.js";
import { add, matmul, mean } from "../graph/math.js";
import { tensor } from "../graph/tensor.js";
import { option } from "../option.js";
import type { Block, Transformer } from "../transformer.js";

// For methods that read a row of attention as a map: A [images, heads, queries, keys], of which tokens `before` come before the grid.

/** The axis of the heads. */
export const HEADS = 1;

/** An option: what the row of the map belongs to. */
export const rowOption = option(
  v.union(
    [v.picklist(["usual", "mean"]), v.pipe(v.number(), v.integer(), v.minValue(0))],
    'give "usual", "mean", or the number of a token, from 0',
  ),
  "usual",
  "whose attention is shown: a token's, by its number from 0; the mean of the grid's; usual: what the classes are read from",
);

export type Row = v.InferOutput<typeof rowOption>;

/**
 * What a row belongs to, as shares of the tokens that sum to 1: all for one, or equal ones for those of the grid.
 * @returns [1, 1, tokens]
 * @throws LimnError `bad-option` for a token that the network does not have
 */
export function sharesOf(row: Row, { tokens, before, grid, classToken }: Transformer, { graph }: Value): Value {
  const chosen = row === "usual" ? (classToken ?? "mean") : row;
  if (typeof chosen === "number" && chosen >= tokens) {
    throw new LimnError("bad-option", `row ${chosen}: the network has ${tokens} tokens; give 0 to ${tokens - 1}`);
  }
  const places = grid[0] * grid[1];
  const isMeant = (i: number) => (typeof chosen === "number" ? i === chosen : i >= before && i < before + places);
  const share = typeof chosen === "number" ? 1 : 1 / places;
  const shares = Array.from({ length: tokens }, (_, i) => (isMeant(i) ? share : 0));
  return graph.addInitializer("row", tensor("float32", [1, 1, tokens], shares));
}

/**
 * What a row begins with at the end of the network, [images, 1, tokens]: the attention that makes one token of all, which is the
 * first row itself, or shares of the tokens.
 * @param weightsOf an attention's weights, [images, queries, keys]
 */
function beginningOf(transformer: Transformer, row: Row, weightsOf: WeightsOf): Value {
  const { blocks, pooling } = transformer;
  const [{ A }] = blocks as [Block];
  return pooling && row === "usual" ? mean(weightsOf(pooling), [1]) : sharesOf(row, transformer, A);
}

type WeightsOf = (attention: Pick<Block, "A">) => Value;

/**
 * A row of the product of one matrix for each block, without the product:
 *
 *   r M_L ... M_1
 *
 * @param weightsOf the matrix of a block's attention weights, [images, queries, keys]
 * @param apply r M for the row r [images, 1, tokens] and the weights
 * @returns [images, 1, tokens]
 */
export function throughBlocks(
  transformer: Transformer,
  row: Row,
  weightsOf: WeightsOf,
  apply: (r: Value, weights: Value) => Value,
): Value {
  const first = beginningOf(transformer, row, weightsOf);
  return [...transformer.blocks].reverse().reduce((r, block) => apply(r, weightsOf(block)), first);
}

/** An option: which blocks count. */
export const startOption = option(
  v.pipe(v.number(), v.integer(), v.minValue(0)),
  0,
  "the first block that counts, from 0",
);

/**
 * A row of what attention adds up to next to the residuals, over the grid:
 *
 *   r (I + W_L) ... (I + W_start) = r + s_start      s_b = s_b+1 + (r + s_b+1) W_b
 *
 * Of a token that was chosen, only what it attends to, s: next to the 1 that it is itself, all else would be near 0.
 *
 * @param weightsOf the weights W of a block, [images, queries, keys]
 * @returns [images, h, w]
 * @throws LimnError `bad-option` if there is no block `start`
 */
export function throughResiduals(
  transformer: Transformer,
  { start, row }: { readonly start: number; readonly row: Row },
  weightsOf: WeightsOf,
): Value {
  const { length } = transformer.blocks;
  if (start >= length) {
    throw new LimnError("bad-option", `start ${start}: the network has ${length} blocks; give 0 to ${length - 1}`);
  }
  const r = beginningOf(transformer, row, weightsOf);
  const [last, ...earlier] = transformer.blocks.slice(start).reverse() as [Block, ...Block[]];
  const s = earlier.reduce((s, block) => add(s, matmul(add(r, s), weightsOf(block))), matmul(r, weightsOf(last)));
  return transformer.lay(typeof row === "number" ? s : add(r, s));
}
