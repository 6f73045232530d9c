import { LimnError } from "../../error.js";
import type { Value } from "../../graph/graph.js";
import { add, cast, concat, less, matmul, mul, reshape, slice, sub } from "../../graph/math.js";
import { apart, attended, hidden, joined, rotated } from "../upgrade-opset/attention.js";
import { required, type Site } from "../upgrade-opset/upgrade.js";
import type { TakeApart } from "./part.js";

// The attention of com.microsoft: ONNX's own, with masks, biases and earlier tokens in forms of its own.

/** What these operators make of a score of a masked token, unless they say otherwise. */
const MASKED = -10000;

/** As low as float32 goes: where a token sees those before it only. */
const LOWEST = -3.4028234663852886e38;

/**
 * Attention, with the projections of queries, keys and values in it:
 *
 *   [Q, K, V] = x W + b,  Y = softmax(scale Q K^T + mask + bias) V
 */
export const attention: TakeApart = (site) => {
  const { at, inputs, node } = site;
  const [, , b, mask, past, bias] = inputs;
  refuseCache(site, inputs[6], at.int("past_present_share_buffer", 0) === 1);
  if (at.int("do_rotary", 0) === 1) refuse(site, "turns its queries and keys (do_rotary)");
  const [x, W] = [required(site, 0), required(site, 1)];
  const heads = at.int("num_heads");
  const width = W.dims[1] as number;
  const sizes = at.ints("qkv_hidden_sizes", [width / 3, width / 3, width / 3]);
  const projected = b ? add(matmul(x, W), b) : matmul(x, W);
  const [Q, K, V] = inParts(projected, 2, sizes).map((part) => apart(part, heads)) as [Value, Value, Value];
  // [2, N, heads, length, features]
  const earlier = past && inParts(past, 0, [1, 1]).map((part) => reshape(part, part.dims.slice(1)));
  const [pastK, pastV] = earlier ?? [];
  const allK = pastK ? concat([pastK, K], 2) : K;
  const allV = pastV ? concat([pastV, V], 2) : V;
  const Y = scored(site, Q, allK, allV, mask, bias);
  const present = () =>
    concat(
      [allK, allV].map((v) => reshape(v, [1, ...v.dims])),
      0,
    );
  return [joined(Y), ...(node.outputs[1] ? [present()] : [])];
};

/** MultiHeadAttention: the same on queries, keys and values. */
export const multiHeadAttention: TakeApart = (site) => {
  const { at, inputs, node, isRead } = site;
  const [, , , b, mask, bias, pastK, pastV] = inputs;
  refuseCache(site, inputs[8] ?? inputs[9], false);
  const heads = at.int("num_heads");
  const [query, key, value] = threeOf(site);
  const sizes = [query, key, value].map((v) => (v.rank === 4 ? heads * (v.dims[3] as number) : (v.dims[2] as number)));
  const biases = b ? inParts(b, 0, sizes) : [];
  const [Q, K, V] = [query, key, value].map((v, i) => headed(v, biases[i], heads)) as [Value, Value, Value];
  const allK = pastK ? concat([pastK, K], 2) : K;
  const allV = pastV ? concat([pastV, V], 2) : V;
  if (isRead(3)) refuse(site, "hands out its scores");
  return [joined(scored(site, Q, allK, allV, mask, bias)), allK, allV].slice(0, node.outputs.length);
};

/** Queries, keys and values: [N, length, heads * features], or, of another sequence, [N, heads, length, features]. */
function threeOf(site: Site): [Value, Value, Value] {
  const [query, key, value] = [required(site, 0), site.inputs[1], site.inputs[2]];
  // side by side: [N, length, heads, 3, features], or keys and values [N, length, heads, 2, features]
  const packed = (v: Value, count: number) =>
    inParts(v, 3, new Array(count).fill(1)).map((part) => {
      const [images = 1, length = 1, heads = 1, , features = 1] = part.dims;
      return reshape(part, [images, length, heads * features]);
    });
  if (!key) return packed(query, 3) as [Value, Value, Value];
  if (!value) return [query, ...packed(key, 2)] as [Value, Value, Value];
  return [query, key, value];
}

/** [N, heads, length, features], with its share of the bias. */
function headed(x: Value, b: Value | undefined, heads: number): Value {
  if (x.rank === 4) return b ? add(x, reshape(b, [1, heads, 1, -1])) : x;
  return apart(b ? add(x, b) : x, heads);
}

