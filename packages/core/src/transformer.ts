import { type Attention, attentionsOf } from "./attention.js";
import type { Classifier } from "./classifier.js";
import { LimnError } from "./error.js";
import type { Node, Value } from "./graph/graph.js";
import type { Size } from "./graph/tensor.js";
import { type Axis, hasPlaces } from "./ops/axes.js";
import { operatorOf } from "./ops/registry.js";
import { cutValues, pathBetween } from "./path.js";
import { type Places, placesOf, sequenceOf, takesUpPlaces } from "./places.js";

/** An attention over all tokens, and what its block makes of them. */
export interface Block extends Attention {
  /** The tokens after the block, [images, tokens, features] or with the first axes swapped; undefined if they can't be told. */
  readonly output: Value | undefined;
}

/** A network whose attentions all work on the same sequence of tokens. */
export interface Transformer {
  readonly blocks: readonly Block[];
  /** The attention that makes one token of all at the end, as SigLIP's does. */
  readonly pooling: Attention | undefined;
  /** How many tokens there are. */
  readonly tokens: number;
  /** How many tokens without a place come before those of the grid, the class token first. */
  readonly before: number;
  /** The grid of the others. */
  readonly grid: Size;
  /** Whether the classes are read from the first token, and not from a mean or an attention over all. */
  readonly byClassToken: boolean;
}

/**
 * The transformer that a network is.
 * @throws LimnError `not-applicable` with the reason: no attention, windows, channels, several sequences, or a grid that can't
 *   be told; and what fits instead
 */
export function transformerOf({ image, logits, grid }: Pick<Classifier, "image" | "logits" | "grid">): Transformer {
  const attentions = attentionsOf({ image, logits });
  const places = placesOf(image, grid);
  const [first] = attentions;
  if (!first) throw unfit("the network has no attention");
  const last = attentions.at(-1) as Attention;
  const whole = attentions.filter(({ A }) => A.dims[2] === A.dims[3]);
  const pooling = whole.includes(last) ? undefined : last;
  const stranger = attentions.find((one) => one !== pooling && !whole.includes(one));
  if (stranger) throw unfit(`${label(stranger)} asks for ${stranger.A.dims[2]} tokens what ${stranger.A.dims[3]} hold`);
  for (const attention of attentions) checkWhole(attention, image);
  const tokens = first.A.dims[3] as number;
  const other = attentions.find(({ A }) => A.dims[3] !== tokens);
  if (other) throw unfit(`${label(first)} works on ${tokens} tokens, and ${label(other)} on ${other.A.dims[3]}`);
  const path = pathBetween(image, logits);
  const after = path.slice(path.indexOf(last.product) + 1);
  return {
    blocks: whole.map((block, i) => ({ ...block, output: outputOf(block, whole[i + 1], { image, path }) })),
    pooling,
    tokens,
    ...gridAmong(first, places, tokens),
    byClassToken: pooling === undefined && !after.some((node) => takesUpPlaces(node, places)),
  };
}

/** @throws LimnError if an attention sees only a part of the tokens, or no tokens */
function checkWhole(attention: Attention, image: Value): void {
  const [images, , , keys] = attention.A.dims as [number, number, number, number];
  if (images !== image.dims[0]) throw unfit(`${label(attention)} looks at windows or groups of ${keys} tokens only`);
}

/** The grid of an attention's keys: the one that was followed there from the image, otherwise a square that fits. */
function gridAmong(attention: Attention, places: Places, tokens: number): Pick<Transformer, "before" | "grid"> {
  const keys = places.get(attention.A)?.[3];
  if (keys && !hasPlaces(keys))
    throw unfit(`${label(attention)} is not over places of the picture but over ${tokens} features`);
  const { before = 0, grid = [] as Axis } = (keys && sequenceOf(keys)) ?? {};
  const [rows, columns, ...others] = grid;
  if (rows?.of === "rows" && columns?.of === "columns" && others.length === 0) {
    return { before, grid: [rows.size, columns.size] };
  }
  for (let others = 0; others <= MOST_OTHERS; others++) {
    const side = Math.sqrt(tokens - others);
    if (Number.isInteger(side) && side > 1) return { before: others, grid: [side, side] };
  }
  throw unfit(
    `which places of the picture the ${tokens} tokens of ${label(attention)} stand for can't be told, and no square has as many; say it with --grid HEIGHT,WIDTH (\`grid\` in programs): tokens beyond it stand before it`,
  );
}

/** More tokens than this have no place: class token, distillation token, registers. */
const MOST_OTHERS = 16;

/** The sum that is the last one which everything passes before the next attention. */
function outputOf(
  { product }: Attention,
  next: Attention | undefined,
  { image, path }: { image: Value; path: readonly Node[] },
): Value | undefined {
  const end = next ? path.indexOf(next.product) : path.length;
  const cuts = cutValues(image, path);
  const inside = path.slice(path.indexOf(product) + 1, end);
  const isSequence = ({ dims }: Value) => dims.slice(0, -1).includes(product.output.dims[2] as number);
  return inside.findLast((node) => cuts.has(node.output) && isSequence(node.output) && isSum(node, image))?.output;
}

/** Whether a node adds two values of the image's: a residual. */
function isSum(node: Node, image: Value): boolean {
  if (operatorOf(node).relevance !== "share") return false;
  const signals = image.graph.dependents([image]);
  return node.inputs.filter((input) => input && signals.has(input)).length > 1;
}

const label = ({ product }: Attention): string => `the attention ${product.label}`;

const unfit = (reason: string): LimnError =>
  new LimnError(
    "not-applicable",
    `${reason}; for methods of attention, all attentions of a network have to be over the same tokens: use attn-lrp, grad-cam or saliency`,
  );
