import type { Value } from "../graph/graph.js";
import { matmul, squeeze, transpose, unsqueeze } from "../graph/math.js";
import { combined, features, type Laid } from "./axes.js";
import { defineOperator, plain } from "./operator.js";

// y = a b  =>  da = dy b^T,  db = a^T dy. A vector stands for a row on the left and for a column on the right;
// batches that were broadcast are summed by the backward pass.

const asRow = (a: Value): Value => (a.rank === 1 ? unsqueeze(a, [0]) : a);
const asColumn = (b: Value): Value => (b.rank === 1 ? unsqueeze(b, [1]) : b);

/** dy as [..., m, n], with the axes that vectors lack. */
function matrixOf(dy: Value, a: Value, b: Value): Value {
  const dropped = [...(a.rank === 1 ? [-2] : []), ...(b.rank === 1 ? [-1] : [])];
  return dropped.length ? unsqueeze(dy, dropped) : dy;
}

const transposed = (m: Value): Value => {
  const axes = m.dims.map((_, i) => i);
  return transpose(m, [...axes.slice(0, -2), m.rank - 1, m.rank - 2]);
};

/** The axes over which matrices are stacked. */
const stacked = ({ shape, axes }: Laid): Laid => ({ shape: shape.slice(0, -2), axes: axes?.slice(0, -2) });

export const MatMul = defineOperator({
  inputs: ["a", "b"],
  gradient: {
    a: ({ a, b, dy }) => matmul(matrixOf(dy, a, b), transposed(asColumn(b))),
    b: ({ a, b, dy }) => {
      const db = matmul(transposed(asRow(a)), matrixOf(dy, a, b));
      return b.rank === 1 ? squeeze(db, [-1]) : db;
    },
  },
  // z = a b
  relevance: { kind: "dense", weights: { a: "b", b: "a" }, shifts: {} },
  layout: "ends",
  axes: ({ inputs: { a, b }, y }) => {
    if (!a || !b || (!a.axes && !b.axes) || a.value.rank < 2 || b.value.rank < 2) return undefined;
    const leading = combined([stacked(a), stacked(b)], y.dims.slice(0, -2));
    const [rows = 1, columns = 1] = y.dims.slice(-2);
    return leading && [...leading, a.axes?.at(-2) ?? features(rows), b.axes?.at(-1) ?? features(columns)];
  },
  sign: "keeps",
  ...plain,
});
