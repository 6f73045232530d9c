import type { Value } from "../../graph/graph.js";

// Functions in a normal form, in which it does not matter how they were written: sums of products of x, of constants and
// of functions of such sums. x Phi(x) is 0.5 x + 0.5 x erf(0.707 x), whether the 0.5 came first or last. With means, these are
// functions of the whole of x: (x - mean x)^2 is x x - 2 x (mean x) + (mean x) (mean x).

/** A function of x: a sum of products. */
export type Expression = readonly Product[];

export interface Product {
  readonly factor: number;
  /** How far the factor may be off, relative to itself. Default 0. */
  readonly off?: number;
  /** Empty for a constant number. */
  readonly of: readonly Atom[];
}

/** x itself, a function of an expression, or a constant of several numbers. */
export type Atom = "x" | { readonly name: FunctionName; readonly of: Expression } | { readonly constant: Value };

/** `clip` is to the range from 0 to 1, `inverse-root` is 1 / sqrt, `mean` is over the axes of a normalization. */
type FunctionName = "clip" | "erf" | "exp" | "inverse-root" | "mean" | "relu" | "root" | "softplus" | "tanh";

/** How far float32 is off, and constants that were cut off after seven digits. */
const LONG = 1e-5;

/** Numbers of so few bits, such as 1/2, 3 and 6, are what they say. */
const PLAIN = 5;

/** As many bits do bfloat16 and float16 hold. */
const SHORT = [8, 11];

/** How far a constant of a file may be off, relative to itself. What fits in a shorter type may have been rounded to that. */
function roundingOf(constant: number): number {
  const bits = fits(constant, PLAIN) ? undefined : SHORT.find((bits) => fits(constant, bits));
  return bits === undefined ? LONG : 2 ** -bits;
}

/** Whether a number has no more significant bits. */
function fits(constant: number, bits: number): boolean {
  const last = 2 ** (Math.floor(Math.log2(Math.abs(constant))) + 1 - bits);
  return constant === 0 || Number.isInteger(constant / last);
}

/** A constant of a file. */
export const inFile = (constant: number): Expression => number(constant, roundingOf(constant));

export const x: Expression = [{ factor: 1, of: ["x"] }];
export const number = (factor: number, off = 0): Expression => [{ factor, off, of: [] }];
export const plus = (...parts: readonly Expression[]): Expression => collected(parts.flat());
export const times = (a: Expression, b: Expression): Expression =>
  collected(
    a.flatMap((p) => b.map((q) => ({ factor: p.factor * q.factor, off: offOf(p, q), of: [...p.of, ...q.of] }))),
  );
/** How far a quotient or a product of two factors may be off. */
const offOf = ({ off: p = 0 }: Product, { off: q = 0 }: Product): number => p + q;
export const scaled = (a: Expression, factor: number): Expression => times(number(factor), a);
export const minus = (a: Expression, b: Expression): Expression => plus(a, scaled(b, -1));

export const applied = (name: FunctionName, of: Expression): Expression => [{ factor: 1, of: [{ name, of }] }];

/** erf and tanh are odd, f(-a) = -f(a), of which the form with more that is positive stands for both. */
const odd =
  (name: FunctionName) =>
  (a: Expression): Expression =>
    a.reduce((sum, { factor }) => sum + factor, 0) < 0 ? scaled(applied(name, scaled(a, -1)), -1) : applied(name, a);

export const erf = odd("erf");
export const tanh = odd("tanh");
/** 1 / (1 + exp(-a)) = (1 + tanh(a / 2)) / 2 */
export const sigmoid = (a: Expression): Expression => scaled(plus(number(1), tanh(scaled(a, 0.5))), 0.5);

/** Means of what has been averaged already are factors: mean(x (mean x)) = (mean x) (mean x). */
export const mean = (a: Expression): Expression =>
  collected(
    a.map(({ of, ...product }) => {
      const [kept, open] = [of.filter(isAveraged), of.filter((one) => !isAveraged(one))];
      return { ...product, of: open.length === 0 ? kept : [...kept, { name: "mean", of: [{ factor: 1, of: open }] }] };
    }),
  );

