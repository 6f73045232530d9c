import type { Node, Value } from "../../graph/graph.js";
import { matmul, reshape, sum, transpose } from "../../graph/math.js";
import type { Model } from "../../graph/model.js";
import { rewrite } from "../../graph/rewrite.js";
import { sameShape, sizeOf } from "../../graph/tensor.js";
import { isPlain } from "./matching.js";

/** A value, and a letter for each of its axes. */
interface Lettered {
  readonly value: Value;
  readonly letters: string;
}

/**
 * Writes Einsum as a matrix product, which is what relevance has rules for:
 *
 *   "bihd,bjhd->bhij"   ->   Transpose to [b, h, i, d] and [b, h, d, j], MatMul
 *
 * Letters of both terms and the result are batches, those of both terms alone are summed. Three terms and more are two products.
 *
 * Requires: inferred types. Ensures: an Einsum is left only if a term has a letter twice, or one letter has two sizes.
 */
export function recognizeEinsum(model: Model): Model {
  const { graph } = rewrite(model.graph, (node, inputs) =>
    isPlain(node, "Einsum") ? asProduct(node, inputs) : undefined,
  );
  return { ...model, graph };
}

function asProduct(node: Node, inputs: readonly (Value | undefined)[]): Value | undefined {
  const values = inputs.filter((v): v is Value => v?.shape !== undefined);
  if (values.length !== inputs.length) return undefined;
  const equation = parse(node.at.string("equation"), values);
  if (!equation) return undefined;
  const { terms, result } = equation;
  const [first, ...others] = values.map((value, i): Lettered => ({ value, letters: terms[i] as string }));
  if (!first || !oneSizeEach([first, ...others])) return undefined;
  const product = others.reduce((a, b, i) => {
    const later = new Set([result, ...terms.slice(i + 2)].join(""));
    return contracted(a, b, (letter) => later.has(letter));
  }, first);
  return ordered(
    summed(product, (letter) => result.includes(letter)),
    result,
  ).value;
}

/** The product of two values over the letters that nothing needs later. */
function contracted(a: Lettered, b: Lettered, isNeeded: (letter: string) => boolean): Lettered {
  const left = summed(a, (letter) => isNeeded(letter) || b.letters.includes(letter));
  const right = summed(b, (letter) => isNeeded(letter) || a.letters.includes(letter));
  const of = ({ letters }: Lettered, belongs: (letter: string) => boolean) => [...letters].filter(belongs).join("");
  const isShared = (letter: string) => left.letters.includes(letter) && right.letters.includes(letter);
  const batch = of(left, (letter) => isShared(letter) && isNeeded(letter));
  const inner = of(left, (letter) => isShared(letter) && !isNeeded(letter));
  const rows = of(left, (letter) => !isShared(letter));
  const columns = of(right, (letter) => !isShared(letter));
  const size = sizes([left, right]);
  const matrix = (v: Lettered, x: string, y: string) =>
    reshape(ordered(v, batch + x + y).value, [...size(batch), sizeOf(size(x)), sizeOf(size(y))]);
  const product = matmul(matrix(left, rows, inner), matrix(right, inner, columns));
  const letters = batch + rows + columns;
  return { value: reshape(product, size(letters)), letters };
}

/** Without the letters that aren't needed, which are summed. */
function summed({ value, letters }: Lettered, isNeeded: (letter: string) => boolean): Lettered {
  const dropped = [...letters].flatMap((letter, axis) => (isNeeded(letter) ? [] : [axis]));
  return { value: sum(value, dropped, false), letters: [...letters].filter(isNeeded).join("") };
}

const ordered = ({ value, letters }: Lettered, order: string): Lettered => ({
  value: transpose(
    value,
    [...order].map((letter) => letters.indexOf(letter)),
  ),
  letters: order,
});

/** Gives the sizes of letters. */
function sizes(values: readonly Lettered[]): (letters: string) => number[] {
  const known = new Map(
    values.flatMap(({ value, letters }) => [...letters].map((letter, i) => [letter, value.dims[i]])),
  );
  return (letters) => [...letters].map((letter) => known.get(letter) as number);
}

/** Whether a letter means the same size everywhere; else an axis of length 1 is stretched. */
function oneSizeEach(values: readonly Lettered[]): boolean {
  const size = sizes(values);
  return values.every(({ value, letters }) => sameShape(value.dims, size(letters)));
}

/**
 * The terms of an equation, with letters for the axes of an ellipsis. Without an arrow, the result has these axes, and then the
 * letters that occur once, in alphabetical order.
 * @returns undefined for equations that have a letter twice in one term
 */
function parse(equation: string, values: readonly Value[]): { terms: string[]; result: string } | undefined {
  const [left = "", right] = equation.replaceAll(" ", "").split("->");
  const free = [...FOR_ELLIPSES].filter((letter) => !equation.includes(letter)).join("");
  const axesOf = (term: string, i: number) => (values[i] as Value).rank - term.replace("...", "").length;
  const given = left.split(",");
  const hidden = Math.max(0, ...given.map((term, i) => (term.includes("...") ? axesOf(term, i) : 0)));
  // aligned at the right, as in broadcasting
  const spelled = (term: string, count: number) => term.replace("...", free.slice(hidden - count, hidden));
  const terms = given.map((term, i) => spelled(term, axesOf(term, i)));
  const letters = [...terms.join("")].sort();
  const once = letters.filter(
    (l) => letters.indexOf(l) === letters.lastIndexOf(l) && !free.slice(0, hidden).includes(l),
  );
  const result = right === undefined ? free.slice(0, hidden) + once.join("") : spelled(right, hidden);
  const isTwice = [...terms, result].some((term) => new Set(term).size < term.length);
  return isTwice ? undefined : { terms, result };
}

const FOR_ELLIPSES = "ZYXWVUTSRQPONMLKJIHGFEDCBA";
