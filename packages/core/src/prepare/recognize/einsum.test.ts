import { describe, expect, it } from "vitest";
import { sizeOf } from "../../graph/tensor.js";
import { recognized } from "../../testing/recognized.js";

const SIZES: Readonly<Record<string, number>> = { a: 2, b: 3, c: 4, d: 5 };

/** The first term is the input, whose letters are a, b and c in some order; the others are constants. */
const einsum = (equation: string, constants: readonly (readonly number[])[]) => {
  const first = equation.split(/,|->/)[0]?.replace("...", "a") as string;
  return recognized(
    [...first].map((letter) => SIZES[letter] as number),
    (net, x) => {
      const others = constants.map((dims, i) => net.random(`c${i}`, dims, -1, 1));
      return net.node("Einsum", "einsum", [x, ...others], { equation });
    },
  );
};

describe("Einsum becomes products of matrices", () => {
  it.each<[string, number[][]]>([
    ["abc,cd->abd", [[4, 5]]],
    ["abc,acd->abd", [[2, 4, 5]]],
    ["abc,abd->acd", [[2, 3, 5]]],
    ["abc,adc->bad", [[2, 5, 4]]],
    ["abc,bca->cb", [[3, 4, 2]]],
    ["abc,d->abcd", [[5]]],
    ["abc,bd", [[3, 5]]],
    ["...bc,cd->...bd", [[4, 5]]],
    ["abc->cba", []],
    ["abc->b", []],
    [
      "abc,cd,db->ab",
      [
        [4, 5],
        [5, 3],
      ],
    ],
  ])("%s", async (equation, constants) => {
    const { operators, model } = await einsum(equation, constants);
    expect(operators).not.toContain("Einsum");
    expect(sizeOf(model.graph.outputs[0]?.dims ?? [])).toBeGreaterThan(0);
  });

  it("not with a letter twice in a term, which is a diagonal", async () => {
    const { operators } = await recognized([3, 3], (net, x) => net.node("Einsum", "e", [x], { equation: "ii->i" }));
    expect(operators).toEqual(["Einsum"]);
  });
});