const isAveraged = (atom: Atom): boolean =>
  atom !== "x" && "name" in atom && (atom.name === "mean" || atom.of.every(({ of }) => of.every(isAveraged)));

/** mean (a - mean a)^2 */
export const varianceOf = (a: Expression): Expression => minus(mean(times(a, a)), times(mean(a), mean(a)));

const VARIANCE = varianceOf(x);

/** max(a, 0), which a variance is already. */
export const relu = (a: Expression): Expression => (sameFunction(a, VARIANCE) ? a : applied("relu", a));

/** min(max(a, 0), 1), whether or not it is max(a, 0) already. */
export function clip(a: Expression): Expression {
  const [product, ...others] = a;
  const [only, ...more] = product?.of ?? [];
  const isRelu = isFunction(only, "relu") && more.length === 0 && others.length === 0;
  return product && isRelu && product.factor > 0 ? clip(times(only.of, [{ ...product, of: [] }])) : applied("clip", a);
}

/** (a - mean a) / sqrt(mean (a - mean a)^2 + epsilon) */
export const standardized = (a: Expression, epsilon: number): Expression =>
  times(minus(a, mean(a)), applied("inverse-root", plus(varianceOf(a), number(epsilon))));

/** 1 / a, where it has a form. */
export function inverse(a: Expression): Expression | undefined {
  const [first, second, ...others] = a;
  if (!first || others.length > 0) return undefined;
  if (!second) {
    const [only, ...more] = first.of;
    const factor = number(1 / first.factor, first.off);
    if (!only) return factor;
    return isFunction(only, "root") && more.length === 0 ? times(applied("inverse-root", only.of), factor) : undefined;
  }
  // 1 / (1 + exp(a))
  const power = [first, second].flatMap(({ factor, of: [only] }) =>
    factor === 1 && isFunction(only, "exp") ? only : [],
  );
  return power[0] && sameFunction(a, plus(number(1), applied("exp", power[0].of)))
    ? sigmoid(scaled(power[0].of, -1))
    : undefined;
}

type Applied = Extract<Atom, { readonly name: FunctionName }>;

export const isFunction = (atom: Atom | undefined, name: FunctionName): atom is Applied =>
  atom !== undefined && atom !== "x" && "name" in atom && atom.name === name;

/** Adds up equal products. */
function collected(products: Expression): Expression {
  const sums: Product[] = [];
  for (const product of products) {
    const i = sums.findIndex(({ of }) => sameFactors(of, product.of));
    const before = sums[i];
    if (before) {
      const off = Math.max(before.off ?? 0, product.off ?? 0);
      sums[i] = { factor: before.factor + product.factor, off, of: before.of };
    } else sums.push(product);
  }
  return sums.filter(({ factor }) => factor !== 0);
}

/** Whether two expressions are the same function, as far as their constants can tell. */
export const sameFunction = (a: Expression, b: Expression): boolean =>
  a.length === b.length && a.every((p) => b.some((q) => sameFactor(p, q) && sameFactors(p.of, q.of)));

/** Products of constants in double precision differ in their last bits. */
const LAST_BITS = 1e-12;

const sameFactor = (a: Product, b: Product): boolean =>
  Math.abs(a.factor - b.factor) <= (offOf(a, b) + LAST_BITS) * Math.abs(b.factor);

/** Whether a factor is 1, up to the rounding of float32. */
export const isOne = (factor: number): boolean => Math.abs(factor - 1) <= LONG;

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

function sameAtom(a: Atom, b: Atom): boolean {
  if (a === "x" || b === "x") return a === b;
  if ("constant" in a || "constant" in b) return "constant" in a && "constant" in b && a.constant === b.constant;
  return a.name === b.name && sameFunction(a.of, b.of);
}

/** The number that an expression is, if it does not depend on x. */
export function constantOf(expression: Expression): number | undefined {
  const [product, ...others] = expression;
  if (!product) return 0;
  return others.length === 0 && product.of.length === 0 ? product.factor : undefined;
}
