import { type Attention, attentionsOf } from "./attention.js";
import type { Classifier } from "./classifier.js";
import { LimnError } from "./error.js";
import type { Node, Value } from "./graph/graph.js";
import { reshape } from "./graph/math.js";
import { type Size, sizeOf } from "./graph/tensor.js";
import { type Axis, hasPlaces } from "./ops/axes.js";
import { knownOperator } from "./ops/registry.js";
import { cutValues, pathBetween } from "./path.js";
import {
  firstTaken,
  gridOf,
  type Places,
  placesOf,
  sequence,
  type TokenGrid,
  takesUpPlaces,
  tokensBefore,
} from "./places.js";

/** An attention over all tokens, and what its block makes of them. */
export interface Block extends Attention {
  /**
   * The tokens after the block: [images, tokens, features], with the first axes swapped, or as a grid, [images, features, h, w] or
   * [images, h, w, features]; undefined if no sum that everything passes holds them.
   */
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
  /** Whether that grid is only assumed: a square that fits their number. */
  readonly assumed: boolean;
  /** The token that the classes are read from, by its number; undefined if it is a mean of them or an attention over all. */
  readonly classToken: number | undefined;
  /** Lays a number for each token, [images, ..., tokens] with axes of size 1 between, as the grid: [images, h, w]. */
  lay(row: Value): Value;
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
  if (!first) {
    throw new LimnError("not-applicable", "the network has no attention to show; use grad-cam, lrp or saliency");
  }
  const last = attentions.at(-1) as Attention;
  const whole = attentions.filter(({ A }) => A.dims[2] === A.dims[3]);
  // without blocks before it, it pools nothing that other attentions made
  const pooling = whole.length > 0 && !whole.includes(last) ? last : undefined;
  const stranger = attentions.find((one) => one !== pooling && !whole.includes(one));
  if (stranger) throw unfit(`${label(stranger)} asks for ${stranger.A.dims[2]} tokens what ${stranger.A.dims[3]} hold`);
  for (const attention of attentions) checkWhole(attention, image);
  const tokens = first.A.dims[3] as number;
  const other = attentions.find(({ A }) => A.dims[3] !== tokens);
  if (other) throw unfit(`${label(first)} works on ${tokens} tokens, and ${label(other)} on ${other.A.dims[3]}`);
  const path = pathBetween(image, logits);
  const after = path.slice(path.indexOf(last.product) + 1);
  const residuals = residualsOn(path, image);
  return {
    blocks: whole.map((block, i) => ({ ...block, output: outputOf(block, whole[i + 1], path, residuals) })),
    pooling,
    tokens,
    ...gridAmong(first, places, { tokens, hint: grid }),
    classToken: pooling === undefined ? tokenRead(after, places) : undefined,
  };
}

/** The token that is read after the last attention: the first one, if it can't be told; undefined if places are taken up together. */
function tokenRead(after: readonly Node[], places: Places): number | undefined {
  if (after.some((node) => takesUpPlaces(node, places))) return undefined;
  const taken = after.map((node) => firstTaken(node, places)).filter((token) => token !== undefined);
  // of several, as in DeiT with distillation, the class token comes first
  return taken.length > 0 ? Math.min(...taken) : 0;
}

/** @throws LimnError if an attention sees only a part of the tokens, or no tokens */
function checkWhole(attention: Attention, image: Value): void {
  const [images, , , keys] = attention.A.dims as [number, number, number, number];
  if (images !== image.dims[0]) throw unfit(`${label(attention)} looks at windows or groups of ${keys} tokens only`);
}

type Laid = Pick<Transformer, "before" | "grid" | "assumed" | "lay">;

/** The grid of an attention's keys: the one that was followed there from the image, or that a person says, otherwise a square that fits. */
function gridAmong(
  attention: Attention,
  places: Places,
  { tokens, hint }: { tokens: number; hint: Size | undefined },
): Laid {
  const keys = places.get(attention.A)?.[3];
  if (keys && !hasPlaces(keys))
    throw unlaid(
      `${label(attention)} is not over places of the picture but over ${tokens} features; if these are N = ${tokens} tokens, P of them before a grid, say which grid with --grid HEIGHT,WIDTH (\`grid\` in programs)`,
    );
  const followed = keys && laidAlong(keys);
  if (followed) return { ...followed, assumed: false };
  const told = hint && tokensBefore(tokens, hint);
  if (hint && told !== undefined) return { ...(laidAlong(sequence(told, hint)) as AlongKeys), assumed: false };
  for (let others = 0; others <= MOST_GUESSED; others++) {
    const side = Math.sqrt(tokens - others);
    if (!Number.isInteger(side) || side < 2) continue;
    return { ...(laidAlong(sequence(others, [side, side])) as AlongKeys), assumed: true };
  }
  throw unlaid(
    `which places of the picture the N = ${tokens} tokens of ${label(attention)} stand for can't be told, and no square has N - P of them with P from 0 to ${MOST_GUESSED} before it; say it with --grid HEIGHT,WIDTH (\`grid\` in programs)`,
  );
}

