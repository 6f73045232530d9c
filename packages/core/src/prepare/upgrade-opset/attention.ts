import { LimnError } from "../../error.js";
import type { Value } from "../../graph/graph.js";
import {
  add,
  concat,
  expand,
  greater,
  matmul,
  mul,
  reshape,
  scalar,
  slice,
  softmax,
  sub,
  transpose,
  unsqueeze,
  where,
} from "../../graph/math.js";
import { required, type Site, type Upgrade } from "./upgrade.js";

/**
 * Attention, new in 23, on [N, heads, length, features], or [N, length, heads * features]:
 *
 *   Y = softmax(scale Q K^T + mask) V
 */
export const attention: Upgrade = (site) => {
  refuseCaches(site);
  const { at, inputs } = site;
  const queries = at.has("q_num_heads") ? at.int("q_num_heads") : undefined;
  const keys = at.has("kv_num_heads") ? at.int("kv_num_heads") : undefined;
  const given = required(site, 0);
  const Q = apart(given, queries);
  const heads = Q.dims[1] as number;
  const K = repeated(apart(required(site, 1), keys), heads);
  const V = repeated(apart(required(site, 2), keys), heads);
  const [length, read] = [Q.dims[2] as number, K.dims[2] as number];

  const scale = at.float("scale", 1 / Math.sqrt(Q.dims[3] as number));
  const scores = mul(matmul(Q, transpose(K, [0, 1, 3, 2])), scale);
  const mask = inputs[3];
  const seen = mask ? add(scores, mask.dtype === "bool" ? hidden(mask, scores) : mask) : scores;
  const causal = at.int("is_causal", 0) === 1 ? add(seen, hidden(untilNow(seen, [length, read]), scores)) : seen;
  const Y = matmul(softmax(causal, -1), V);
  return given.rank === 4 ? Y : joined(Y);
};

/** Refuses what only generators of text need: keys and values of earlier runs, further outputs, capped scores. */
function refuseCaches({ node, at, inputs, isRead }: Site): void {
  const caches = inputs.slice(4).some((input) => input);
  const others = node.outputs.some((_, i) => i > 0 && isRead(i));
  const capped = at.float("softcap", 0) !== 0;
  if (!caches && !others && !capped) return;
  const what = caches ? "keys and values of earlier runs" : others ? "further outputs" : "a softcap";
  throw new LimnError(
    "unsupported",
    `${node.label}: Limn can't read attention with ${what}; export the model again with opset_version=21 or lower`,
  );
}

/** [N, length, heads * features] as [N, heads, length, features]. */
function apart(x: Value, heads: number | undefined): Value {
  if (heads === undefined || x.rank === 4) return x;
  const [images = 1, length = 1, width = 1] = x.dims;
  return transpose(reshape(x, [images, length, heads, width / heads]), [0, 2, 1, 3]);
}

/** [N, heads, length, features] as [N, length, heads * features]. */
function joined(y: Value): Value {
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
const hidden = (seen: Value, like: Value): Value => where(seen, scalar(0, like), Number.NEGATIVE_INFINITY);

/** Which keys each query may see: those of its own position and before. */
function untilNow(like: Value, shape: readonly [number, number]): Value {
  const ones = expand(scalar(1, like), shape);
  return greater(like.graph.emit("Trilu", [ones], { upper: 0 }), 0);
}

/**
 * RotaryEmbedding, new in 23: takes the two halves of a head's first features (or every two neighbors) as points in a
 * plane, and turns them by an angle that grows with the position.
 *
 *   y1 = cos x1 - sin x2,  y2 = sin x1 + cos x2
 */
export const rotaryEmbedding: Upgrade = (site) => {
  const { at, inputs, graph } = site;
  const given = required(site, 0);
  const x = apart(given, at.int("num_heads", 0) || undefined);
  const [images = 1, heads = 1, length = 1, features = 1] = x.dims;
  const turned = at.int("rotary_embedding_dim", 0) || features;
  // [N or 1, 1, length, turned / 2]
  const cache = (i: number) => {
    const angles = inputs[3] ? graph.emit("Gather", [required(site, i), inputs[3]], { axis: 0 }) : required(site, i);
    return unsqueeze(angles, [1]);
  };
  const [cos, sin] = [cache(1), cache(2)];
  const interleaved = at.int("interleaved", 0) === 1;
  const half = turned / 2;
  const part = (start: number, end: number, step = 1) => slice(x, [{ axis: 3, start, end, step }]);
  const [x1, x2] = interleaved ? [part(0, turned, 2), part(1, turned, 2)] : [part(0, half), part(half, turned)];
  const y1 = sub(mul(cos, x1), mul(sin, x2));
  const y2 = add(mul(sin, x1), mul(cos, x2));
  const rotated = interleaved
    ? reshape(concat([unsqueeze(y1, [4]), unsqueeze(y2, [4])], 4), [images, heads, length, turned])
    : concat([y1, y2], 3);
  const y = turned === features ? rotated : concat([rotated, part(turned, features)], 3);
  return given.rank === 4 ? y : joined(y);
};
