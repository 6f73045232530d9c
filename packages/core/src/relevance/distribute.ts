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
  masked,
  max,
  mean,
  min,
  mul,
  type Operand,
  relu,
  reshape,
  scalar,
  sub,
  sum,
  sumOf,
  sumOfMagnitudes,
} from "../graph/math.js";
import { sameShape, sizeOf } from "../graph/tensor.js";
import type { LinearLayer, Term } from "../rules/rule.js";
import type { Division } from "../rules/settings.js";

/** How a node divides, and what is known of what it divides. */
export interface Sharing extends Division {
  /** How many images its values are about: whole rows of their first axis. */
  readonly images: number;
  /** Whether the relevance of the node's output is in proportion to the output; see `Proportions`. Default false. */
  readonly proportional?: boolean;
}

/** Numbers of this size and below count as 0, so that 0 itself is on the positive side. */
const SMALLEST = 2 ** -99;

/** A relative stabilizer of this size and below changes nothing but quotients that have no bound. */
const NEGLIGIBLE = 1e-6;

/** Whether shares of z are bounded as they are, so that a negligible stabilizer has only 0 / 0 to guard against. */
const needsNone = ({ stabilizer, epsilon }: Division, isBounded: boolean): boolean =>
  isBounded && stabilizer === "relative" && epsilon <= NEGLIGIBLE;

/**
 * A divisor that is never near 0: z + e sign(z), with sign(0) = 1, where e is epsilon, or epsilon times the mean of |z| for each
 * image. A negligible e becomes next to nothing where quotients are bounded without it: if relevance is in proportion to z.
 * @param sign of z wherever there is relevance: what lies on the other side of 0 counts as 0
 */
export function stabilized(z: Value, sharing: Sharing, sign?: Term["sign"]): Value {
  if (needsNone(sharing, sharing.proportional === true)) {
    return sign ? (sign === 1 ? max(z, SMALLEST) : min(z, -SMALLEST)) : add(z, SMALLEST);
  }
  if (sign) {
    const inDirection = sign === 1 ? relu(z) : min(z, 0);
    const e = stabilizerOf(inDirection, sharing, sign);
    return sign === 1 ? add(inDirection, e) : sub(inDirection, e);
  }
  const e = stabilizerOf(z, sharing, sign);
  // 2 e [z >= 0] - e
  const double = typeof e === "number" ? scalar(2 * e, z) : mul(e, 2);
  return add(z, sub(keptAbove(double, z, -SMALLEST), e));
}

function stabilizerOf(z: Value, { stabilizer, epsilon, images }: Sharing, sign?: Term["sign"]): Operand {
  if (stabilizer === "absolute") return epsilon;
  const size =
    sign === 1 ? perImage(mean, z, images) : mul(perImage(sumOfMagnitudes, z, images), 1 / sizePerImage(z, images));
  // if all of z is 0, so is its mean
  return add(mul(size, epsilon), SMALLEST);
}

/** The relevance that a linear layer's input gets from that of its output, by a rule's terms. @param R in the shape of z */
export function distribute(layer: LinearLayer, terms: readonly Term[], R: Value, sharing: Sharing): Value {
  const shares = terms.flatMap((term) => {
    const { s, sum } = quotient(layer, term, R, sharing);
    if (isDiagonal(layer)) return [scaled(mul(sum, s), term)];
    // a factor of constant weights costs nothing, and ONNX Runtime takes up one of a matrix into its product
    return term.parts.map(([a, W]) => mul(a, layer.transpose(s, scaled(W, term))));
  });
  return sumOf(shares as [Value, ...Value[]]);
}

/**
 * Whether every output has one input, as in a normalization. What an output sends back is then its own sum of contributions
 * times s, without another product with weights for each part: half the passes of z-plus, whose sum has two.
 */
const isDiagonal = ({ kind }: LinearLayer): boolean => kind === "normalization";

/** Whether nothing is left to spread: shares are of z itself, no bias is a part of it, and the stabilizer is next to nothing. */
export const givesAll = ({ b, z }: LinearLayer, terms: readonly Term[], sharing: Sharing): boolean =>
  !b && needsNone(sharing, sharing.proportional === true) && terms.every((term) => term.z === z);

