import type { Node, Value } from "../../graph/graph.js";
import { matmul, mul, reshape, transpose } from "../../graph/math.js";
import type { Model } from "../../graph/model.js";
import { rewrite } from "../../graph/rewrite.js";
import { isPlain, numberOf } from "./matching.js";

/**
 * Scales products of two computed values after them, where exporters scale the first factor, both, or the product:
 *
 *   (s Q) K^T  =  (sqrt(s) Q) (sqrt(s) K)^T  =  Q K^T / (1/s)  ->  s (Q K^T)
 *
 * Requires: inferred types, folded constants. Ensures: no factor of such a product is itself a product with a constant number.
 */
export function recognizeScaledProducts(model: Model): Model {
  const { graph } = rewrite(model.graph, (node, inputs) => {
    const [a, b] = inputs;
    if (!a || !b) return undefined;
    if (isPlain(node, "MatMul") && isComputed(a) && isComputed(b)) {
      const [left, right] = [unscaled(a), unscaled(b)];
      const isThere = left.value === a && right.value === b;
      return isThere ? undefined : scaled(matmul(left.value, right.value), left.scale * right.scale);
    }
    const { value, scale } = factored(node, inputs) ?? {};
    if (!value || !scale) return undefined;
    const before = (value.producer && factored(value.producer, value.producer.inputs)) ?? { value, scale: 1 };
    return isProduct(before.value) ? scaled(before.value, before.scale * scale) : undefined;
  });
  return { ...model, graph };
}

/** A product Q K^T times a number, which is 1 / sqrt(features) if it is near: two roots of that, each in float32, don't give it back. */
function scaled(product: Value, scale: number): Value {
  const usual = 1 / Math.sqrt(product.producer?.inputs[0]?.shape?.at(-1) ?? 1);
  const meant = Math.abs(scale - usual) < ROUNDING * usual ? usual : scale;
  return meant === 1 ? product : mul(product, meant);
}

/** What two factors in float32 may be off by. */
const ROUNDING = 2 ** -21;

interface Scaled {
  readonly value: Value;
  readonly scale: number;
}

const isComputed = (value: Value): boolean => !value.initializer;

const isProduct = ({ producer }: Value): boolean =>
  isPlain(producer, "MatMul") && producer.inputs.every((v) => v !== undefined && isComputed(v));

/** A value without the numbers that it was multiplied by, before or after changes of its layout. */
function unscaled(value: Value): Scaled {
  const { producer } = value;
  if (!producer) return { value, scale: 1 };
  const here = factored(producer, producer.inputs);
  if (here) {
    const inner = unscaled(here.value);
    return { value: inner.value, scale: inner.scale * here.scale };
  }
  const [x] = producer.inputs;
  if (!x || !(isPlain(producer, "Transpose") || isPlain(producer, "Reshape"))) return { value, scale: 1 };
  const inner = unscaled(x);
  if (inner.value === x) return { value, scale: 1 };
  const perm = isPlain(producer, "Transpose") ? producer.at.ints("perm", [...x.dims.keys()].reverse()) : undefined;
  return { value: perm ? transpose(inner.value, perm) : reshape(inner.value, value.dims), scale: inner.scale };
}

/** x and c of x c or x / c, with a number c. */
function factored(node: Node, [a, b]: readonly (Value | undefined)[]): Scaled | undefined {
  if (!a || !b) return undefined;
  const [left, right] = [numberOf(a), numberOf(b)];
  // a number of more dimensions than x would add some to it
  const isScale = (number: number | undefined, v: Value, x: Value): number is number =>
    number !== undefined && number !== 0 && x.shape !== undefined && v.rank <= x.rank && isComputed(x);
  if (isPlain(node, "Mul") && isScale(right, b, a)) return { value: a, scale: right };
  if (isPlain(node, "Mul") && isScale(left, a, b)) return { value: b, scale: left };
  return isPlain(node, "Div") && isScale(right, b, a) ? { value: a, scale: 1 / right } : undefined;
}
