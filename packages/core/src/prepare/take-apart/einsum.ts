import type { Value } from "../../graph/graph.js";
import { matmul, mul, reshape, sum, transpose } from "../../graph/math.js";
import { sizeOf } from "../../graph/tensor.js";
import { termsOf } from "../../ops/Einsum.js";
import { required } from "../upgrade-opset/upgrade.js";
import type { TakeApart } from "./part.js";

/** A tensor whose axes have letters. */
interface Lettered {
  readonly value: Value;
  readonly letters: string;
}

/**
 * Einsum as products of matrices, two inputs at a time: every rule that knows MatMul then knows it, too.
 *
 *   "bij,bjk->bik"  =  MatMul       "bi,bj->bij"  =  Mul       "bij->b"  =  ReduceSum
 *
 * Stays as it is with an ellipsis, with a letter twice in one term, and where an axis of 1 stands for a longer one.
 */
export const einsum: TakeApart = (site) => {
  const { terms, result } = termsOf(site.at.string("equation"));
  const given = terms.map((letters, i): Lettered => ({ value: required(site, i), letters }));
  if (!given.every(isPlain) || !sizesAgree(given)) return undefined;
  const [first, ...others] = given as [Lettered, ...Lettered[]];
  const product = others.reduce((left, right, i) => {
    const later = others.slice(i + 1).map(({ letters }) => letters);
    return multiplied(left, right, [result, ...later].join(""));
  }, first);
  return ordered(summed(product, result), result).value;
};

const isPlain = ({ value, letters }: Lettered): boolean =>
  /^[a-z]*$/i.test(letters) && new Set(letters).size === letters.length && value.rank === letters.length;

function sizesAgree(given: readonly Lettered[]): boolean {
  const sizes = new Map<string, number>();
  return given.every(({ value, letters }) =>
    [...letters].every((letter, i) => {
      const size = value.dims[i] as number;
      const known = sizes.get(letter) ?? size;
      sizes.set(letter, known);
      return known === size;
    }),
  );
}

/** @param kept the letters that the result or later factors have */
function multiplied(left: Lettered, right: Lettered, kept: string): Lettered {
  const a = summed(left, kept + right.letters);
  const b = summed(right, kept + left.letters);
  const both = only(a.letters, b.letters);
  const [batch, inner] = [only(both, kept), without(both, kept)];
  const [rows, columns] = [without(a.letters, both), without(b.letters, both)];
  const [A, B] = [ordered(a, batch + rows + inner), ordered(b, batch + inner + columns)];
  const size = ({ value, letters }: Lettered, of: string) =>
    [...of].map((letter) => value.dims[letters.indexOf(letter)] as number);
  const letters = batch + rows + columns;
  const sizes = [...size(A, batch), ...size(A, rows), ...size(B, columns)];
  if (inner === "") {
    const value = mul(
      reshape(A.value, [...size(A, batch + rows), ...[...columns].map(() => 1)]),
      reshape(B.value, [...size(B, batch), ...[...rows].map(() => 1), ...size(B, columns)]),
    );
    return { value, letters };
  }
  const matrix = (of: Lettered, height: string, width: string) =>
    reshape(of.value, [...size(of, batch), sizeOf(size(of, height)), sizeOf(size(of, width))]);
  return { value: reshape(matmul(matrix(A, rows, inner), matrix(B, inner, columns)), sizes), letters };
}

/** Without the axes that nobody needs. */
function summed({ value, letters }: Lettered, kept: string): Lettered {
  const axes = [...letters].flatMap((letter, i) => (kept.includes(letter) ? [] : [i]));
  return axes.length === 0 ? { value, letters } : { value: sum(value, axes, false), letters: only(letters, kept) };
}

const ordered = ({ value, letters }: Lettered, order: string): Lettered =>
  letters === order
    ? { value, letters }
    : {
        value: transpose(
          value,
          [...order].map((letter) => letters.indexOf(letter)),
        ),
        letters: order,
      };

const only = (letters: string, some: string): string => [...letters].filter((letter) => some.includes(letter)).join("");

const without = (letters: string, some: string): string =>
  [...letters].filter((letter) => !some.includes(letter)).join("");
