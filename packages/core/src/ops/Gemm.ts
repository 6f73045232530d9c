import { type AttributeReader, float } from "../graph/attributes.js";
import type { Value } from "../graph/graph.js";
import { mul } from "../graph/math.js";
import { features } from "./axes.js";
import { defineOperator, plain } from "./operator.js";

/** alpha a b, each factor transposed if its flag says so. */
const product = (a: Value, b: Value, at: AttributeReader, transA: number, transB: number): Value =>
  a.graph.emit("Gemm", [a, b], { alpha: float(at.float("alpha", 1)), transA, transB });

export const Gemm = defineOperator({
  inputs: ["A", "B", "C?"],
  // y = alpha A B + beta C  =>  dA = alpha dy B^T,  dB = alpha A^T dy,  dC = beta dy;
  // if A or B is stored transposed, so is its gradient
  gradient: {
    A: ({ B, dy, at }) => {
      const transB = at.int("transB", 0);
      return at.int("transA", 0) ? product(B, dy, at, transB, 1) : product(dy, B, at, 0, 1 - transB);
    },
    B: ({ A, dy, at }) => {
      const transA = at.int("transA", 0);
      return at.int("transB", 0) ? product(dy, A, at, 1, transA) : product(A, dy, at, 1 - transA, 0);
    },
    C: ({ dy, at }) => {
      const beta = at.float("beta", 1);
      return beta === 1 ? dy : mul(dy, beta);
    },
  },
  // z = alpha A B + beta C
  relevance: {
    kind: "dense",
    weights: { A: "B", B: "A" },
    factor: ({ at }) => at.float("alpha", 1),
    shifts: { C: ({ C, at }) => mul(C, at.float("beta", 1)) },
  },
  layout: "ends",
  axes: ({ inputs: { A }, y, at }) => {
    const rows = A?.axes?.[at.int("transA", 0)];
    return rows && [rows, features(y.dims[1] as number)];
  },
  sign: ({ at }) => (Math.min(at.float("alpha", 1), at.float("beta", 1)) >= 0 ? "keeps" : "any"),
  ...plain,
});
