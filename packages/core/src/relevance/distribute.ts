import type { Value } from "../graph/graph.js";
import { add, div, keptAbove, keptBelow, min, mul, relu, sub, sumOf } from "../graph/math.js";
import type { LinearLayer, Term } from "../rules/rule.js";

/** Small against the outputs of trained networks, large against float32 rounding of 0. */
export const DEFAULT_EPSILON = 1e-6;

/** A divisor that is never near 0: z + eps sign(z), with sign(0) = 1. */
export function stabilized(z: Value, epsilon: number, sign?: Term["sign"]): Value {
  if (sign) return add(z, sign * epsilon);
  // 2 eps [z >= 0] - eps
  return add(z, sub(keptAbove(z.graph.constant(z.dtype ?? "float32", [], [2 * epsilon]), z, -SMALLEST), epsilon));
}

/** Numbers of this size and below count as 0, so that 0 itself is on the positive side. */
const SMALLEST = 2 ** -99;

/** The relevance that a linear layer's input gets from that of its output, by a rule's terms. @param R in the shape of z */
export function distribute(layer: LinearLayer, terms: readonly Term[], R: Value, epsilon: number): Value {
  const shares = terms.flatMap((term) => {
    const { s } = quotient(layer, term, R, epsilon);
    return term.parts.map(([a, W]) => mul(a, layer.transpose(s, W)));
  });
  return sumOf(shares as [Value, ...Value[]]);
}

/** The relevance that does not reach the input: what biases keep, and what the stabilizer loses; all in the shape of z. */
export function absorbed(
  layer: LinearLayer,
  terms: readonly Term[],
  R: Value,
  epsilon: number,
): { readonly bias: readonly Value[]; readonly stabilizer: readonly Value[] } {
  const quotients = terms.map((term) => ({ ...quotient(layer, term, R, epsilon), term }));
  return {
    bias: quotients.flatMap(({ s, term: { bias } }) => (bias ? [mul(bias, s)] : [])),
    stabilizer: quotients.map(({ s, z, stable }) => mul(sub(stable, z), s)),
  };
}

/** s_k = factor R_k / z_k for the outputs that the term is for. */
function quotient(
  layer: LinearLayer,
  { factor = 1, parts, bias, z: known, sign, outputs }: Term,
  R: Value,
  epsilon: number,
): { readonly s: Value; readonly z: Value; readonly stable: Value } {
  const sums = parts.map(([a, W]) => layer.forward(a, W)) as [Value, ...Value[]];
  const total = (shift: Value | undefined) => sumOf(shift ? [...sums, shift] : sums);
  const z = known ?? clamped(total(bias), outputs);
  // added to the bias, a constant of the same sign, the stabilizer costs no pass over z
  const joins = sign && bias && !known && !outputs;
  const stable = joins ? total(add(bias, sign * epsilon)) : stabilized(z, epsilon, sign);
  // if the layer's sign is known, outputs of the other sign have no relevance
  const about = !outputs || layer.sign ? R : outputs === "positive" ? notBelow(R, layer.z) : keptBelow(R, layer.z, 0);
  const s = div(factor === 1 ? about : mul(about, factor), stable);
  return { s, z, stable };
}

/** Keeps outputs that a term is not for from 0 / 0: their sum may be one that the stabilizer brings to 0. */
const clamped = (z: Value, outputs: Term["outputs"]): Value =>
  outputs === undefined ? z : outputs === "positive" ? relu(z) : min(z, 0);

const notBelow = (R: Value, z: Value): Value => keptAbove(R, z, -SMALLEST);
