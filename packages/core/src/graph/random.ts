import type { Graph, Value } from "./graph.js";
import { add, cast, concat, cos, log, mul, reshape, sin, slice, sqrt } from "./math.js";
import { type Shape, sizeOf } from "./tensor.js";

// Random numbers as nodes. ONNX's own generators keep their state between runs and differ from runtime to runtime. Here, a
// number is a hash of its position, so that the same seed gives the same numbers wherever the graph runs.

/** Which random numbers a block holds. It begins at `step` times its size; numbers repeat after 2^32 of them. */
export interface RandomSource {
  /** A whole number from 0 to 2^32 - 1. */
  readonly seed: number;
  /** A whole number that differs between the blocks of one seed and step. */
  readonly stream: number;
  /** The number of the step, from 0: int64 []. */
  readonly step: Value;
}

/** The largest seed: seeds are one word of the hash. */
export const LARGEST_SEED = 2 ** 32 - 1;

/** Uniform random numbers in [0, 1), multiples of 2^-24: float32, in the given shape. */
export const uniform = (source: RandomSource, shape: Shape): Value =>
  within(source, (graph) => unitInterval(bits(graph, source, sizeOf(shape)), shape));

/**
 * Normally distributed random numbers of mean 0 and deviation 1 (Box and Muller 1958): float32, in the given shape. A row
 * gets the same numbers, whatever the number of rows in a step.
 *
 *   r = sqrt(-2 ln u)      z = r cos(2 pi v), r sin(2 pi v)      u in (0, 1], v in [0, 1)
 * @param shape rows first
 */
export const normal = (source: RandomSource, shape: Shape): Value =>
  within(source, (graph) => {
    const [rows = 1, ...rest] = shape;
    const count = sizeOf(rest);
    const pairs = Math.ceil(count / 2);
    const both = unitInterval(bits(graph, source, rows * 2 * pairs), [rows, 2 * pairs]);
    const u = add(slice(both, [{ axis: 1, start: 0, end: pairs }]), 2 ** -24);
    const angle = mul(slice(both, [{ axis: 1, start: pairs, end: 2 * pairs }]), 2 * Math.PI);
    const r = sqrt(mul(log(u), -2));
    const z = concat([mul(r, cos(angle)), mul(r, sin(angle))], 1);
    return reshape(count === 2 * pairs ? z : slice(z, [{ axis: 1, start: 0, end: count }]), shape);
  });

const within = ({ step, stream }: RandomSource, write: (graph: Graph) => Value): Value =>
  step.graph.within(`random/${stream}`, () => write(step.graph));

/** The upper 24 bits divided by 2^24, which float32 holds exactly. */
const unitInterval = (x: Value, shape: Shape): Value =>
  reshape(mul(cast(shiftRight(x, 8), "float32"), 2 ** -24), shape);

/**
 * 32 random bits for each of `count` positions: uint32 [count].
 *
 *   h(i) = mix(mix(i + key) + mix(key))      i from step * count on
 *
 * The key enters twice, so that the numbers of one seed are not a permutation of those of another.
 */
function bits(graph: Graph, { seed, stream, step }: RandomSource, count: number): Value {
  const word = (value: number, dims: Shape) => graph.constant("uint32", dims, [value >>> 0]);
  const key = mixed(word(seed ^ Math.imul(stream, GOLDEN), [1]));
  const [zero, one, end] = [0, 1, count].map((v) => graph.constant("int64", [], [v])) as [Value, Value, Value];
  const first = mul(cast(step, "uint32"), word(count, []));
  const positions = add(cast(graph.emit("Range", [zero, end, one]), "uint32"), first);
  return mixed(add(mixed(add(positions, key)), mixed(key)));
}

/** 2^32 divided by the golden ratio: spreads small numbers over all bits. */
const GOLDEN = 0x9e3779b9;

/**
 * A bijection of 32-bit words in which every input bit changes each output bit with a probability near 1/2:
 * xorshift and multiplication modulo 2^32, with the constants that C. Wellons's search found (lowbias32, 2018).
 */
function mixed(x: Value): Value {
  const a = mul(xorShift(x, 16), 0x7feb352d);
  const b = mul(xorShift(a, 15), 0x846ca68b);
  return xorShift(b, 16);
}

const xorShift = (x: Value, bits: number): Value => x.graph.emit("BitwiseXor", [x, shiftRight(x, bits)]);

const shiftRight = (x: Value, bits: number): Value =>
  x.graph.emit("BitShift", [x, x.graph.constant("uint32", [], [bits])], { direction: "RIGHT" });
