import { LimnError } from "../error.js";
import { reshape } from "../graph/math.js";
import { defineOperator, plain, stop } from "./operator.js";

export const Einsum = defineOperator({
  inputs: ["...xs"],
  // y = sum of products  =>  dx swaps the term of the result and that of x: "ab,bc->ac" gives "ac,bc->ab" for the first input
  gradient: {
    xs: ({ xs, index, dy, at, node }) => {
      const { terms, result } = parse(at.string("equation"), node.label);
      const term = terms[index] as string;
      const others = terms.filter((_, i) => i !== index);
      const known = new Set([result, ...others].join(""));
      const kept = [...term].filter((letter) => known.has(letter)).join("");
      const equation = `${[result, ...others].join(",")}->${kept}`;
      const dx = dy.graph.emit("Einsum", [dy, ...xs.filter((_, i) => i !== index)], { equation });
      // along an axis that is only summed, all elements have the same gradient, which the backward pass expands
      const sizes = (xs[index]?.dims ?? []).map((d, i) => (known.has(term[i] as string) ? d : 1));
      return reshape(dx, sizes);
    },
  },
  relevance: stop(
    "Einsum has no relevance rule; write it without an ellipsis, and without an index twice in one term, or choose a layer downstream of it",
  ),
  layout: "ends",
  sign: "any",
  ...plain,
});

/** Refuses equations whose gradient is no equation itself. */
function parse(equation: string, owner: string): Equation {
  const { terms, result } = termsOf(equation);
  if (equation.includes("...") || terms.some((term) => new Set(term).size < term.length)) {
    const reason = `Limn can't differentiate "${equation}", which has an ellipsis, or an index twice in one term`;
    throw new LimnError("unsupported", `${owner}: ${reason}; choose a layer downstream of it`);
  }
  return { terms, result };
}

/** The letters of the axes of each input, and those of the result. */
interface Equation {
  readonly terms: readonly string[];
  readonly result: string;
}

/** The terms of an equation. Without an arrow, the result has the letters that occur once, in alphabetical order. */
function termsOf(equation: string): Equation {
  const [left = "", right] = equation.replaceAll(" ", "").split("->");
  const terms = left.split(",");
  const letters = [...terms.join("")].sort();
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  return { terms, result: right ?? once.join("") };
}