/** The relevance that `distribute` does not pass on: what biases keep, and what the stabilizer does; all in the shape of z. */
export function absorbed(
  layer: LinearLayer,
  terms: readonly Term[],
  R: Value,
  sharing: Sharing,
): { readonly bias: readonly Value[]; readonly stabilizer: readonly Value[] } {
  const quotients = terms.map((term) => ({ ...quotient(layer, term, R, sharing), term }));
  return {
    bias: quotients.flatMap(({ s, term }) => (term.bias ? [mul(scaled(term.bias, term), s)] : [])),
    stabilizer: quotients.map(({ s, z, stable, term }) => mul(scaled(sub(stable, z), term), s)),
  };
}

/** By how much a term counts. */
const scaled = (x: Value, { factor = 1 }: Term): Value => (factor === 1 ? x : mul(x, factor));

/**
 * Hands on what biases and the stabilizer keep, to all inputs in proportion to the size of their relevance, for each image. An
 * input without relevance stays without.
 *
 *   R_j' = R_j + |R_j| / sum_j |R_j|  L
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
  // a sum takes a third of the time of one of magnitudes, and these are needed anyway
  const sizes = shares.map(abs);
  const size = totalOf(sizes, images);
  const f = div(L, max(size, SMALLEST));
  return { shares: shares.map((R, i) => add(R, mul(sizes[i] as Value, f))), lost: masked(L, equal(size, 0)) };
}

/**
 * The same where all relevance of an image has one sign, so that it is in proportion to its size: one pass instead of four.
 *
 *   R_j' = R_j  total / sum_j R_j
 *
 * @param sum of the shares, for each image, as `totalOf` gives it
 * @param total what they are to sum to, of the same sign
 */
export function scaledUp(
  shares: readonly Value[],
  sum: Value,
  total: Value,
): { readonly shares: readonly Value[]; readonly lost: Value } {
  const f = div(abs(total), max(abs(sum), SMALLEST));
  return { shares: shares.map((R) => mul(R, f)), lost: masked(total, equal(sum, 0)) };
}

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

/** How many elements of x are about one image, as `perImage` sees it. */
function sizePerImage(x: Value, images: number): number {
  const rows = x.dims[0] ?? 1;
  return sizeOf(x.dims) / (rows % images === 0 ? images : 1);
}

/** s_k = R_k / z_k for the outputs that the term is for; `sum` is z without its bias. */
function quotient(
  layer: LinearLayer,
  { parts, bias, z: known, sign, outputs }: Term,
  R: Value,
  sharing: Sharing,
): { readonly s: Value; readonly sum: Value; readonly z: Value; readonly stable: Value } {
  const [first, ...others] = parts.map(([a, W]) => layer.forward(a, W)) as [Value, ...Value[]];
  const sum = sumOf([first, ...others]);
  // next to the first part, ONNX Runtime takes it up into the layer
  const all = bias && (isDiagonal(layer) ? add(sum, bias) : sumOf([add(first, bias), ...others]));
  const z = known ?? clamped(all ?? sum, outputs);
  // a sum of one sign can't cancel, so no share of it is larger than the whole
  const isBounded = known === layer.z || outputs ? sharing.proportional === true : sign !== undefined && !known;
  const beside = known && needsNone(sharing, isBounded) ? factorBeside(R, known) : undefined;
  if (beside && known) {
    // the positive part stands for a z that may be negative, where R is 0
    const s = sign ? keptAbove(beside, known, 0) : beside;
    return { s, sum, z: known, stable: known };
  }
  const stable = stabilized(z, { ...sharing, proportional: isBounded }, sign);
  // if the layer's sign is known, outputs of the other sign have no relevance
  const about = !outputs || layer.sign ? R : outputs === "positive" ? notBelow(R, layer.z) : keptBelow(R, layer.z, 0);
  return { s: div(about, stable), sum, z, stable };
}

/** c if R was computed as z c, as summands' relevance is: then R / z is known. */
function factorBeside(R: Value, z: Value): Value | undefined {
  const { opType, inputs } = R.producer ?? {};
  const [a, b] = opType === "Mul" ? (inputs as readonly [Value, Value]) : [];
  const c = a === z ? b : b === z ? a : undefined;
  return c && sameShape(c.dims, z.dims) ? c : undefined;
}

/** Keeps outputs that a term is not for from 0 / 0: their sum may be one that the stabilizer brings to 0. */
const clamped = (z: Value, outputs: Term["outputs"]): Value =>
  outputs === undefined ? z : outputs === "positive" ? relu(z) : min(z, 0);

const notBelow = (R: Value, z: Value): Value => keptAbove(R, z, -SMALLEST);
