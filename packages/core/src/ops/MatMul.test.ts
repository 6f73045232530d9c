import { checkOperator } from "../testing/check-operator.js";

checkOperator("MatMul", [
  {
    name: "matrices",
    inputs: [
      [2, 3],
      [3, 4],
    ],
  },
  {
    name: "batched",
    inputs: [
      [2, 2, 3],
      [2, 3, 2],
    ],
  },
  {
    name: "weights without batch",
    inputs: [
      [2, 3, 4],
      [4, 2],
    ],
  },
  {
    name: "both batches broadcast",
    inputs: [
      [2, 1, 2, 3],
      [3, 3, 2],
    ],
  },
  { name: "a vector on the left", inputs: [[3], [2, 3, 4]] },
  { name: "a vector on the right", inputs: [[2, 2, 3], [3]] },
  { name: "two vectors", inputs: [[3], [3]] },
]);
