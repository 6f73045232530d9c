import type { Value } from "../../graph/graph.js";
import {
  add,
  cast,
  concat,
  div,
  expand,
  greater,
  less,
  matmul,
  mul,
  pad,
  reshape,
  scalar,
  slice,
  softmax,
  sub,
  tanh,
  transpose,
  unsqueeze,
  where,
} from "../../graph/math.js";
import { required, type Site, type Upgrade } from "./upgrade.js";

/** What attention does between the scores and their softmax, and what it hands out on the way. */
export interface Attending {
  /** What the products of queries and keys are multiplied by. */
  readonly scale: number;
  /** Added to the scores, in this order; each broadcasts over [N, heads, length, read]. */
  readonly shifts: readonly Value[];
  /** Where a token sees those of its own position and before only: how many keys lie before the first query. */
  readonly causalFrom?: number | undefined;
  /** The products are brought into (-softcap, softcap), before the shifts; 0 for no such bound. */
  readonly softcap?: number;
  /** What hidden scores are; below all others. Default minus infinity. */
  readonly hiddenScore?: number;
}

/**
 * Y = softmax(scale Q K^T + shifts) V
 *
 * @param Q [N, heads, length, features]
 * @param K [N, heads, read, features]
 * @param V [N, heads, read, features of values]
 * @returns Y, [N, heads, length, features of values], and the scores at each step
 */
export function attended(Q: Value, K: Value, V: Value, how: Attending) {
  const { scale, shifts, causalFrom, softcap = 0, hiddenScore = Number.NEGATIVE_INFINITY } = how;
  const products = mul(matmul(Q, transpose(K, [0, 1, 3, 2])), scale);
  const capped = softcap === 0 ? products : mul(tanh(div(products, softcap)), softcap);
  const shifted = shifts.reduce((a, b) => add(a, b), capped);
  const [length, read] = capped.dims.slice(-2) as [number, number];
  const scores =
    causalFrom === undefined ? shifted : where(untilNow(shifted, [length, read], causalFrom), shifted, hiddenScore);
  const weights = softmax(scores, -1);
  return { Y: matmul(weights, V), products, capped, scores, weights };
}

/**
 * Attention, new in 23, on [N, heads, length, features], or [N, length, heads * features]:
 *
 *   Y = softmax(softcap(scale Q K^T) + mask) V
 */
export const attention: Upgrade = (site) => {
  const { at, inputs, node } = site;
  const queries = at.has("q_num_heads") ? at.int("q_num_heads") : undefined;
  const keys = at.has("kv_num_heads") ? at.int("kv_num_heads") : undefined;
  const given = required(site, 0);
  const Q = apart(given, queries);
  const heads = Q.dims[1] as number;
  const [pastK, pastV] = [inputs[4], inputs[5]];
  const own = { K: apart(required(site, 1), keys), V: apart(required(site, 2), keys) };
  const K = pastK ? concat([pastK, own.K], 2) : own.K;
  const V = pastV ? concat([pastV, own.V], 2) : own.V;
  const past = pastK?.dims[2] ?? 0;

  const how: Attending = {
    scale: at.float("scale", 1 / Math.sqrt(Q.dims[3] as number)),
    shifts: masksOf(site, K.dims[2] as number, Q),
    causalFrom: at.int("is_causal", 0) === 1 ? past : undefined,
    softcap: at.float("softcap", 0),
  };
  const { Y, products, capped, scores, weights } = attended(Q, repeated(K, heads), repeated(V, heads), how);
  const shown = [products, capped, scores, weights][at.int("qk_matmul_output_mode", 0)];
  const outputs = [given.rank === 4 ? Y : joined(Y), K, V, shown];
  return outputs.slice(0, node.outputs.length);
};

/** What hides keys from queries: the mask, and the number of keys that are no padding. */
function masksOf({ inputs: [, , , mask, , , lengths] }: Site, read: number, like: Value): Value[] {
  const shifts: Value[] = [];
  if (mask) shifts.push(widened(mask.dtype === "bool" ? hidden(mask, like) : mask, read));
  if (lengths) shifts.push(hidden(less(places(lengths, read), reshape(lengths, [-1, 1, 1, 1])), like));
  return shifts;
}