/** Next to a square that was not followed, no more tokens are thought to have no place: a class token and four registers. */
const MOST_GUESSED = 5;

type AlongKeys = Omit<Laid, "assumed">;

/** The grid that lies along the keys of an attention; undefined if no grid does, as in windows. */
function laidAlong(keys: Axis): AlongKeys | undefined {
  const layout = ({ dims }: Pick<Value, "dims">) => {
    const [images = 1] = dims;
    const ofImages: Axis = images === 1 ? [] : [{ of: "images", size: images }];
    return gridOf({ dims }, [ofImages, ...dims.slice(1, -1).map(() => []), keys], images);
  };
  const found = layout({ dims: [1, keys.reduce((product, { size }) => product * size, 1)] });
  if (!found) return undefined;
  const [, , rows, columns] = found.shape;
  const lay = (row: Value) => {
    const laid = (layout(row) as TokenGrid).lay(row);
    return reshape(laid, [laid.dims[0] as number, rows, columns]);
  };
  return { before: found.before, grid: [rows, columns], lay };
}

/** The sums of two values of the image's that everything passes. */
function residualsOn(path: readonly Node[], image: Value): Set<Node> {
  const cuts = cutValues(image, path);
  const signals = image.graph.dependents([image]);
  const addsSignals = (node: Node) =>
    knownOperator(node)?.relevance === "share" && node.inputs.filter((input) => input && signals.has(input)).length > 1;
  return new Set(path.filter((node) => cuts.has(node.output) && addsSignals(node)));
}

/** The last residual sum of a sequence before the next attention. */
function outputOf(
  { product }: Attention,
  next: Attention | undefined,
  path: readonly Node[],
  residuals: ReadonlySet<Node>,
): Value | undefined {
  const end = next ? path.indexOf(next.product) : path.length;
  const inside = path.slice(path.indexOf(product) + 1, end);
  const [images = 1, , count = 1] = product.output.dims;
  const sums = inside.flatMap((node) => (residuals.has(node) ? [node.output] : []));
  const isSequence = ({ dims }: Value) =>
    dims.slice(0, -1).includes(count) && sizeOf(dims) === images * count * (dims.at(-1) as number);
  const isGrid = ({ rank, dims: [, a = 0, b = 0, c = 0] }: Value) => rank === 4 && (b * c === count || a * b === count);
  return sums.findLast(isSequence) ?? sums.findLast(isGrid);
}

/** What a network's attention looks at. */
export interface AttentionFacts {
  /** The name, in the user's file, of the node that gives the attention weights. */
  readonly node: string;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  /** Into how many windows or groups each image is cut that don't look at each other. */
  readonly windows: number;
  /** The grid of the keys, and how many tokens come before it; undefined if they are no grid, or it can't be told. */
  readonly places: Pick<Transformer, "before" | "grid"> | undefined;
}

/** The attentions of a network, in order. */
export function attentionFactsOf({
  image,
  logits,
  grid,
}: Pick<Classifier, "image" | "logits" | "grid">): AttentionFacts[] {
  const places = placesOf(image, grid);
  return attentionsOf({ image, logits }).map(({ A }) => {
    const [groups, heads, queries, keys] = A.dims as [number, number, number, number];
    const node = A.producer?.name || A.name;
    const followed = laidAlong(places.get(A)?.[3] ?? []);
    const found = followed && { before: followed.before, grid: followed.grid };
    return { node, heads, queries, keys, windows: groups / (image.dims[0] ?? 1), places: found };
  });
}

const label = ({ product }: Attention): string => `the attention ${product.label}`;

const unlaid = (reason: string): LimnError =>
  new LimnError("not-applicable", `${reason}; or use attn-lrp or saliency, which need no grid`);

const unfit = (reason: string): LimnError =>
  new LimnError(
    "not-applicable",
    `${reason}; methods of attention need the same tokens in all attentions of a network: use attn-lrp, grad-cam or saliency`,
  );
