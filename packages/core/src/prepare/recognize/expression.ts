import type { Node, Value } from "../../graph/graph.js";
import { isOwn } from "../../ops/registry.js";
import { numberOf } from "./matching.js";

// Functions of one number in a normal form, in which it does not matter how they were written: sums of products of x and
// of functions of such sums. x Phi(x) is 0.5 x + 0.5 x erf(0.707 x), whether the 0.5 came first or last.

/** A function of x: a sum of products. */
export type Expression = readonly Product[];

interface Product {
  readonly factor: number;
  /** How far the factor may be off, relative to itself. */
  readonly off: number;
  /** Empty for a constant. */
  readonly of: readonly Atom[];
}

/** x itself, or a function of an expression. */
type Atom = "x" | { readonly name: FunctionName; readonly of: Expression };

/** `clip` is to the range from 0 to 1. */
type FunctionName = "erf" | "tanh" | "sigmoid" | "clip";

/** Numbers of so few bits, such as 1/2, 3 and 6, are what they say. */
const PLAIN = 5;

/** As many bits do bfloat16 and float16 hold. */
const SHORT = [8, 11];

/**
 * How far a constant may be off, relative to itself. In files, constants are rounded to float32, or cut off after seven digits. What
 * fits in a shorter type may have been rounded to that.
 */
function roundingOf(constant: number): number {
  const bits = fits(constant, PLAIN) ? undefined : SHORT.find((bits) => fits(constant, bits));
  return bits === undefined ? 1e-5 : 2 ** -bits;
}

/** Whether a number has no more significant bits. */
function fits(constant: number, bits: number): boolean {
  const last = 2 ** (Math.floor(Math.log2(Math.abs(constant))) + 1 - bits);
  return constant === 0 || Number.isInteger(constant / last);
}

/** A constant of a file. */
const inFile = (constant: number): Expression => number(constant, roundingOf(constant));

/** More products than any activation has: what is larger is none, and is not multiplied out. */
const LARGEST = 16;

export const x: Expression = [{ factor: 1, off: 0, of: ["x"] }];
export const number = (factor: number, off = 0): Expression => [{ factor, off, of: [] }];
export const plus = (...parts: readonly Expression[]): Expression => collected(parts.flat());
export const times = (a: Expression, b: Expression): Expression =>
  collected(
    a.flatMap((p) => b.map((q) => ({ factor: p.factor * q.factor, off: p.off + q.off, of: [...p.of, ...q.of] }))),
  );
export const applied = (name: FunctionName, of: Expression): Expression => [{ factor: 1, off: 0, of: [{ name, of }] }];

/** Adds up equal products. */
function collected(products: Expression): Expression {
  const sums: Product[] = [];
  for (const product of products) {
    const i = sums.findIndex(({ of }) => sameFactors(of, product.of));
    const before = sums[i];
    if (before) sums[i] = { ...before, factor: before.factor + product.factor, off: Math.max(before.off, product.off) };
    else sums.push(product);
  }
  return sums.filter(({ factor }) => factor !== 0);
}

/** Whether two expressions are the same function, as far as their constants can tell. */
export const sameFunction = (a: Expression, b: Expression): boolean =>
  a.length === b.length && a.every((p) => b.some((q) => sameFactor(p, q) && sameFactors(p.of, q.of)));

/** Products of constants in double precision differ in their last bits. */
const LAST_BITS = 1e-12;

const sameFactor = (a: Product, b: Product): boolean =>
  Math.abs(a.factor - b.factor) <= (a.off + b.off + LAST_BITS) * Math.abs(b.factor);

/** Whether two products have the same factors, in any order. */
function sameFactors(a: readonly Atom[], b: readonly Atom[]): boolean {
  if (a.length !== b.length) return false;
  const left = [...b];
  return a.every((atom) => {
    const i = left.findIndex((other) => sameAtom(atom, other));
    if (i >= 0) left.splice(i, 1);
    return i >= 0;
  });
}

const sameAtom = (a: Atom, b: Atom): boolean =>
  a === b || (a !== "x" && b !== "x" && a.name === b.name && sameFunction(a.of, b.of));

/**
 * How the output of a node is computed from one value, number by number.
 * @param inputs the node's inputs, which may be those of its copy in another graph
 * @returns undefined if it takes anything else, or operators that are not part of activations
 */
export function expressionOf(node: Node, inputs: Inputs, argument: Value): Expression | undefined {
  const known = new Map<Value, Expression | undefined>([[argument, x]]);
  const of = (value: Value): Expression | undefined => {
    if (known.has(value)) return known.get(value);
    const constant = numberOf(value);
    const { producer } = value;
    const result = constant !== undefined ? inFile(constant) : producer && written(producer, producer.inputs, of);
    const small = result && result.length <= LARGEST ? result : undefined;
    known.set(value, small);
    return small;
  };
  return written(node, inputs, of);
}

type Inputs = readonly (Value | undefined)[];

/** Whether a node is a step of `expressionOf`. */
export const isStep = (node: Node): boolean => node.domain === "" && node.opType in STEPS && !isOwn(node);

type Step = (inputs: readonly (Expression | undefined)[], node: Node) => Expression | undefined;

const written = (node: Node, inputs: Inputs, of: (value: Value) => Expression | undefined): Expression | undefined =>
  isStep(node)
    ? STEPS[node.opType]?.(
        inputs.map((input) => input && of(input)),
        node,
      )
    : undefined;

const first =
  (of: (a: Expression) => Expression | undefined): Step =>
  ([a]) =>
    a && of(a);
const both =
  (of: (a: Expression, b: Expression) => Expression | undefined): Step =>
  ([a, b]) =>
    a && b && of(a, b);

const STEPS: Readonly<Record<string, Step>> = {
  Add: both(plus),
  Sub: both((a, b) => plus(a, times(b, number(-1)))),
  Mul: both(times),
  Div: both((a, b) => {
    const inverse = inverseOf(constantOf(b));
    return inverse && times(a, inverse);
  }),
  Neg: first((a) => times(a, number(-1))),
  Pow: both((a, b) => {
    const exponent = constantOf(b)?.factor;
    return exponent === 2 ? times(a, a) : exponent === 3 ? times(a, times(a, a)) : undefined;
  }),
  Erf: first((a) => applied("erf", a)),
  Tanh: first((a) => applied("tanh", a)),
  Sigmoid: first((a) => applied("sigmoid", a)),
  HardSigmoid: ([a], { at }) =>
    a && applied("clip", plus(times(a, inFile(at.float("alpha", 0.2))), inFile(at.float("beta", 0.5)))),
  // min(max(a, 0), top) = top clip(a / top)
  Clip: ([a, low, high]) => {
    const inverse = high && inverseOf(constantOf(high));
    return a && low && constantOf(low)?.factor === 0 && inverse
      ? times(applied("clip", times(a, inverse)), high)
      : undefined;
  },
};

/** The number that an expression is, if it does not depend on x. */
function constantOf(expression: Expression): Product | undefined {
  const [product = { factor: 0, off: 0, of: [] }, ...others] = expression;
  return others.length === 0 && product.of.length === 0 ? product : undefined;
}

/** 1 / a, for a number that is not 0. */
const inverseOf = (a: Product | undefined): Expression | undefined =>
  a && a.factor !== 0 ? number(1 / a.factor, a.off) : undefined;
