import type { Value } from "../graph/graph.js";
import {
  abs,
  add,
  axesExcept,
  div,
  equal,
  expand,
  keptAbove,
  keptBelow,
  leakyRelu,
  masked,
  max,
  mean,
  min,
  mul,
  type Operand,
  relu,
  reshape,
  scalar,
  sign,
  sub,
  sum,
  sumOf,
} from "../graph/math.js";
import type { LinearLayer, Term } from "../rules/rule.js";
import type { Division } from "../rules/settings.js";

/** How a layer divides, and how many images its values are about: whole rows of their first axis. */
export interface Sharing extends Division {
  readonly images: number;
}

/** Numbers of this size and below count as 0, so that 0 itself is on the positive side. */
const SMALLEST = 2 ** -99;

/** The number that `stabilized` adds to a divisor: epsilon, or epsilon times the mean of |z|, for each image. */
export function stabilizerOf(z: Value, { stabilizer, epsilon, images }: Sharing, sign?: Term["sign"]): Operand {
  if (stabilizer === "absolute") return epsilon;
  const size = sign === 1 ? z : abs(z);
  // if all of z is 0, so is its mean
  return add(mul(perImage(mean, size, images), epsilon), SMALLEST);
}

/** A divisor that is never near 0: z + e sign(z), with sign(0) = 1. @param e above 0 */
export function stabilized(z: Value, e: Operand, sign?: Term["sign"]): Value {
  if (sign) return sign === 1 ? add(z, e) : sub(z, e);
  // 2 e [z >= 0] - e
  const double = typeof e === "number" ? scalar(2 * e, z) : mul(e, 2);
  return add(z, sub(keptAbove(double, z, -SMALLEST), e));
}

/** The relevance that a linear layer's input gets from that of its output, by a rule's terms. @param R in the shape of z */
export function distribute(layer: LinearLayer, terms: readonly Term[], R: Value, sharing: Sharing): Value {
  const shares = terms.flatMap((term) => {
    const { s } = quotient(layer, term, R, sharing);
    return term.parts.map(([a, W]) => mul(a, layer.transpose(s, W)));
  });
  return sumOf(shares as [Value, ...Value[]]);
}

/** The relevance that `distribute` does not pass on: what biases keep, and what the stabilizer does; all in the shape of z. */
export function absorbed(
  layer: LinearLayer,
  terms: readonly Term[],
  R: Value,
  sharing: Sharing,
): { readonly bias: readonly Value[]; readonly stabilizer: readonly Value[] } {
  const quotients = terms.map((term) => ({ ...quotient(layer, term, R, sharing), term }));
  return {
    bias: quotients.flatMap(({ s, term: { bias } }) => (bias ? [mul(bias, s)] : [])),
    stabilizer: quotients.map(({ s, z, stable }) => mul(sub(stable, z), s)),
  };
}

/**
 * Hands on what biases and the stabilizer keep, to the inputs that got relevance of its sign, in proportion to that. The sums
 * are over all inputs, for each image; an input without relevance stays without. Only if none has relevance of its sign, as
 * delta is small, the others give theirs.
 *
 *   R_j' = R_j + w_j / sum_j w_j  L       w_j = (sigma R_j)^+ + delta (sigma R_j)^-,  sigma = sign L
 *
 * @param shares the relevance of each input
 * @param L what is kept, for each image, as `totalOf` gives it
 * @returns the relevance of each input, and what is lost all the same, for each image: L if no input has relevance
 */
export function handedOn(
  shares: readonly Value[],
  L: Value,
  images: number,
): { readonly shares: readonly Value[]; readonly lost: Value } {
  const sigma = sign(L);
  const taking = shares.map((R) => leakyRelu(mul(R, sigma), -DELTA));
  const taken = totalOf(taking, images);
  const factor = div(L, max(taken, SMALLEST));
  return {
    shares: shares.map((R, i) => add(R, mul(taking[i] as Value, factor))),
    lost: masked(L, equal(taken, 0)),
  };
}

/** So small that next to others of the right sign, inputs of the wrong one don't count. */
const DELTA = 2 ** -20;

/** The sum over all elements of some values, for each image, in a shape that broadcasts with them. */
export const totalOf = (values: readonly Value[], images: number): Value =>
  sumOf(values.map((value) => perImage(sum, value, images)) as [Value, ...Value[]]);

/**
 * A reduction over everything of an image, in a shape that broadcasts with x. Images are equal numbers of rows of the first
 * axis: one each, or more where tokens or windows are rows; if the axis is another one, all images count as one.
 */
function perImage(reduce: typeof sum, x: Value, images: number): Value {
  const rows = x.dims[0] ?? 1;
  if (images === 1 || rows % images !== 0) return reduce(x, axesExcept(x, []));
  if (rows === images) return reduce(x, axesExcept(x, [0]));
  const one = reduce(reshape(x, [images, rows / images, ...x.dims.slice(1)]), axesExcept(x, [0]).concat(x.rank));
  return reshape(expand(one, [images, rows / images, ...one.dims.slice(2)]), [rows, ...one.dims.slice(2)]);
}

/** s_k = factor R_k / z_k for the outputs that the term is for. */
function quotient(
  layer: LinearLayer,
  { factor = 1, parts, bias, z: known, sign, outputs }: Term,
  R: Value,
  sharing: Sharing,
): { readonly s: Value; readonly z: Value; readonly stable: Value } {
  const sums = parts.map(([a, W]) => layer.forward(a, W)) as [Value, ...Value[]];
  const total = (shift: Value | undefined) => sumOf(shift ? [...sums, shift] : sums);
  const z = known ?? clamped(total(bias), outputs);
  const e = stabilizerOf(z, sharing, sign);
  // added to the bias, a constant of the same sign, an absolute stabilizer costs no pass over z
  const joins = sign && bias && !known && !outputs && typeof e === "number";
  const stable = joins ? total(add(bias, sign * e)) : stabilized(z, e, sign);
  // if the layer's sign is known, outputs of the other sign have no relevance
  const about = !outputs || layer.sign ? R : outputs === "positive" ? notBelow(R, layer.z) : keptBelow(R, layer.z, 0);
  const s = div(factor === 1 ? about : mul(about, factor), stable);
  return { s, z, stable };
}

/** Keeps outputs that a term is not for from 0 / 0: their sum may be one that the stabilizer brings to 0. */
const clamped = (z: Value, outputs: Term["outputs"]): Value =>
  outputs === undefined ? z : outputs === "positive" ? relu(z) : min(z, 0);

const notBelow = (R: Value, z: Value): Value => keptAbove(R, z, -SMALLEST);
