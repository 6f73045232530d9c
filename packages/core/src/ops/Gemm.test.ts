import { float } from "../graph/attributes.js";
import { checkOperator } from "../testing/check-operator.js";

checkOperator("Gemm", [
  { name: "defaults", inputs: [[2, 3], [3, 4], [4]] },
  {
    name: "no C",
    inputs: [
      [2, 3],
      [3, 2],
    ],
  },
  {
    name: "transA",
    inputs: [
      [3, 2],
      [3, 4],
    ],
    attributes: { transA: 1 },
  },
  {
    name: "transB",
    inputs: [
      [2, 3],
      [4, 3],
      [2, 1],
    ],
    attributes: { transB: 1 },
  },
  {
    name: "transA, transB, alpha and beta",
    inputs: [
      [3, 2],
      [4, 3],
      [2, 4],
    ],
    attributes: { transA: 1, transB: 1, alpha: float(0.5), beta: float(2) },
  },
]);