/** Keys that a mask is too short for are hidden. */
function widened(mask: Value, read: number): Value {
  const missing = read - (mask.dims.at(-1) ?? read);
  if (missing <= 0 || mask.dims.at(-1) === 1) return mask;
  const none = mask.dims.map(() => 0);
  return pad(mask, [...none, ...none.with(-1, missing)], Number.NEGATIVE_INFINITY);
}

/** 0, 1 ... count - 1, in the type of `like`. */
const places = (like: Value, count: number): Value =>
  cast(like.graph.ints(Array.from({ length: count }, (_, i) => i)), like.dtype ?? "int64");

/** [N, length, heads * features] as [N, heads, length, features]. */
export function apart(x: Value, heads: number | undefined): Value {
  if (heads === undefined || x.rank === 4) return x;
  const [images = 1, length = 1, width = 1] = x.dims;
  return transpose(reshape(x, [images, length, heads, width / heads]), [0, 2, 1, 3]);
}

/** [N, heads, length, features] as [N, length, heads * features]. */
export function joined(y: Value): Value {
  const [images = 1, heads = 1, length = 1, features = 1] = y.dims;
  return reshape(transpose(y, [0, 2, 1, 3]), [images, length, heads * features]);
}

/** Repeats each head of keys or values once for each head of queries that uses it. */
function repeated(x: Value, heads: number): Value {
  const [images = 1, own = 1, length = 1, features = 1] = x.dims;
  if (own === heads) return x;
  const copies = expand(unsqueeze(x, [2]), [images, own, heads / own, length, features]);
  return reshape(copies, [images, heads, length, features]);
}

/** 0 at what may be seen, -infinity elsewhere. */
export const hidden = (seen: Value, like: Value, score = Number.NEGATIVE_INFINITY): Value =>
  where(seen, scalar(0, like), score);

/** Which keys each query may see: those of its own position and before. @param past how many lie before the first query */
function untilNow(like: Value, shape: readonly [number, number], past: number): Value {
  const ones = expand(scalar(1, like), shape);
  const reach = past === 0 ? undefined : like.graph.constant("int64", [], [past]);
  return greater(like.graph.emit("Trilu", [ones, reach], { upper: 0 }), 0);
}

/**
 * RotaryEmbedding, new in 23: takes the two halves of a head's first features (or every two neighbors) as points in a
 * plane, and turns them by an angle that grows with the position.
 *
 *   y1 = cos x1 - sin x2,  y2 = sin x1 + cos x2
 */
export const rotaryEmbedding: Upgrade = (site) => {
  const { at, inputs } = site;
  const given = required(site, 0);
  const x = apart(given, at.int("num_heads", 0) || undefined);
  const y = rotated(x, {
    cos: required(site, 1),
    sin: required(site, 2),
    positions: inputs[3],
    turned: at.int("rotary_embedding_dim", 0) || (x.dims[3] as number),
    interleaved: at.int("interleaved", 0) === 1,
  });
  return given.rank === 4 ? y : joined(y);
};

export interface Rotation {
  /** [N or 1, length, turned / 2], or [positions, turned / 2] where `positions` says which. */
  readonly cos: Value;
  readonly sin: Value;
  readonly positions: Value | undefined;
  /** How many of the features are turned, from the first on. */
  readonly turned: number;
  /** Whether points are neighbors, not of the one half and the other. */
  readonly interleaved: boolean;
}

/** @param x [N, heads, length, features] */
export function rotated(x: Value, { turned, interleaved, positions, ...angles }: Rotation): Value {
  const { graph } = x;
  const [images = 1, heads = 1, length = 1, features = 1] = x.dims;
  // [N or 1, 1, length, turned / 2]
  const perToken = (cache: Value) =>
    unsqueeze(positions ? graph.emit("Gather", [cache, positions], { axis: 0 }) : cache, [1]);
  const [cos, sin] = [perToken(angles.cos), perToken(angles.sin)];
  const half = turned / 2;
  const part = (start: number, end: number, step = 1) => slice(x, [{ axis: 3, start, end, step }]);
  const [x1, x2] = interleaved ? [part(0, turned, 2), part(1, turned, 2)] : [part(0, half), part(half, turned)];
  const y1 = sub(mul(cos, x1), mul(sin, x2));
  const y2 = add(mul(sin, x1), mul(cos, x2));
  const points = interleaved
    ? reshape(concat([unsqueeze(y1, [4]), unsqueeze(y2, [4])], 4), [images, heads, length, turned])
    : concat([y1, y2], 3);
  return turned === features ? points : concat([points, part(turned, features)], 3);
}