/** Parts of an axis, one after the other. */
function inParts(x: Value, axis: number, sizes: readonly number[]): Value[] {
  let start = 0;
  return sizes.map((size) => {
    const part = slice(x, [{ axis, start, end: start + size }]);
    start += size;
    return part;
  });
}

function scored(site: Site, Q: Value, K: Value, V: Value, mask: Value | undefined, bias: Value | undefined): Value {
  const { at } = site;
  const [length, read, features] = [Q.dims[2] as number, K.dims[2] as number, Q.dims[3] as number];
  const shifts = mask ? [maskOf(site, mask, read, Q)] : [];
  if (bias) shifts.push(bias);
  const { Y } = attended(Q, K, V, {
    // 0 is said where the default is meant
    scale: at.float("scale", 0) || 1 / Math.sqrt(features),
    shifts,
    causalFrom: at.int("unidirectional", 0) === 1 ? read - length : undefined,
    hiddenScore: LOWEST,
  });
  return Y;
}

/** What is added to the scores: [N or 1, 1, length or 1, read]. */
function maskOf(site: Site, mask: Value, read: number, Q: Value): Value {
  const filter = site.at.float("mask_filter_value", MASKED);
  const [images, , length] = Q.dims as [number, number, number, number];
  if (mask.rank === 1) return lengthMask(site, mask, read, images, filter, Q);
  if (mask.rank === 4) refuse(site, "has a mask of four dimensions");
  const seen = reshape(mask, mask.rank === 2 ? [images, 1, 1, read] : [images, 1, length, read]);
  return mul(sub(1, cast(seen, Q.dtype ?? "float32")), filter);
}

/** The first tokens of each sequence are its own: how many, [N]; or the ends and then the starts, [2 N]. */
function lengthMask(site: Site, mask: Value, read: number, images: number, filter: number, like: Value): Value {
  const count = mask.dims[0];
  if (count !== images && count !== 2 * images) refuse(site, "has sequences of several lengths in one");
  const { graph } = site;
  const place = graph.constant(
    "int32",
    [read],
    Array.from({ length: read }, (_, i) => i),
  );
  const [ends, starts] = inParts(mask, 0, count === images ? [images] : [images, images]).map((part) =>
    reshape(part, [images, 1, 1, 1]),
  ) as [Value, Value | undefined];
  const after = hidden(less(place, ends), like, filter);
  if (!starts) return after;
  const before = hidden(graph.emit("GreaterOrEqual", [place, starts]), like, filter);
  return graph.emit("Max", [add(after, before), graph.constant(like.dtype ?? "float32", [], [filter])]);
}

/** RotaryEmbedding of com.microsoft: positions come second, as one offset or one for each token. */
export const rotaryEmbedding: TakeApart = (site) => {
  const { at, graph } = site;
  if (at.int("is_packed_batching", 0) === 1) refuse(site, "has sequences of several lengths in one");
  const [given, positions, cos, sin] = [0, 1, 2, 3].map((i) => required(site, i)) as [Value, Value, Value, Value];
  const turned = at.int("rotary_embedding_dim", 0);
  // without a number of heads, the width of the tables gives it
  const features = turned || 2 * (cos.dims[1] as number);
  const heads = given.rank === 4 ? undefined : at.int("num_heads", 0) || (given.dims[2] as number) / features;
  const x = apart(given, heads);
  const [images, , length, own] = x.dims as [number, number, number, number];
  const order = graph.constant(
    "int64",
    [1, length],
    Array.from({ length }, (_, i) => i),
  );
  const each = positions.rank === 1 || positions.dims.length === 0 ? add(order, reshape(positions, [1, 1])) : positions;
  const y = rotated(x, {
    cos,
    sin,
    positions: reshape(each, [each.dims[0] === images ? images : 1, length]),
    turned: turned || own,
    interleaved: at.int("interleaved", 0) === 1,
  });
  return given.rank === 4 ? y : joined(y);
};

function refuseCache(site: Site, cached: Value | undefined, shared: boolean): void {
  if (cached || shared) refuse(site, "keeps a cache of earlier tokens, as text generators do");
}

function refuse({ node }: Site, what: string): never {
  throw new LimnError(
    "unsupported",
    `${node.label}: it ${what}, which Limn does not follow; explain the file from before ONNX Runtime optimized it`,
  );
}
